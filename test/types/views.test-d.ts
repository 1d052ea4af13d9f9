import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";

const x = torch.randn(2, 3, 4);
const sizes = [6, 4];

expectTypeOf(x.view(-1)).toEqualTypeOf<torch.Tensor>();
expectTypeOf(x.view(6, 4)).toEqualTypeOf<torch.Tensor>();
expectTypeOf(x.view([6, 4])).toEqualTypeOf<torch.Tensor>();
expectTypeOf(x.view(torch.int32)).toEqualTypeOf<torch.Tensor>();
expectTypeOf(x.view(...sizes)).toEqualTypeOf<torch.Tensor>();
expectTypeOf(x.view(...sizes.slice(1), -1)).toEqualTypeOf<torch.Tensor>();
expectTypeOf(x.view({ size: sizes })).toEqualTypeOf<torch.Tensor>();

x.reshape(6, 4);
x.permute(0, 2, 1);
torch.permute(x, [0, 2, 1]);
x.expand(-1, -1, 4);
x.repeat(1, 2, 1);
x.flip(0, 1);
x.squeeze();
x.squeeze(1);
x.squeeze([0, 1]);
x.transpose(0, 1).unsqueeze(-1).flatten(1);
x.flatten({ start_dim: 1 });
x.narrow(0, 0, 1);
x.unfold(0, 2, 1);
torch.cat([x, x], 1);
torch.stack([x, x], { dim: 1 });

expectTypeOf(x.chunk(2)).toEqualTypeOf<torch.Tensor[]>();
expectTypeOf(x.unbind(1)).toEqualTypeOf<torch.Tensor[]>();
expectTypeOf(torch.tensor_split(x, [1, 2], 1)).toEqualTypeOf<torch.Tensor[]>();

x.index_put_([0, "1:", null, x.gt(0)], 5);
x.index_put_([[0, 1]], x, { accumulate: true });

// @ts-expect-error a function takes the dimensions as one array
torch.permute(x, 0, 2, 1);
// @ts-expect-error tensors go in an array
torch.cat(x, x);
// @ts-expect-error sizes are numbers
x.view("6", 4);
// @ts-expect-error one dimension is missing
x.transpose(0);
