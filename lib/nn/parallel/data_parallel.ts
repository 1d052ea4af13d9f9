// torch/nn/parallel/data_parallel.py

import { functional_call } from "../../_functorch/functional_call.js";
import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import * as cuda from "../../cuda/_device.js";
import type { device } from "../../device.js";
import { RuntimeError } from "../../errors.js";
import { module as moduleClass } from "../modules/module/keywords.js";
import { Module } from "../modules/module.js";
import { cudaDevice, type DeviceId, gather, scatter_kwargs } from "./scatter_gather.js";

// biome-ignore lint/suspicious/noExplicitAny: what a module takes and gives is the user's
type Any = any;

function checkDevices(module: Module, source: device): void {
  for (const tensor of [...module.parameters(), ...module.buffers()]) {
    if (String(tensor.device) === String(source)) continue;
    throw new RuntimeError(
      `module must have its parameters and buffers on device ${source} (device_ids[0]) but found one of them on device: ${tensor.device}`,
    );
  }
}

const call = (module: Module, inputs: readonly Any[], kwargs: Record<string, Any>): Any =>
  module(...(Object.keys(kwargs).length ? [...inputs, kwargs] : inputs));

/** The module's results for parts of the inputs, each on its device with copies of the parameters and buffers. */
function onDevices(
  module: Module,
  inputs: readonly Any[],
  kwargs: Record<string, Any> | null,
  devices: readonly device[],
  output_device: DeviceId | "cpu",
  dim: number,
): Any {
  checkDevices(module, devices[0]);
  const [parts, keywords] = scatter_kwargs(inputs, kwargs, devices, dim);
  if (devices.length === 1 || parts.length === 0) return call(module, parts[0] ?? [], keywords[0] ?? {});
  const tensors: [string, Tensor][] = [...module.named_parameters(), ...module.named_buffers()];
  const outputs = parts.map((part, i) => {
    if (i === 0) return call(module, part, keywords[0]);
    const copies = Object.fromEntries(tensors.map(([name, tensor]) => [name, tensor.to(devices[i])]));
    return functional_call(module, copies, part, keywords[i]);
  });
  return gather(outputs, output_device, dim);
}

const allDevices = (): number[] => [...Array(cuda.device_count()).keys()];

class DataParallel extends Module {
  module: Module;
  declare readonly device_ids: readonly number[];
  declare readonly dim: number;
  declare readonly output_device: DeviceId;

  constructor(
    module: Module,
    device_ids: readonly DeviceId[] | null = null,
    output_device: DeviceId | null = null,
    dim = 0,
  ) {
    super();
    this.module = module;
    const set = (fields: Record<string, unknown>) => {
      for (const [name, value] of Object.entries(fields)) Object.defineProperty(this, name, { value });
    };
    if (!cuda.is_available()) {
      set({ device_ids: [] });
      return;
    }
    const devices = (device_ids ?? allDevices()).map(cudaDevice);
    if (devices.length === 0) throw new RuntimeError("no available devices were found");
    const ids = devices.map(({ index }) => index ?? cuda.current_device());
    set({ device_ids: ids, dim, output_device: output_device ?? ids[0] });
    if (ids.length === 1) module.to(devices[0]);
  }

  override forward(...inputs: Any[]): Any {
    if (this.device_ids.length === 0) return this.module(...inputs);
    return onDevices(this.module, inputs, null, this.device_ids.map(cudaDevice), this.output_device, this.dim);
  }
}

/**
 * A module whose inputs are split along a dimension over several CUDA devices, on each of which the module computes with
 * copies of its parameters; gradients are summed into the module's own. Without a CUDA device it is the module.
 *
 * Throws RuntimeError in forward() if the module is not on the first device.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.DataParallel.html}
 */
const DataParallelClass = moduleClass(DataParallel, ["module", "device_ids", "output_device", "dim"], []);
type DataParallelClass = InstanceType<typeof DataParallelClass>;

export { DataParallelClass as DataParallel };

/**
 * What a module computes for inputs that are split over several CUDA devices, as DataParallel does.
 *
 * `data_parallel(module, inputs, device_ids=None, output_device=None, dim=0, module_kwargs=None) -> Tensor`
 *
 * Throws RuntimeError without a CUDA device.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.parallel.data_parallel.html}
 */
export const data_parallel = def(
  "data_parallel",
  ["module", "inputs", "device_ids", "output_device", "dim", "module_kwargs"],
  (
    module: Module,
    inputs: Any,
    device_ids: readonly DeviceId[] | null = null,
    output_device: DeviceId | null = null,
    dim = 0,
    module_kwargs: Record<string, Any> | null = null,
  ): Any => {
    if (!cuda.is_available()) throw new RuntimeError("device type could not be determined");
    const devices = (device_ids ?? allDevices()).map(cudaDevice);
    const list = Array.isArray(inputs) ? inputs : inputs === null ? [] : [inputs];
    return onDevices(module, list, module_kwargs, devices, output_device ?? devices[0], dim);
  },
);
