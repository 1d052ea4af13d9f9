// torch/_functorch/batch_norm_replacement.py

import { generic } from "../arguments/function.js";
import { _BatchNorm } from "../nn/modules/batchnorm.js";
import type { Module } from "../nn/modules/module.js";

function batch_norm_without_running_stats(module: Module): void {
  if (!(module instanceof _BatchNorm) || !module.track_running_stats) return;
  module.running_mean = null;
  module.running_var = null;
  module.num_batches_tracked = null;
  module.track_running_stats = false;
}

/**
 * Lets all batch normalisations in a module, itself included, do without running statistics, in place, so that vmap() can be
 * used with it.
 *
 * `replace_all_batch_norm_modules_(root) -> Module`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.func.replace_all_batch_norm_modules_.html}
 */
export const replace_all_batch_norm_modules_ = generic(
  "replace_all_batch_norm_modules_",
  ["root"],
  <M extends Module>(root: M): M => {
    for (const module of root.modules()) batch_norm_without_running_stats(module);
    return root;
  },
);
