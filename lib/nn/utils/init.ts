// torch/nn/utils/init.py

import { isPlainObject } from "../../arguments/function.js";
import { notedParameters } from "../../arguments/names.js";
import { RuntimeError } from "../../errors.js";
import { repr } from "../../python/repr.js";
import type { DeviceLike } from "../../types.js";
import type { Module } from "../modules/module.js";
import { ModuleObject } from "../modules/module.js";

/**
 * Makes a module without initializing its parameters: `skip_init(nn.Linear, 10, 20, { device: "cpu" })`.
 *
 * `skip_init(module_cls, *args, **kwargs)`
 *
 * Throws RuntimeError for what is no class of modules.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.utils.skip_init.html}
 */
export function skip_init<Args extends readonly unknown[], M extends Module>(
  module_cls: new (...args: Args) => M,
  ...args: Args
): M {
  if (!(module_cls.prototype instanceof ModuleObject)) {
    throw new RuntimeError(`Expected a Module; got ${repr(module_cls)}`);
  }
  if (notedParameters(module_cls)?.includes("device") === false) {
    throw new RuntimeError("Module must support a 'device' arg to skip initialization");
  }
  const last = args[args.length - 1];
  const { device = "cpu", ...kwargs } = isPlainObject(last) ? (last as { device?: DeviceLike }) : {};
  const given = [...(isPlainObject(last) ? args.slice(0, -1) : args), { ...kwargs, device: "meta" }];
  return new module_cls(...(given as unknown as Args)).to_empty({ device });
}
