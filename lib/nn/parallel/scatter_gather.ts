// torch/nn/parallel/scatter_gather.py: values of several devices, split and joined. to() and cat() are differentiable.

import type { Tensor } from "../../_tensor.js";
import { def, isPlainObject } from "../../arguments/function.js";
import { type device, device as makeDevice } from "../../device.js";
import { AssertionError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { TensorBase } from "../../tensor_base.js";
import { warn } from "../../warnings.js";

// biome-ignore lint/suspicious/noExplicitAny: structures of tensors and other values
type Any = any;

/** A CUDA device, or its number. */
export type DeviceId = number | device;

/** @internal */
export const cudaDevice = (id: DeviceId): device => (typeof id === "number" ? makeDevice("cuda", id) : makeDevice(id));

const isTensor = (value: unknown): value is Tensor => value instanceof TensorBase;

/**
 * Splits tensors along a dimension into about equal parts, one for each device; of arrays and dicts each part gets its
 * parts, and other values are the same for all.
 *
 * `scatter(inputs, target_gpus, dim=0)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.parallel.data_parallel.html}
 */
export const scatter = def(
  "scatter",
  ["inputs", "target_gpus", "dim"],
  (inputs: Any, target_gpus: readonly DeviceId[], dim = 0): Any[] => {
    const split = (value: Any): Any[] => {
      if (isTensor(value)) {
        return value.chunk(target_gpus.length, dim).map((part, i) => part.to(cudaDevice(target_gpus[i])));
      }
      const isList = Array.isArray(value);
      const entries = isList || isPlainObject(value) ? Object.entries(value) : [];
      if (entries.length === 0) return target_gpus.map(() => value);
      const parts = entries.map(([key, one]) => [key, split(one)] as const);
      const count = Math.min(...parts.map(([, list]) => list.length));
      return Array.from({ length: count }, (_, i) =>
        isList ? parts.map(([, list]) => list[i]) : Object.fromEntries(parts.map(([key, list]) => [key, list[i]])),
      );
    };
    return split(inputs);
  },
  { dict: 0 },
);

/** scatter() of positional arguments and of keyword arguments: both for as many devices. */
export const scatter_kwargs = def(
  "scatter_kwargs",
  ["inputs", "kwargs", "target_gpus", "dim"],
  (
    inputs: readonly Any[],
    kwargs: Record<string, Any> | null,
    target_gpus: readonly DeviceId[],
    dim = 0,
  ): [inputs: Any[][], kwargs: Record<string, Any>[]] => {
    const scattered: Any[][] = inputs.length ? scatter([...inputs], target_gpus, dim) : [];
    const keywords: Record<string, Any>[] =
      kwargs && Object.keys(kwargs).length ? scatter(kwargs, target_gpus, dim) : [];
    const count = Math.max(scattered.length, keywords.length);
    const range = [...Array(count).keys()];
    return [range.map((i) => scattered[i] ?? []), range.map((i) => keywords[i] ?? {})];
  },
  { dict: 1 },
);

function gatherTensors(tensors: readonly Tensor[], target: DeviceId | "cpu", dim: number): Tensor {
  if (tensors.some((tensor) => tensor.device.type === "cpu")) {
    throw new AssertionError("Gather function not implemented for CPU tensors");
  }
  const scalars = dim === 0 && tensors.every((tensor) => tensor.dim() === 0);
  if (scalars) {
    warn(
      "Was asked to gather along dimension 0, but all input tensors were scalars; will instead unsqueeze and return a vector.",
    );
  }
  const place = target === "cpu" || target === -1 ? makeDevice("cpu") : cudaDevice(target);
  return torch.cat(
    tensors.map((tensor) => (scalars ? tensor.view(1) : tensor).to(place)),
    dim,
  );
}

/**
 * Joins what several devices computed along a dimension, on one device: tensors, and structures of them.
 *
 * `gather(outputs, target_device, dim=0) -> Any`
 *
 * Throws AssertionError for tensors on the CPU and ValueError for dicts of different sizes.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.parallel.data_parallel.html}
 */
export const gather = def(
  "gather",
  ["outputs", "target_device", "dim"],
  (outputs: readonly Any[], target_device: DeviceId | "cpu", dim = 0): Any => {
    const join = (values: readonly Any[]): Any => {
      const [first] = values;
      if (isTensor(first)) return gatherTensors(values, target_device, dim);
      if (first === null) return null;
      if (Array.isArray(first)) return first.map((_, i) => join(values.map((value) => value[i])));
      const keys = Object.keys(first);
      if (values.some((value) => Object.keys(value).length !== keys.length)) {
        throw new ValueError("All dicts must have the same number of keys");
      }
      return Object.fromEntries(keys.map((key) => [key, join(values.map((value) => value[key]))]));
    };
    return join(outputs);
  },
);
