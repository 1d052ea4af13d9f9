// torch/utils/dlpack.py: tensors that other code of this process made, without a copy

import type { Tensor } from "../_tensor.js";
import { def } from "../arguments/function.js";
import { typeName } from "../arguments/kinds.js";
import { type device as Device, toDevice } from "../device.js";
import { AssertionError, BufferError, RuntimeError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { strided } from "../layout.js";
import { TensorBase } from "../tensor_base.js";
import type { DeviceLike } from "../types.js";

/** The types of devices in DLPack's numbers. */
export enum DLDeviceType {
  kDLCPU = 1,
  kDLCUDA = 2,
  kDLCUDAHost = 3,
  kDLOpenCL = 4,
  kDLVulkan = 7,
  kDLMetal = 8,
  kDLVPI = 9,
  kDLROCM = 10,
  kDLExtDev = 12,
  kDLCUDAManaged = 13,
  kDLOneAPI = 14,
  kDLWebGPU = 15,
  kDLHexagon = 16,
  kDLMAIA = 17,
}

type DLDevice = readonly [type: DLDeviceType, index: number];

let take: (capsule: DLPackCapsule) => Tensor;

/** A tensor on its way to from_dlpack(), which takes it out once. */
export class DLPackCapsule {
  #tensor: Tensor | null;

  /** @internal */
  constructor(tensor: Tensor) {
    this.#tensor = tensor;
  }

  static {
    take = (capsule) => {
      const tensor = capsule.#tensor;
      if (tensor === null) throw invalid();
      capsule.#tensor = null;
      return tensor;
    };
  }

  toString(): string {
    return `<capsule object "${this.#tensor ? "dltensor" : "used_dltensor"}">`;
  }
}

const invalid = () =>
  new RuntimeError(
    "from_dlpack received an invalid capsule. Note that DLTensor capsules can be consumed only once, so you might have already constructed a tensor from it once.",
  );

/** A device in DLPack's numbers; throws ValueError for one that DLPack does not know. */
function toDLDevice({ type, index }: Device): DLDevice {
  if (type === "cpu") return [DLDeviceType.kDLCPU, 0];
  if (type === "cuda") return [DLDeviceType.kDLCUDA, index ?? 0];
  throw new ValueError(`Unknown device type ${type} for Dlpack`);
}

/** The tensor's memory as a tensor of its own, outside of autograd. */
function pack(tensor: Tensor): DLPackCapsule {
  if (tensor.is_quantized) throw new BufferError("QUInt/QInt types are not supported by dlpack");
  if (tensor.device.type !== "cpu" && tensor.device.type !== "cuda") {
    throw new BufferError(`Cannot pack tensors on ${tensor.device}`);
  }
  const shared = torch.empty(0, { dtype: tensor.dtype, device: tensor.device });
  shared.set_(tensor.detach().untyped_storage(), tensor.storage_offset(), [...tensor.shape], tensor.stride());
  return new DLPackCapsule(shared);
}

/**
 * A capsule with the tensor's memory, for from_dlpack().
 *
 * `to_dlpack(tensor) -> PyCapsule`
 *
 * {@link https://docs.pytorch.org/docs/2.15/dlpack.html#torch.utils.dlpack.to_dlpack}
 */
export const to_dlpack = def("_to_dlpack", ["data"], (tensor: Tensor): DLPackCapsule => {
  if (tensor instanceof TensorBase) return pack(tensor);
  throw new TypeError(`_to_dlpack(): argument 'data' (position 1) must be Tensor, not ${typeName(tensor)}`);
});

/** What takes part in the protocol: tensors, and other objects with these methods. */
export interface DLPack {
  __dlpack__(keywords?: Record<string, unknown>): DLPackCapsule;
  __dlpack_device__(): DLDevice;
}

const hasProtocol = (value: unknown): value is DLPack =>
  typeof (value as Partial<DLPack> | null | undefined)?.__dlpack__ === "function";

/**
 * A tensor that shares the memory of another one, or of a capsule that to_dlpack() made; outside of autograd.
 *
 * `from_dlpack(ext_tensor, *, device=None, copy=None) -> Tensor`
 *
 * `device` moves it, `copy` makes a copy. Throws BufferError for what DLPack cannot tell of: tensors that require grad, conjugated, sparse and
 * quantized ones.
 *
 * {@link https://docs.pytorch.org/docs/2.15/dlpack.html#torch.utils.dlpack.from_dlpack}
 */
export const from_dlpack = def(
  "from_dlpack",
  ["ext_tensor", "*", "device", "copy"],
  (ext_tensor: DLPack | DLPackCapsule, device: DeviceLike | null = null, copy: boolean | null = null): Tensor => {
    if (!hasProtocol(ext_tensor)) {
      if (device !== null || copy !== null) {
        throw new AssertionError("device and copy kwargs not supported when ext_tensor is already a DLPack capsule.");
      }
      if (!(ext_tensor instanceof DLPackCapsule)) throw invalid();
      return take(ext_tensor);
    }
    const from = ext_tensor.__dlpack_device__();
    const target = device === null ? null : toDLDevice(toDevice(device));
    const moves = target !== null && String(target) !== String(from);
    if (moves && copy === false) {
      throw new ValueError(
        `cannot move DLPack tensor from device (${from.join(", ")}) to (${target.join(", ")}) without copying. Set copy=None or copy=True.`,
      );
    }
    const keywords = {
      max_version: [1, 0],
      ...(copy === null ? {} : { copy }),
      ...(target && !moves ? { dl_device: target } : {}),
    };
    const tensor = take(ext_tensor.__dlpack__(keywords));
    return moves ? tensor.to(toDevice(device as DeviceLike)) : tensor;
  },
  { dict: 0 },
);

/** @internal Tensor.__dlpack__(). */
export const __dlpack__ = def(
  "Tensor.__dlpack__",
  ["*", "stream", "max_version", "dl_device", "copy", "read_only"],
  function (
    this: Tensor,
    stream: number | null = -1,
    max_version: readonly number[] | null = null,
    dl_device: DLDevice | null = null,
    copy: boolean | null = null,
    read_only = false,
  ): DLPackCapsule {
    if (this.requires_grad) throw new BufferError("Can't export tensors that require gradient, use tensor.detach()");
    if (this.is_conj()) throw new BufferError("Can't export tensors with the conjugate bit set");
    if (this.layout !== strided) throw new BufferError("Can't export tensors with layout other than torch.strided");
    if (stream !== null && typeof stream !== "number") throw new TypeError("stream must be ``int`` or ``none``");
    if (read_only && (max_version === null || max_version[0] < 1)) {
      throw new BufferError("read_only requires the versioned DLPack protocol (max_version >= (1, 0))");
    }
    const place = dl_device && (dl_device[0] === DLDeviceType.kDLCPU ? "cpu" : `cuda:${dl_device[1]}`);
    return pack(place || copy ? this.to({ device: place ?? this.device, copy: copy ?? false }) : this);
  },
);

/** @internal Tensor.__dlpack_device__(). */
export function __dlpack_device__(this: Tensor): DLDevice {
  if (this.device.type === "meta") throw new ValueError("Unknown device type meta for Dlpack");
  return toDLDevice(this.device);
}
