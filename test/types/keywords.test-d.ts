import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";

const x = torch.randn(1, 3, 8, 8);
const weight = torch.randn(4, 3, 3, 3);

// Any number of arguments by position, the rest by name.
torch.conv2d(x, weight, null, 1, 1, 1, 1);
torch.conv2d(x, weight, null, [1, 2], { padding: "same" });
torch.conv2d(x, weight, { bias: null, groups: 1 });
torch.conv2d(x, { weight, stride: [1, 1] });
torch.conv2d({ input: x, weight });
expectTypeOf(torch.add({ input: x, other: 1, alpha: 2 })).toEqualTypeOf<torch.Tensor>();
x.transpose({ dim0: 0, dim1: 1 });
x.add({ other: 1 });

// `undefined` is not given, `null` is None.
x.sum({ dim: 1, dtype: undefined });
torch.add(x, 1, { out: undefined });
torch.add(x, 1, { out: null });

// @ts-expect-error weight is missing
torch.conv2d({ input: x });
// @ts-expect-error weight is given twice
torch.conv2d(x, weight, { weight });
// @ts-expect-error misspelt
torch.conv2d(x, weight, { paddding: 1 });
// @ts-expect-error alpha is no tensor option
torch.add(x, 1, { dtype: torch.float32 });
// @ts-expect-error an array is not keyword arguments
x.cumsum(0, []);
// @ts-expect-error None is not allowed
torch.add(x, null);
