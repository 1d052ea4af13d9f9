// Lists of tensors, null among them, and their handles.

import type { Tensor } from "../../_tensor.js";
import type { Handles } from "../../binding.js";
import { handleOf, wrap } from "../../tensor_base.js";

export const toTensors = (handles: Handles): (Tensor | null)[] => handles.map((handle) => handle && wrap(handle));

export const toHandles = (tensors: readonly (Tensor | null | undefined)[]): Handles =>
  tensors.map((tensor) => (tensor ? handleOf(tensor) : null));
