// torch/_vmap_internals.py: the older vmap, which autograd's batched gradients run on.

import { typeText, withLayer } from "./_functorch/utils.js";
import { _get_name, _process_batched_inputs } from "./_functorch/vmap.js";
import type { Tensor } from "./_tensor.js";
import { native } from "./binding.js";
import { ValueError } from "./errors.js";
import * as torch from "./generated/torch.js";
import { followAsync } from "./modes.js";
import { TensorBase } from "./tensor_base.js";
import { tree_unflatten } from "./utils/_pytree.js";

type Outputs = Tensor | readonly (Tensor | null)[];

/** @internal Maps a function over the first dimension of its arguments; with `allow_none_pass_through` some outputs may be null. */
export function _vmap<R extends Outputs>(
  func: (...args: Tensor[]) => R,
  { allow_none_pass_through = false }: { allow_none_pass_through?: boolean } = {},
): (...args: Tensor[]) => R {
  return (...args) => {
    followAsync();
    return withLayer(native.vmapmodeIncrementNesting, native.vmapmodeDecrementNesting, (level) => {
      const { batch_size, flat_args, args_spec } = _process_batched_inputs(0, args, func);
      const batched = flat_args.map((arg) => torch._add_batch_dim(arg, 0, level));
      const outputs = func(...tree_unflatten(batched, args_spec));
      const unwrap = (output: Tensor | null): Tensor | null => {
        if (output === null && allow_none_pass_through) return null;
        if (output instanceof TensorBase) return torch._remove_batch_dim(output as Tensor, level, batch_size, 0);
        const name = _get_name(func);
        throw new ValueError(`vmap(${name}, ...): \`${name}\` must only return Tensors, got type ${typeText(output)}.`);
      };
      return (Array.isArray(outputs) ? outputs.map(unwrap) : unwrap(outputs as Tensor)) as R;
    });
  };
}
