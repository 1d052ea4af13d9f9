// The transforms of record.py, by their names there.

import type * as torch from "tstorch";
import { functionalize, grad, hessian, jacfwd, jacrev, vmap } from "tstorch/func";

// biome-ignore lint/suspicious/noExplicitAny: functions of tensors that tests make out of text
export type AnyFunction = (...args: any[]) => any;

export const transforms: Record<string, (f: AnyFunction) => AnyFunction> = {
  grad,
  grad_grad: (f) => grad((x: torch.Tensor) => (grad(f)(x) as torch.Tensor).sum()),
  jacrev,
  jacfwd,
  hessian,
  jacrev_jacrev: (f) => jacrev(jacrev(f)),
  vmap_grad: (f) => vmap(grad(f)),
  vmap_hessian: (f) => vmap(hessian(f)),
  functionalize,
};
