// torch/nn/parallel/parallel_apply.py

import type { Tensor } from "../../_tensor.js";
import { current_accelerator, current_stream, device_index, is_available } from "../../accelerator/index.js";
import { autocast, is_autocast_enabled } from "../../amp/autocast_mode.js";
import { def, isPlainObject } from "../../arguments/function.js";
import { deviceIndex } from "../../cuda/_utils.js";
import { AssertionError } from "../../errors.js";
import { withMode } from "../../modes.js";
import { enterStream } from "../../streams.js";
import { TensorBase } from "../../tensor_base.js";
import type { DeviceLike } from "../../types.js";
import type { Module } from "../modules/module.js";

// biome-ignore lint/suspicious/noExplicitAny: what modules take and give is the user's
type Any = any;

/** The first tensor of a structure of arrays and dicts; null where there is none. */
export const get_a_var = def(
  "get_a_var",
  ["obj"],
  (obj: unknown): Tensor | null => {
    if (obj instanceof TensorBase) return obj as Tensor;
    const parts = Array.isArray(obj) ? obj : isPlainObject(obj) ? Object.values(obj) : [];
    for (const part of parts) {
      const found = get_a_var(part as never);
      if (found !== null) return found;
    }
    return null;
  },
  { dict: 0 },
);

function checkCount(modules: readonly unknown[], others: readonly unknown[] | null, what: string): void {
  if (others === null || modules.length === others.length) return;
  throw new AssertionError(
    `The number of modules ${modules.length} is not equal to the number of ${what} ${others.length}`,
  );
}

/**
 * What each of several modules computes for its own input, on its own device: one after the other is started, and the
 * devices work at the same time.
 *
 * `parallel_apply(modules, inputs, kwargs_tup=None, devices=None) -> list[Any]`
 *
 * Throws AssertionError for different numbers of modules, inputs, keyword arguments and devices, and without an
 * accelerator; what a module throws reaches the caller.
 */
export const parallel_apply = def(
  "parallel_apply",
  ["modules", "inputs", "kwargs_tup", "devices"],
  (
    modules: readonly Module[],
    inputs: readonly Any[],
    kwargs_tup: readonly Record<string, Any>[] | null = null,
    devices: readonly (DeviceLike | null)[] | null = null,
  ): Any[] => {
    checkCount(modules, inputs, "inputs");
    checkCount(modules, kwargs_tup, "kwargs_tup");
    checkCount(modules, devices, "devices");
    const places = modules.map((_, i) => deviceIndex(devices?.[i] ?? null, true));
    const streams = places.map((place) => current_stream(place));
    if (!is_available()) throw new AssertionError("No available accelerator found.");
    const { type } = current_accelerator() as { type: string };
    const enabled = is_autocast_enabled();
    return modules.map((module, i) => {
      const list = Array.isArray(inputs[i]) ? inputs[i] : [inputs[i]];
      const kwargs = kwargs_tup?.[i] ?? {};
      const call = (): Any => module(...(Object.keys(kwargs).length ? [...list, kwargs] : list));
      const inStream = (): Any => withMode("Stream", () => enterStream(streams[i]), call);
      return device_index(places[i], () => autocast(type, { enabled }, inStream));
    });
  },
);
