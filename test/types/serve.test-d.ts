import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";
import { Batcher, pack_batch, pad_batch, split_batch, WorkerPool } from "../../lib/serve/index.js";

const lengths = new Batcher(async (texts: string[]) => texts.map((text) => text.length), { max_batch_size: 8 });
expectTypeOf(lengths.call("a")).resolves.toEqualTypeOf<number>();
expectTypeOf(lengths.call("a", { timeout: 5, signal: AbortSignal.timeout(5) })).resolves.toEqualTypeOf<number>();

const rows = new Batcher((x: torch.Tensor) => x.relu(), { collate: (inputs: torch.Tensor[]) => torch.stack(inputs) });
expectTypeOf(rows.call(torch.ones(2))).resolves.toEqualTypeOf<torch.Tensor>();

const split = new Batcher((x: torch.Tensor) => ({ sum: x.sum(1) }), {
  collate: (inputs: number[][]) => pad_batch(inputs)[0],
  split: (result, count) => result.sum.tolist().slice(0, count) as number[],
});
expectTypeOf(split.call([1, 2])).resolves.toEqualTypeOf<number>();

const pool = new WorkerPool<string[], { label: string }[]>("file:///model.js", { num_workers: 2 });
expectTypeOf(new Batcher(pool.run).call("a")).resolves.toEqualTypeOf<{ label: string }>();

expectTypeOf(split_batch({ x: torch.ones(2), top: [torch.ones(2)] as const })).toEqualTypeOf<
  { x: torch.Tensor; top: [torch.Tensor] }[]
>();
pack_batch([torch.ones(2), [1, 2, 3]]);

// @ts-expect-error a text
lengths.call(1);
// @ts-expect-error misspelt
new Batcher((batch: number[]) => batch, { max_batch: 8 });
// @ts-expect-error misspelt
new WorkerPool("file:///model.js", { workers: 2 });
