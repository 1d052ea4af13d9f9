// torch/utils/debug_log.py

import { debuglog } from "node:util";
import type { Tensor } from "../_tensor.js";
import { register_multi_grad_hook } from "../autograd/graph.js";
import { AttributeError } from "../errors.js";

const log = debuglog("torch.utils.debug_log");

/**
 * Logs the norms of the tensors' gradients in each backward pass, once all of them are there:
 * `[rank 0][bwd] t0_grad_norm=4.0000 t1_grad_norm=6.0000`. Tensors that need no gradient do not count.
 *
 * They are written where Node.js writes its debug logs, with the environment's `NODE_DEBUG=torch.utils.debug_log`. Throws
 * AttributeError, in the backward pass, for a tensor that got no gradient, as Python does.
 */
export function debug_grad_log(...tensors: Tensor[]): null {
  const watched = tensors.filter((tensor) => tensor.requires_grad);
  if (watched.length > 0) register_multi_grad_hook(watched, logNorms);
  return null;
}

function logNorms(grads: (Tensor | null)[]): void {
  const norms = grads.map((grad, i) => {
    if (grad === null) throw new AttributeError("'NoneType' object has no attribute 'norm'");
    return `t${i}_grad_norm=${grad.norm().item().toFixed(4)}`;
  });
  log("[rank 0][bwd] %s", norms.join(" "));
}
