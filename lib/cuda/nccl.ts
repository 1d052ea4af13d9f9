// torch/cuda/nccl.py: collectives among the devices of one process

import type { Tensor } from "../_tensor.js";
import { def } from "../arguments/function.js";
import { native } from "../binding.js";
import { ValueError } from "../errors.js";
import { handleOf, TensorBase } from "../tensor_base.js";
import { warn } from "../warnings.js";
import { isCompiled, requireFunction } from "./_utils.js";
import type { Stream } from "./streams.js";

/** The number of the operation that adds. */
export const SUM = 0;

type Streams = readonly (Stream | null)[] | null;

/** Whether tensors can be given to the collectives: dense, contiguous, each on a CUDA device of its own. */
export function is_available(tensors: readonly Tensor[]): boolean {
  if (!isCompiled()) {
    warn("PyTorch is not compiled with NCCL support");
    return false;
  }
  const devices = new Set(tensors.map((tensor) => tensor.get_device()));
  return (
    tensors.every((tensor) => !tensor.is_sparse && tensor.is_contiguous() && tensor.is_cuda) &&
    devices.size === tensors.length
  );
}

/** NCCL's version: `[2, 30, 7]`. */
export const version = def("version", [], (): [major: number, minor: number, patch: number] => {
  requireFunction("_nccl_version");
  const packed = BigInt(native.ncclVersion());
  return [Number(packed >> 32n), Number((packed >> 16n) & 65535n), Number(packed & 65535n)];
});

function collection(inputs: unknown): asserts inputs is readonly Tensor[] {
  if (Array.isArray(inputs) && !((inputs as unknown) instanceof TensorBase)) return;
  throw new TypeError("Inputs should be a collection of tensors");
}

function run(
  name: string,
  inputs: readonly Tensor[],
  outputs: readonly Tensor[] | Tensor | null,
  { root = 0, op = SUM, streams = null }: { root?: number; op?: number; streams?: Streams } = {},
): void {
  requireFunction(`_nccl_${name}`);
  const handles =
    outputs === null
      ? null
      : outputs instanceof TensorBase
        ? handleOf(outputs)
        : outputs.map((output) => handleOf(output));
  const packed = streams?.map((stream) => stream?._packed ?? null) ?? null;
  native.ncclCollective(name, inputs.map(handleOf), handles, root, op, packed);
}

/**
 * Adds up the tensors of all devices on each of them.
 *
 * `all_reduce(inputs, outputs=None, op=0, streams=None, comms=None)`
 */
export const all_reduce = def(
  "all_reduce",
  ["inputs", "outputs", "op", "streams"],
  (inputs: readonly Tensor[], outputs: readonly Tensor[] | null = null, op = SUM, streams: Streams = null): void => {
    collection(inputs);
    const targets = outputs ?? inputs;
    collection(targets);
    run("all_reduce", inputs, targets, { op, streams });
  },
);

/**
 * Adds up the tensors of all devices on one of them.
 *
 * `reduce(inputs, output=None, root=0, op=0, streams=None, comms=None, *, outputs=None) -> None`
 */
export const reduce = def(
  "reduce",
  ["inputs", "output", "root", "op", "streams", "*", "outputs"],
  (
    inputs: readonly Tensor[],
    output: Tensor | readonly Tensor[] | null = null,
    root = 0,
    op = SUM,
    streams: Streams = null,
    outputs: readonly Tensor[] | null = null,
  ): void => {
    collection(inputs);
    let target = output ?? inputs[root];
    if (outputs !== null) {
      if (output !== null) {
        throw new ValueError(
          "'output' and 'outputs' can not be both specified. 'outputs' is deprecated in favor of 'output', taking in a single output tensor. The signature of reduce is: reduce(inputs, output=None, root=0, op=SUM, streams=None, comms=None).",
        );
      }
      warn(
        "`nccl.reduce` with an output tensor list is deprecated. Please specify a single output tensor with argument 'output' instead.",
        "FutureWarning",
      );
      target = outputs[root];
    } else if (Array.isArray(target)) {
      warn(
        "nccl.reduce with an output tensor list is deprecated. Please specify a single output tensor.",
        "FutureWarning",
      );
      target = target[root];
    }
    run("reduce", inputs, target as Tensor, { root, op, streams });
  },
);

/**
 * Copies the tensor of one device into those of the others.
 *
 * `broadcast(inputs, root=0, streams=None, comms=None) -> None`
 */
export const broadcast = def(
  "broadcast",
  ["inputs", "root", "streams"],
  (inputs: readonly Tensor[], root = 0, streams: Streams = null): void => {
    collection(inputs);
    run("broadcast", inputs, null, { root, streams });
  },
);

/**
 * Gathers the tensors of all devices in one output on each of them.
 *
 * `all_gather(inputs, outputs, streams=None, comms=None) -> None`
 */
export const all_gather = def(
  "all_gather",
  ["inputs", "outputs", "streams"],
  (inputs: readonly Tensor[], outputs: readonly Tensor[], streams: Streams = null): void => {
    collection(inputs);
    collection(outputs);
    run("all_gather", inputs, outputs, { streams });
  },
);

/**
 * Adds up the tensors of all devices and leaves each of them a part of the sum.
 *
 * `reduce_scatter(inputs, outputs, op=0, streams=None, comms=None) -> None`
 */
export const reduce_scatter = def(
  "reduce_scatter",
  ["inputs", "outputs", "op", "streams"],
  (inputs: readonly Tensor[], outputs: readonly Tensor[], op = SUM, streams: Streams = null): void => {
    collection(inputs);
    collection(outputs);
    run("reduce_scatter", inputs, outputs, { op, streams });
  },
);
