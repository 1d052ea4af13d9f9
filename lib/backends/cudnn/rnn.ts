// torch/backends/cudnn/rnn.py

import type { Tensor } from "../../_tensor.js";
import { takeKeywords } from "../../arguments/class.js";
import { def } from "../../arguments/function.js";
import { current_device } from "../../cuda/_device.js";
import { uint8 } from "../../dtype.js";
import { ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { type Flag, getFlag, setFlag } from "../_flags.js";

/** What is not saved with the module that holds it. */
export class Unserializable<T> {
  constructor(public inner: T) {}

  get(): T {
    return this.inner;
  }
}

takeKeywords("Unserializable", Unserializable.prototype, { get: [] });

const modes = new Map([
  ["RNN_RELU", 0],
  ["RNN_TANH", 1],
  ["LSTM", 2],
  ["GRU", 3],
]);

const precision: Flag = { setting: "fp32_precision_cuda_rnn", kind: "string" };

/** How cuDNN calculates recurrent networks. */
export const rnn = {
  Unserializable,

  /** cuDNN's number for a kind of network: "RNN_RELU", "RNN_TANH", "LSTM" or "GRU"; throws ValueError for another one. */
  get_cudnn_mode: def("get_cudnn_mode", ["mode"], (mode: string): number => {
    const found = modes.get(mode);
    if (found === undefined) throw new ValueError(`Unknown mode: ${mode}`);
    return found;
  }),

  /** The state of dropout between the layers on the current device, which `dropout_state` keeps; null without dropout. */
  init_dropout_state: def(
    "init_dropout_state",
    ["dropout", "train", "dropout_seed", "dropout_state"],
    (
      dropout: number,
      train: boolean,
      dropout_seed: number,
      dropout_state: Record<string, Unserializable<Tensor | null>>,
    ): Tensor | null => {
      const name = `desc_${current_device()}`;
      const p = train ? dropout : 0;
      if (!dropout_state[name]?.get()) {
        const options = { dtype: uint8, device: "cuda" };
        const state = p === 0 ? null : torch._cudnn_init_dropout_state(p, train, dropout_seed, options);
        dropout_state[name] = new Unserializable(state);
      }
      return dropout_state[name].get();
    },
    { dict: 3 },
  ),

  get fp32_precision(): string {
    return getFlag(precision) as string;
  },
  set fp32_precision(value: string) {
    setFlag(precision, value);
  },
};
