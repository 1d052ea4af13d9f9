// torch/nn/parallel/comm.py, and what it calls of torch/csrc/cuda/comm.cpp

import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import { currentIndex, requireFunction } from "../../cuda/_utils.js";
import * as nccl from "../../cuda/nccl.js";
import { withStream } from "../../cuda/stream_context.js";
import type { Stream } from "../../cuda/streams.js";
import { deviceOf, toDevice } from "../../device.js";
import { AssertionError, RuntimeError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { repr } from "../../python/repr.js";
import type { DeviceLike, device } from "../../types.js";
import { warn } from "../../warnings.js";

type Devices = readonly DeviceLike[];

/** The ordinal that a device argument names; -1 for the CPU where it may be one. */
function indexOf(place: DeviceLike | null, optional = false, allowCpu = false): number {
  if (typeof place === "number") return place;
  const named = place === null ? null : toDevice(place);
  if (named?.type === "cpu") {
    if (allowCpu) return -1;
    throw new ValueError(`Expected a non cpu device, but got: ${named}`);
  }
  if (named?.index !== null && named?.index !== undefined) return named.index;
  if (optional) return currentIndex();
  throw new ValueError(
    `Expected a torch.device with a specified index or an integer, but got:${place === null ? "None" : named}`,
  );
}

const cuda = (index: number): device => deviceOf(256 + index + 1);

/** Complex tensors travel as real ones, as in PyTorch. */
const real = (tensor: Tensor): Tensor => (tensor.is_complex() ? torch.view_as_real(tensor) : tensor);

const shape = (tensor: Tensor): string => `[${[...tensor.shape].join(", ")}]`;

/**
 * Copies of a tensor on several devices, or in tensors that are there; the first of the devices is often its own.
 *
 * `broadcast(tensor, devices=None, *, out=None)`
 *
 * Throws RuntimeError unless one of `devices` and `out` is given.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.parallel.comm.broadcast.html}
 */
export const broadcast = def(
  "broadcast",
  ["tensor", "devices", "*", "out"],
  (tensor: Tensor, devices: Devices | null = null, out: Tensor[] | null = null): Tensor[] => {
    const source = real(tensor);
    if ((devices === null) === (out === null)) {
      throw new RuntimeError(
        `Exactly one of 'devices' and 'out' must be specified, but got devices=${repr(devices)} and out=${repr(out)}`,
      );
    }
    if (devices !== null) {
      const indices = devices.map((place) => indexOf(place));
      requireFunction("_broadcast");
      return indices.map((index) => source.to(cuda(index), { non_blocking: true }));
    }
    requireFunction("_broadcast_out");
    checkOutputs(out as Tensor[]);
    for (const [i, target] of (out as Tensor[]).entries()) {
      if (String(target.shape) !== String(source.shape)) {
        throw new RuntimeError(
          `Expected all output tensors to have same shape as the source tensor ${shape(source)}, but output tensor at index ${i} has shape ${shape(target)}`,
        );
      }
      target.copy_(source, true);
    }
    return out as Tensor[];
  },
);

/**
 * Copies of tensors on several devices: for each device an array; those of the first device are the tensors themselves.
 *
 * `broadcast_coalesced(tensors, devices, buffer_size=10485760)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.comm.broadcast_coalesced.html}
 */
export const broadcast_coalesced = def(
  "broadcast_coalesced",
  ["tensors", "devices", "buffer_size"],
  (tensors: readonly Tensor[], devices: Devices, _buffer_size = 10485760): Tensor[][] => {
    const indices = devices.map((place) => indexOf(place));
    const sources = tensors.map(real);
    requireFunction("_broadcast_coalesced");
    if (sources.some((tensor) => tensor.get_device() !== indices[0])) {
      throw new RuntimeError(`All tensors must be on devices[0]: ${indices[0]}`);
    }
    return indices.map((index, i) =>
      i === 0 ? sources : sources.map((tensor) => tensor.to(cuda(index), { non_blocking: true })),
    );
  },
);

/**
 * The sum of tensors of several devices, on one of them.
 *
 * `reduce_add(inputs, destination=None)`
 *
 * Throws AssertionError for a tensor on the CPU, ValueError for different shapes, RuntimeError if no tensor is on the
 * destination.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.parallel.comm.reduce_add.html}
 */
export const reduce_add = def(
  "reduce_add",
  ["inputs", "destination"],
  (inputs: readonly Tensor[], destination: DeviceLike | null = null): Tensor => {
    const index = indexOf(destination, true);
    const size = inputs[0].shape;
    let root = -1;
    for (const [i, input] of inputs.entries()) {
      if (input.device.type === "cpu") {
        throw new AssertionError(`reduce_add expects all inputs to be on GPUs, but input ${i} is on CPU`);
      }
      if (input.get_device() === index) root = i;
      if (String(input.shape) !== String(size)) {
        const [got, expected] = [[...input.shape].join("x"), [...size].join("x")];
        throw new ValueError(`input ${i} has invalid size: got ${got}, but expected ${expected}`);
      }
    }
    if (root < 0) {
      throw new RuntimeError("reduce_add expects destination to be on the same GPU with one of the tensors");
    }
    if (inputs.length === 1) return inputs[0];
    if (nccl.is_available(inputs)) {
      const result = torch.empty_like(inputs[root]);
      nccl.reduce(inputs, { output: result, root });
      return result;
    }
    const place = inputs[root].device;
    const [first, ...others] = inputs.filter((_, i) => i !== root);
    const result = inputs[root].add(first.to(place, { non_blocking: true }));
    for (const other of others) result.add_(other.to(place, { non_blocking: true }));
    return result;
  },
);

/**
 * reduce_add() of the first tensors of all devices, of the second ones, and so on.
 *
 * `reduce_add_coalesced(inputs, destination=None, buffer_size=10485760)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.comm.reduce_add_coalesced.html}
 */
export const reduce_add_coalesced = def(
  "reduce_add_coalesced",
  ["inputs", "destination", "buffer_size"],
  (
    inputs: readonly (readonly Tensor[])[],
    destination: DeviceLike | null = null,
    _buffer_size = 10485760,
  ): Tensor[] => {
    const [first = [], ...others] = inputs;
    for (const [i, other] of others.entries()) {
      if (other.length === first.length) continue;
      const order = other.length < first.length ? "shorter" : "longer";
      const before = i === 0 ? "argument 1" : `arguments 1-${i + 1}`;
      throw new ValueError(`zip() argument ${i + 2} is ${order} than ${before}`);
    }
    return first.map((_, i) => {
      const tensors = inputs.map((list) => list[i]);
      const allSparse = tensors.every((tensor) => tensor.is_sparse);
      return reduce_add(
        allSparse ? tensors : tensors.map((tensor) => (tensor.is_sparse ? tensor.to_dense() : tensor)),
        destination,
      ).detach();
    });
  },
);

/**
 * The parts of a tensor on several devices, about equal ones or of given sizes; on streams of those devices where given.
 *
 * `scatter(tensor, devices=None, chunk_sizes=None, dim=0, streams=None, *, out=None)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.parallel.comm.scatter.html}
 */
export const scatter = def(
  "scatter",
  ["tensor", "devices", "chunk_sizes", "dim", "streams", "*", "out"],
  (
    tensor: Tensor,
    devices: Devices | null = null,
    chunk_sizes: readonly number[] | null = null,
    dim = 0,
    streams: readonly (Stream | null)[] | null = null,
    out: Tensor[] | null = null,
  ): Tensor[] => {
    const source = real(tensor);
    if (out === null) {
      if (devices === null) throw new TypeError("'NoneType' object is not iterable");
      const indices = devices.map((place) => indexOf(place));
      requireFunction("_scatter");
      if (indices.length === 0) throw new RuntimeError("Expected at least one device to scatter to");
      if (chunk_sizes && chunk_sizes.length !== indices.length) {
        throw new RuntimeError(
          `Expected devices and chunk_sizes to be of same length, but got len(devices) = ${indices.length} and len(chunk_sizes) = ${chunk_sizes.length}`,
        );
      }
      const parts = chunk_sizes ? source.split([...chunk_sizes], dim) : source.chunk(indices.length, dim);
      return parts.map(
        (part, i) =>
          withStream(streams?.[i] ?? null, () => part.to(cuda(indices[i]), { non_blocking: true })) as Tensor,
      );
    }
    if (devices !== null) {
      throw new RuntimeError(
        `'devices' must not be specified when 'out' is specified, but got devices=${repr(devices)}`,
      );
    }
    if (chunk_sizes !== null) {
      throw new RuntimeError(
        `'chunk_sizes' must not be specified when 'out' is specified, but got chunk_sizes=${repr(chunk_sizes)}`,
      );
    }
    requireFunction("_scatter_out");
    if (out.length === 0) throw new RuntimeError("Expected at least one output tensor to scatter to");
    checkOutputs(out);
    const parts = source.split(
      out.map((target) => target.size(dim)),
      dim,
    );
    for (const [i, target] of out.entries()) withStream(streams?.[i] ?? null, () => target.copy_(parts[i], true));
    return out;
  },
);

/**
 * Tensors of several devices joined along a dimension, on one device or on the CPU.
 *
 * `gather(tensors, dim=0, destination=None, *, out=None)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.parallel.comm.gather.html}
 */
export const gather = def(
  "gather",
  ["tensors", "dim", "destination", "*", "out"],
  (tensors: readonly Tensor[], dim = 0, destination: DeviceLike | null = null, out: Tensor | null = null): Tensor => {
    const sources = tensors.map(real);
    if (out === null) {
      if (destination === -1) {
        warn(
          'Using -1 to represent CPU tensor is deprecated. Please use a device object or string instead, e.g., "cpu".',
          "FutureWarning",
        );
      }
      const index = indexOf(destination, true, true);
      requireFunction("_gather");
      checkGathered(sources);
      const place = index === -1 ? toDevice("cpu") : cuda(index);
      return torch.cat(
        sources.map((source) => source.to(place, { non_blocking: true })),
        dim,
      );
    }
    if (destination !== null) {
      throw new RuntimeError(
        `'destination' must not be specified when 'out' is specified, but got destination=${repr(destination)}`,
      );
    }
    requireFunction("_gather_out");
    checkGathered(sources, "'");
    const sizes = sources.map((source) => source.size(dim));
    for (const [i, part] of out.split(sizes, dim).entries()) part.copy_(sources[i], true);
    return out;
  },
);

function checkGathered(tensors: readonly Tensor[], quote = ""): void {
  if (tensors.length === 0) throw new RuntimeError("Expected at least one tensor to gather from");
  for (const [i, tensor] of tensors.entries()) {
    if (tensor.is_cuda) continue;
    throw new RuntimeError(
      `Expected all input tensors to be CUDA tensors, but tensor at index ${i} has device ${quote}${tensor.device}${quote}`,
    );
  }
}

function checkOutputs(tensors: readonly Tensor[]): void {
  for (const [i, tensor] of tensors.entries()) {
    if (tensor.is_cuda) continue;
    throw new RuntimeError(
      `Expected all output tensors to be CUDA tensors, but output tensor at index ${i} has device '${tensor.device}'`,
    );
  }
}
