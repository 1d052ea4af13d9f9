import { inspect } from "node:util";
import type { Tensor } from "./_tensor.js";
import { parser } from "./arguments/parser.js";
import { native } from "./binding.js";
import { type Callable, callable } from "./callable.js";
import { AssertionError, RuntimeError, ValueError } from "./errors.js";
import { type Entered, withMode } from "./modes.js";
import { TensorBase } from "./tensor_base.js";
import { enterDevice } from "./utils/_device.js";

// c10::DeviceType, in its order
const types = [
  "cpu",
  "cuda",
  "mkldnn",
  "opengl",
  "opencl",
  "ideep",
  "hip",
  "fpga",
  "maia",
  "xla",
  "vulkan",
  "metal",
  "xpu",
  "mps",
  "meta",
  "hpu",
  "ve",
  "lazy",
  "ipu",
  "mtia",
  "privateuseone",
]; // prettier-ignore

type DeviceArguments =
  | [type: device | string | number, index?: number | null]
  | [type: string, keywords: { index?: number | null }]
  | [keywords: { device: device | string | number }]
  | [keywords: { type: string; index?: number | null }];

/** The class behind `device`. */
export class Device {
  /** "cpu", "cuda", "meta", ... */
  readonly type: string;
  /** The ordinal, or null for the current device of the type. */
  readonly index: number | null;
  /** @internal c10::DeviceType */
  readonly code: number;

  constructor(...args: DeviceArguments) {
    const { device, type, index } = parse<{ device?: DeviceLike; type?: string; index?: unknown }>(args);
    const packed = pack((device ?? type) as DeviceLike);
    const parsed = (packed & 255) - 1;
    if (index !== undefined && parsed >= 0) {
      throw new RuntimeError(`type (string) must not include an index because index was passed explicitly: ${type}`);
    }
    this.code = packed >> 8;
    this.type = types[this.code];
    this.index = index === undefined ? (parsed < 0 ? null : parsed) : toIndex(index);
    Object.freeze(this);
  }

  toString(): string {
    return this.index === null ? this.type : `${this.type}:${this.index}`;
  }

  /** What Python's repr() prints. */
  __repr__(): string {
    return `device(type='${this.type}'${this.index === null ? "" : `, index=${this.index}`})`;
  }

  /** Whether both name the same device. */
  equals(other: unknown): boolean {
    return other instanceof Device && other.code === this.code && other.index === this.index;
  }

  [inspect.custom](): string {
    return this.__repr__();
  }

  /** `using _ = torch.device("cuda")`: JavaScript asks for this where such a block begins, which enters the mode. */
  get [Symbol.dispose](): () => void {
    return (withMode("device", () => enterDevice(this), undefined) as Entered).dispose;
  }
}

const parse = parser("device(Device device)", "device(c10::string_view type, int64_t? index=-1)");

type DeviceLike = device | string | number | bigint;

/** The type and one more than the index, as the addon packs them. */
function pack(device: DeviceLike): number {
  if (typeof device === "string") return native.parseDevice(device);
  if (typeof device === "object") return device.code * 256 + (device.index ?? -1) + 1;
  const index = toIndex(device);
  const type = native.accelerator();
  if (type === null) throw new RuntimeError("Cannot access accelerator device when none is available.");
  return type * 256 + index + 1;
}

/** The index that an argument names, which libtorch keeps in 8 bits. */
function toIndex(value: unknown): number {
  const index = BigInt(value instanceof TensorBase ? (value as Tensor).item() : (value as number | bigint));
  if (BigInt.asIntN(64, index) !== index) throw new ValueError("Overflow when unpacking long long");
  const kept = Number(BigInt.asIntN(8, index));
  if (index < 0n || kept < 0) throw new RuntimeError("Device index must not be negative");
  return kept;
}

const cache = new Map<number | string, Device>();

/** @internal The device that the addon packed into a number. */
export function deviceOf(packed: number): device {
  let found = cache.get(packed);
  if (!found) {
    const index = (packed & 255) - 1;
    found = new Device(types[packed >> 8], index < 0 ? null : index);
    cache.set(packed, found);
  }
  return found;
}

/** @internal The device that a user named: `torch.device`, a string or an accelerator's ordinal. */
export function toDevice(value: device | string | number): device {
  if (typeof value === "object") return value;
  let found = cache.get(value);
  if (!found) {
    found = new Device(value);
    if (typeof value === "string") cache.set(value, found);
  }
  return found;
}

const CUDA = types.indexOf("cuda");

/** @internal Makes a device ready for use; throws Python's error where it cannot be. */
export function initialise(device: device): void {
  if (device.code !== CUDA) return;
  if (native.accelerator() !== CUDA) throw new AssertionError("Torch not compiled with CUDA enabled");
  native.initialiseDevice(CUDA);
}

/**
 * The place of a tensor: `torch.device("cpu")`, `torch.device("cuda", 0)`, `torch.device("cuda:0")`.
 *
 * With a function last, or with `using`, the place of all tensors that are made meanwhile and not told where.
 *
 * Throws RuntimeError for a type that libtorch does not know.
 *
 * {@link https://docs.pytorch.org/docs/2.15/tensor_attributes.html#torch.device}
 */
export const device = callable(Device, (make, args) => {
  const body = args.length > 1 ? args.at(-1) : undefined;
  if (typeof body !== "function") return make(args);
  const place = make(args.slice(0, -1));
  return withMode("device", () => enterDevice(place), body as () => unknown);
}) as Callable<typeof Device> & {
  <T>(device: device | string | number, body: () => T): T;
  <T>(type: string, index: number, body: () => T): T;
};
export type device = Device;
