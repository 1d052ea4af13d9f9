// torch/nn/parallel/replicate.py

import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import { currentIndex } from "../../cuda/_utils.js";
import { deviceOf, toDevice } from "../../device.js";
import { AssertionError, AttributeError, ValueError } from "../../errors.js";
import { deepcopy } from "../../python/copy.js";
import { typeName } from "../../python/objects.js";
import type { DeviceLike } from "../../types.js";
import { Module } from "../modules/module.js";
import { broadcast_coalesced } from "./comm.js";

/** Copies of tensors for each device, through which gradients flow back unless they are detached. */
function copies(tensors: readonly Tensor[], devices: readonly number[], detach: boolean): Tensor[][] {
  if (tensors.length === 0) return devices.map(() => []);
  if (detach) return broadcast_coalesced(tensors, devices);
  if (tensors.some((tensor) => tensor.device.type === "cpu")) {
    throw new AssertionError("Broadcast function not implemented for CPU tensors");
  }
  const places = devices.map((index) => deviceOf(256 + index + 1));
  return places.map((place) =>
    tensors.map((tensor) => (tensor.device === place ? tensor.view_as(tensor) : tensor.to(place))),
  );
}

/**
 * Copies of a module, one for each CUDA device, whose parameters and buffers are copies of the module's there.
 *
 * `replicate(network, devices, detach=False) -> list[T]`
 *
 * The copies' gradients are added to the module's own, unless `detach` is true. Throws AssertionError for a module on the
 * CPU.
 */
export const replicate = def(
  "replicate",
  ["network", "devices", "detach"],
  <T extends Module>(network: T, devices: readonly DeviceLike[], detach = false): T[] => {
    if (!((network as unknown) instanceof Module)) {
      throw new AttributeError(`'${typeName(network)}' object has no attribute 'children'`);
    }
    const indices = devices.map((place) => {
      if (typeof place === "number") return place;
      const named = toDevice(place);
      if (named.type === "cpu") throw new ValueError(`Expected a non cpu device, but got: ${named}`);
      return named.index ?? currentIndex();
    });
    if (indices.length === 0) return [];
    const buffers = [...network.buffers()];
    const withGradient = detach ? [] : buffers.filter((buffer) => buffer.requires_grad);
    const tensors = [...network.parameters(), ...withGradient];
    const plain = buffers.filter((buffer) => !withGradient.includes(buffer));
    const [flowing, detached] = [copies(tensors, indices, detach), copies(plain, indices, true)];
    return indices.map((_, i) => {
      const memo = new Map<unknown, unknown>();
      for (const [k, tensor] of tensors.entries()) memo.set(tensor, flowing[i][k]);
      for (const [k, tensor] of plain.entries()) memo.set(tensor, detached[i][k]);
      return deepcopy(network, memo as never);
    });
  },
);
