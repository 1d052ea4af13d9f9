import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";
import { enumerate } from "../../lib/python.js";
import {
  ConcatDataset,
  DataLoader,
  Dataset,
  IterableDataset,
  random_split,
  Subset,
  TensorDataset,
} from "../../lib/utils/data/index.js";

class Images extends Dataset<[torch.Tensor, number]> {
  override __getitem__(index: number): [torch.Tensor, number] {
    return [torch.ones(2), index];
  }
  override __len__(): number {
    return 4;
  }
}

// Items are what __getitem__ gives, batches what default_collate makes of them: numbers become tensors.
const images = new Images();
expectTypeOf(images[0]).toEqualTypeOf<[torch.Tensor, number]>();
const loader = DataLoader(images, { batch_size: 2, shuffle: true, drop_last: true });
for (const [input, label] of loader) {
  expectTypeOf(input).toEqualTypeOf<torch.Tensor>();
  expectTypeOf(label).toEqualTypeOf<torch.Tensor>();
}
for (const [i, [input]] of enumerate(loader)) {
  expectTypeOf(i).toEqualTypeOf<number>();
  expectTypeOf(input).toEqualTypeOf<torch.Tensor>();
}
for (const batch of DataLoader(images, { collate_fn: (items) => items.length })) {
  expectTypeOf(batch).toEqualTypeOf<number>();
}
for (const [a, b] of DataLoader(TensorDataset(torch.ones(2), torch.ones(2)), 2)) {
  expectTypeOf(a.add(b)).toEqualTypeOf<torch.Tensor>();
}
for (const batch of DataLoader([{ x: 1, y: torch.ones(1) }])) {
  expectTypeOf(batch.x).toEqualTypeOf<torch.Tensor>();
}

class Stream extends IterableDataset<torch.Tensor> {
  override *__iter__() {
    yield torch.ones(1);
  }
}
for (const batch of DataLoader(new Stream())) expectTypeOf(batch).toEqualTypeOf<torch.Tensor>();

const [train] = random_split(images, [3, 1]);
expectTypeOf(train[0]).toEqualTypeOf<[torch.Tensor, number]>();
expectTypeOf(Subset(images, [0])[0]).toEqualTypeOf<[torch.Tensor, number]>();
expectTypeOf(ConcatDataset([images, images])[0]).toEqualTypeOf<[torch.Tensor, number]>();

// @ts-expect-error misspelt
DataLoader(images, { batchsize: 2 });
// @ts-expect-error text is no size
DataLoader(images, { batch_size: "2" });
// @ts-expect-error a number is no dataset
DataLoader(3);
