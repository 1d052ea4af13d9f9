import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";

const x = torch.ones(2, 3);
const square = (t: torch.Tensor) => t.pow(2).sum();

torch.func.grad(square)(x);
torch.func.grad(square, { argnums: [0], has_aux: false })(x);
expectTypeOf(torch.vmap(square)(x)).toEqualTypeOf<torch.Tensor>();
torch.func.vmap(square, { in_dims: 1, out_dims: 0, chunk_size: 2 })(x);
torch.func.jacrev(square, { chunk_size: 1 })(x);
torch.func.hessian(square)(x);
const [output, pullback] = torch.func.vjp(square, x);
expectTypeOf(output).toEqualTypeOf<torch.Tensor>();
pullback(torch.ones([]));
torch.func.jvp(square, [x], [x]);
torch.func.functional_call(torch.nn.Linear(3, 1), { weight: x["0:1"] }, x);

// @ts-expect-error misspelt
torch.func.grad(square, { argnum: 0 });
// @ts-expect-error no function
torch.func.grad(x);
// @ts-expect-error misspelt
torch.vmap(square, { in_dim: 1 });
