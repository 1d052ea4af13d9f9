// Tensor.cuda(), xpu(), ipu() and mtia() of torch/csrc/autograd/python_variable_methods.cpp

import type { Tensor, ToOptions } from "../_tensor.js";
import { parser } from "../arguments/parser.js";
import { toDevice } from "../device.js";
import { AssertionError, RuntimeError } from "../errors.js";

// What libtorch is not built for fails before anything is copied.
const absent: Record<string, () => Error> = {
  xpu: () => new AssertionError("Torch not compiled with XPU enabled"),
  ipu: () => new RuntimeError("PyTorch is not linked with support for ipu devices"),
  mtia: () =>
    new AssertionError(
      "Torch not compiled with MTIA enabled. Ensure you have `import mtia.host_runtime.torch_mtia.dynamic_library` in your python src file and include `//mtia/host_runtime/torch_mtia:torch_mtia` as your target dependency!",
    ),
};

/** @internal The method that copies a tensor to devices of one type, the current one by default. */
export function move(type: string): (this: Tensor, ...args: unknown[]) => Tensor {
  const parse = parser(
    `${type}(Device? device=None, bool non_blocking=False, *, MemoryFormat? memory_format=None)`,
    `${type}(Device? device=None, bool async=False, *, MemoryFormat? memory_format=None)|deprecated`,
  );
  return function (...args) {
    const given = parse<ToOptions & { async?: boolean }>(args);
    const place = toDevice(typeof given.device === "number" ? `${type}:${given.device}` : (given.device ?? type));
    if (place.type !== type) {
      throw new RuntimeError(`Invalid device, must be ${type === "mtia" ? "MTIA" : type} device`);
    }
    if (type in absent) throw absent[type]();
    return this.to({
      device: place,
      non_blocking: given.non_blocking ?? given.async,
      memory_format: given.memory_format,
    });
  };
}
