// torch/nn/utils/convert_parameters.py

import { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import * as torch from "../../generated/torch.js";
import { typeName } from "../../python/objects.js";
import { slice } from "../../python/slice.js";

/**
 * The elements of parameters, one parameter after the other, as one vector.
 *
 * `parameters_to_vector(parameters) -> Tensor`
 *
 * Throws TypeError for parameters on different devices.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.parameters_to_vector.html}
 */
export const parameters_to_vector = def(
  "parameters_to_vector",
  ["parameters"],
  (parameters: Iterable<Tensor>): Tensor => {
    let param_device: number | null = null;
    const vec: Tensor[] = [];
    for (const param of parameters) {
      param_device = _check_param_device(param, param_device);
      vec.push(param.view(-1));
    }
    return torch.cat(vec);
  },
);

/**
 * Makes the parameters views of the parts of a vector, in order.
 *
 * `vector_to_parameters(vec, parameters) -> None`
 *
 * Throws TypeError for what is no tensor, and for parameters on different devices.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.vector_to_parameters.html}
 */
export const vector_to_parameters = def(
  "vector_to_parameters",
  ["vec", "parameters"],
  (vec: Tensor, parameters: Iterable<Tensor>): void => {
    if (!(vec instanceof Tensor)) throw new TypeError(`expected torch.Tensor, but got: ${typeName(vec)}`);
    let param_device: number | null = null;
    let pointer = 0;
    for (const param of parameters) {
      param_device = _check_param_device(param, param_device);
      const num_param = param.numel();
      param.data = vec.index(slice(pointer, pointer + num_param)).view_as(param).data;
      pointer += num_param;
    }
  },
);

/** The ordinal of a parameter's CUDA device, -1 for any other device, which must be that of those before. */
function _check_param_device(param: Tensor, old_param_device: number | null): number {
  const device = param.is_cuda ? param.get_device() : -1;
  if (old_param_device !== null && device !== old_param_device) {
    throw new TypeError("Found two parameters on different devices, this is currently not supported.");
  }
  return device;
}
