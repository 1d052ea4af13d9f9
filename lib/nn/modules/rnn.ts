// torch/nn/modules/rnn.py

import { Tensor } from "../../_tensor.js";
import { takeKeywords } from "../../arguments/class.js";
import { no_grad } from "../../autograd/grad_mode.js";
import { RuntimeError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { sizesOf, tracing } from "../../jit/_state.js";
import { isFloat, isInt, toNumber } from "../../python/float.js";
import { floatRepr } from "../../python/format.js";
import { typeName } from "../../python/objects.js";
import { repr } from "../../python/repr.js";
import type { DeviceLike, dtype, Keywords } from "../../types.js";
import { warn } from "../functional/warn.js";
import * as init from "../init.js";
import { Parameter } from "../parameter.js";
import { PackedSequence } from "../utils/rnn.js";
import { type Called, named } from "./module/keywords.js";
import { getField, setField } from "./module/state.js";
import { Module } from "./module.js";
import { tupleText } from "./utils.js";

/** How an RNN computes a step. */
type Mode = "RNN_TANH" | "RNN_RELU" | "LSTM" | "GRU";

const GATES: Record<Mode, number> = { RNN_TANH: 1, RNN_RELU: 1, LSTM: 4, GRU: 3 };
/** cuDNN's numbers for the modes. */
const CUDNN_MODES: Record<Mode, number> = { RNN_RELU: 0, RNN_TANH: 1, LSTM: 2, GRU: 3 };

type Sizes = [layers: number, batch: number, features: number];
type Cell = readonly [hx: Tensor, cx: Tensor];

/** What is in an input: its elements, and of a packed sequence how they are packed. */
interface Unpacked {
  input: Tensor;
  batch_sizes: Tensor | null;
  sorted_indices: Tensor | null;
  unsorted_indices: Tensor | null;
  is_batched: boolean;
}

function _apply_permutation(tensor: Tensor, permutation: Tensor, dim = 1): Tensor {
  return tensor.index_select(dim, permutation);
}

/** Deprecated: `tensor.index_select(dim, permutation)`. */
export function apply_permutation(tensor: Tensor, permutation: Tensor, dim = 1): Tensor {
  process.emitWarning(
    "`apply_permutation` is deprecated, please use `tensor.index_select(dim, permutation)` instead",
    "FutureWarning",
  );
  return _apply_permutation(tensor, permutation, dim);
}

function checkBool(name: string, value: unknown): void {
  if (typeof value !== "boolean") throw new TypeError(`${name} should be of type bool, got: ${typeName(value)}`);
}

function checkSize(name: string, value: unknown): void {
  if (!isInt(value)) throw new TypeError(`${name} should be of type int, got: ${typeName(value)}`);
  if ((value as number) <= 0) throw new ValueError(`${name} must be greater than zero`);
}

/** The part of the constructor that checks its arguments. */
function checkArguments(
  self: RNNBaseModule,
  { mode, input_size, hidden_size, num_layers, bias, batch_first, proj_size }: RNNBaseModule,
  dropout: unknown,
): void {
  if (!(isInt(dropout) || isFloat(dropout)) || !(Number(dropout) >= 0 && Number(dropout) <= 1)) {
    throw new ValueError(
      "dropout should be a number in range [0, 1] representing the probability of an element being zeroed",
    );
  }
  if (self.dropout > 0 && num_layers === 1) {
    warn(
      `dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers greater than 1, but got dropout=${floatRepr(self.dropout)} and num_layers=${num_layers}`,
    );
  }
  checkBool("bias", bias);
  checkBool("batch_first", batch_first);
  checkSize("input_size", input_size);
  checkSize("hidden_size", hidden_size);
  if (num_layers <= 0) throw new ValueError("num_layers must be greater than zero");
  if (proj_size < 0) throw new ValueError("proj_size should be a positive integer or zero to disable projections");
  if (proj_size >= hidden_size) throw new ValueError("proj_size has to be smaller than hidden_size");
  if (!Object.hasOwn(GATES, mode)) throw new ValueError(`Unrecognized RNN mode: ${mode}`);
}

class RNNBaseModule extends Module {
  mode: Mode;
  input_size: number;
  hidden_size: number;
  num_layers: number;
  bias: boolean;
  batch_first: boolean;
  dropout: number;
  bidirectional: boolean;
  proj_size: number;
  /** @internal The names of the weights, layer by layer and direction by direction. */
  _all_weights: string[][];

  constructor(
    mode: Mode,
    input_size: number,
    hidden_size: number,
    num_layers = 1,
    bias = true,
    batch_first = false,
    dropout = 0,
    bidirectional = false,
    proj_size = 0,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    const factory_kwargs = { device, dtype };
    super();
    this.mode = mode;
    this.input_size = input_size;
    this.hidden_size = hidden_size;
    this.num_layers = num_layers;
    this.bias = bias;
    this.batch_first = batch_first;
    this.dropout = toNumber(dropout);
    this.bidirectional = bidirectional;
    this.proj_size = proj_size;
    checkArguments(this, this, dropout);

    const num_directions = bidirectional ? 2 : 1;
    const gate_size = GATES[mode] * hidden_size;
    const real_hidden_size = proj_size > 0 ? proj_size : hidden_size;
    const parameter = (...sizes: number[]) => new Parameter(torch.empty(sizes, factory_kwargs));
    this._all_weights = [];
    for (let layer = 0; layer < num_layers; layer++) {
      for (let direction = 0; direction < num_directions; direction++) {
        const layer_input_size = layer === 0 ? input_size : real_hidden_size * num_directions;
        const suffix = `l${layer}${direction === 1 ? "_reverse" : ""}`;
        const params: [name: string, param: Parameter][] = [
          [`weight_ih_${suffix}`, parameter(gate_size, layer_input_size)],
          [`weight_hh_${suffix}`, parameter(gate_size, real_hidden_size)],
        ];
        if (bias) {
          params.push([`bias_ih_${suffix}`, parameter(gate_size)]);
          params.push([`bias_hh_${suffix}`, parameter(gate_size)]);
        }
        if (proj_size > 0) params.push([`weight_hr_${suffix}`, parameter(proj_size, hidden_size)]);
        for (const [name, param] of params) setField(this, name, param);
        this._all_weights.push(params.map(([name]) => name));
      }
    }
    this.flatten_parameters();
    this.reset_parameters();
  }

  /** @internal The names of the weights, in the order in which the operators take them. */
  get _flat_weights_names(): string[] {
    return this._all_weights.flat();
  }

  /** @internal The weights themselves. */
  get _flat_weights(): Parameter[] {
    return this._flat_weights_names.map((name) => getField(this, name) as Parameter);
  }

  /** Puts the weights into one piece of memory, as cuDNN likes them; on other devices it does nothing. */
  flatten_parameters(): void {
    const weights = this._flat_weights;
    const [first] = weights;
    if (!weights.every((w) => w instanceof Tensor && w.is_cuda && w.dtype === first.dtype)) return;
    // What shares memory must not be torn apart.
    if (new Set(weights.map((w) => w.data_ptr())).size !== weights.length) return;
    if (!torch._use_cudnn_rnn_flatten_weight()) return;
    const num_weights = (this.bias ? 4 : 2) + (this.proj_size > 0 ? 1 : 0);
    no_grad(() => {
      torch._cudnn_rnn_flatten_weight(
        weights,
        num_weights,
        this.input_size,
        CUDNN_MODES[this.mode],
        this.hidden_size,
        this.proj_size,
        this.num_layers,
        this.batch_first,
        this.bidirectional,
      );
    });
  }

  override _apply(fn: (tensor: Tensor) => Tensor, recurse = true): this {
    super._apply(fn, recurse);
    this.flatten_parameters();
    return this;
  }

  /** Draws the parameters anew. */
  reset_parameters(): void {
    const stdv = this.hidden_size > 0 ? 1 / Math.sqrt(this.hidden_size) : 0;
    for (const weight of this.parameters()) init.uniform_(weight, -stdv, stdv);
  }

  /** Throws unless the input has the dtype and the sizes that the module takes. */
  check_input(input: Tensor, batch_sizes: Tensor | null): void {
    const weight = this._flat_weights[0];
    if (input.dtype !== weight.dtype) {
      throw new ValueError(
        `RNN input dtype (${input.dtype}) does not match weight dtype (${weight.dtype}). Convert input: input.to(${weight.dtype}), or convert model: model.to(${input.dtype})`,
      );
    }
    const expected_input_dim = batch_sizes !== null ? 2 : 3;
    if (input.dim() !== expected_input_dim) {
      throw new RuntimeError(`input must have ${expected_input_dim} dimensions, got ${input.dim()}`);
    }
    if (this.input_size !== input.size(-1)) {
      throw new RuntimeError(
        `input.size(-1) must be equal to input_size. Expected ${this.input_size}, got ${input.size(-1)}`,
      );
    }
  }

  /** @internal The number of sequences. */
  _batch_size(input: Tensor, batch_sizes: Tensor | null): number {
    if (batch_sizes !== null) return batch_sizes[0].item();
    return this.batch_first ? input.size(0) : input.size(1);
  }

  /** @internal The same for the lists of ints that operators take: a tensor while the module is traced. */
  _traced_batch_size(input: Tensor, batch_sizes: Tensor | null): number {
    if (tracing === null) return this._batch_size(input, batch_sizes);
    if (batch_sizes !== null) return batch_sizes[0] as unknown as number;
    return sizesOf(input)[this.batch_first ? 0 : 1];
  }

  /** The sizes that the hidden state must have. */
  get_expected_hidden_size(input: Tensor, batch_sizes: Tensor | null): Sizes {
    const num_directions = this.bidirectional ? 2 : 1;
    const features = this.proj_size > 0 ? this.proj_size : this.hidden_size;
    return [this.num_layers * num_directions, this._batch_size(input, batch_sizes), features];
  }

  /** Throws RuntimeError unless a state has these sizes. */
  check_hidden_size(hx: Tensor, expected_hidden_size: Sizes, msg = "Expected hidden size {}, got {}"): void {
    const sizes = hx.size();
    if (String(sizes.slice()) === String(expected_hidden_size)) return;
    throw new RuntimeError(msg.replace("{}", tupleText(expected_hidden_size)).replace("{}", repr(sizes.slice())));
  }

  /** @internal Takes an input apart, and gives one sequence alone the dimension of the batch. */
  _unpack(name: string, given: Tensor | PackedSequence, noun = ""): Unpacked {
    if (given instanceof PackedSequence) {
      const { data, batch_sizes, sorted_indices, unsorted_indices } = given;
      return { input: data, batch_sizes, sorted_indices, unsorted_indices, is_batched: true };
    }
    const dim = given.dim();
    if (dim !== 2 && dim !== 3) {
      throw new ValueError(`${name}: Expected input to be 2D or 3D, got ${dim}D${noun} instead`);
    }
    const is_batched = dim === 3;
    const input = is_batched ? given : given.unsqueeze(this.batch_first ? 0 : 1);
    return { input, batch_sizes: null, sorted_indices: null, unsorted_indices: null, is_batched };
  }

  /** @internal A state of zeros with so many features. */
  _zeros({ input, batch_sizes }: Unpacked, features: number): Tensor {
    const num_directions = this.bidirectional ? 2 : 1;
    const sizes = [this.num_layers * num_directions, this._traced_batch_size(input, batch_sizes), features];
    return torch.zeros(sizes, { dtype: input.dtype, device: input.device });
  }

  override extra_repr(): string {
    let s = `${this.input_size}, ${this.hidden_size}`;
    if (this.proj_size !== 0) s += `, proj_size=${this.proj_size}`;
    if (this.num_layers !== 1) s += `, num_layers=${this.num_layers}`;
    if (this.bias !== true) s += `, bias=${repr(this.bias)}`;
    if (this.batch_first !== false) s += `, batch_first=${repr(this.batch_first)}`;
    if (this.dropout !== 0) s += `, dropout=${floatRepr(this.dropout)}`;
    if (this.bidirectional !== false) s += `, bidirectional=${repr(this.bidirectional)}`;
    return s;
  }

  /** The parameters, layer by layer and direction by direction. */
  get all_weights(): Parameter[][] {
    return this._all_weights.map((weights) => weights.map((weight) => getField(this, weight) as Parameter));
  }
}

takeKeywords("RNNBase", RNNBaseModule.prototype, {
  check_hidden_size: ["hx", "expected_hidden_size", "msg"],
  check_input: ["input", "batch_sizes"],
  get_expected_hidden_size: ["input", "batch_sizes"],
});

/** The base of RNN, LSTM and GRU. */
export interface RNNBase extends RNNBaseModule {}
export const RNNBase = named<RNNBase>("RNNBase")(
  RNNBaseModule,
  [
    "mode",
    "input_size",
    "hidden_size",
    "num_layers",
    "bias",
    "batch_first",
    "dropout",
    "bidirectional",
    "proj_size",
    "device",
    "dtype",
  ],
  [],
);

/** What RNN and GRU share: their state is one tensor. */
abstract class SimpleRNN extends RNNBaseModule {
  /** @internal The operator. */
  abstract _run(unpacked: Unpacked, hx: Tensor): [output: Tensor, hidden: Tensor];

  /** Throws unless the input and the hidden state have the dtype and the sizes that the module takes. */
  check_forward_args(input: Tensor, hidden: Tensor, batch_sizes: Tensor | null): void {
    this.check_input(input, batch_sizes);
    this.check_hidden_size(hidden, this.get_expected_hidden_size(input, batch_sizes));
  }

  /** The state with the sequences in another order. */
  permute_hidden(hx: Tensor, permutation: Tensor | null): Tensor {
    return permutation === null ? hx : _apply_permutation(hx, permutation);
  }

  /** @internal */
  _forward(unpacked: Unpacked, given: Tensor | PackedSequence, hx: Tensor | null): [Tensor | PackedSequence, Tensor] {
    const { input, batch_sizes, sorted_indices, unsorted_indices, is_batched } = unpacked;
    let hidden = hx;
    if (hidden !== null && batch_sizes === null) {
      const expected = is_batched ? 3 : 2;
      if (hidden.dim() !== expected) {
        const [kind, also] = is_batched ? ["batched 3-D", "3-D"] : ["unbatched 2-D", "2-D"];
        throw new RuntimeError(`For ${kind} input, hx should also be ${also} but got ${hidden.dim()}-D tensor`);
      }
      if (!is_batched) hidden = hidden.unsqueeze(1);
    }
    hidden = hidden === null ? this._zeros(unpacked, this.hidden_size) : this.permute_hidden(hidden, sorted_indices);
    this.check_forward_args(input, hidden, batch_sizes);
    const [output, last] = this._run(unpacked, hidden);
    const state = this.permute_hidden(last, unsorted_indices);
    if (given instanceof PackedSequence) {
      return [new PackedSequence(output, batch_sizes, sorted_indices, unsorted_indices), state];
    }
    return is_batched ? [output, state] : [output.squeeze(this.batch_first ? 0 : 1), state.squeeze(1)];
  }
}

class RNNModule extends SimpleRNN {
  nonlinearity: "tanh" | "relu";

  constructor(
    input_size: number,
    hidden_size: number,
    num_layers = 1,
    nonlinearity: "tanh" | "relu" = "tanh",
    bias = true,
    batch_first = false,
    dropout = 0,
    bidirectional = false,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
    proj_size?: number,
  ) {
    refuseProjection(proj_size);
    const mode = ({ tanh: "RNN_TANH", relu: "RNN_RELU" } as const)[nonlinearity];
    if (mode === undefined) {
      throw new ValueError(`Unknown nonlinearity '${nonlinearity}'. Select from 'tanh' or 'relu'.`);
    }
    super(mode, input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, device, dtype);
    this.nonlinearity = nonlinearity;
  }

  override forward(input: Tensor | PackedSequence, hx: Tensor | null = null): [Tensor | PackedSequence, Tensor] {
    return this._forward(this._unpack("RNN", input, " tensor"), input, hx);
  }

  override _run({ input, batch_sizes }: Unpacked, hx: Tensor): [Tensor, Tensor] {
    const run = this.mode === "RNN_TANH" ? torch.rnn_tanh : torch.rnn_relu;
    const { _flat_weights, bias, num_layers, dropout, training, bidirectional, batch_first } = this;
    return batch_sizes === null
      ? run(input, hx, _flat_weights, bias, num_layers, dropout, training, bidirectional, batch_first)
      : run(input, batch_sizes, hx, _flat_weights, bias, num_layers, dropout, training, bidirectional);
  }
}

function refuseProjection(proj_size: unknown): void {
  if (proj_size === undefined) return;
  throw new ValueError("proj_size argument is only supported for LSTM, not RNN or GRU");
}

/** The calls of a recurrent module, whose state is of type H: a packed sequence gives a packed sequence. */
interface Recurrent<H, Given = H> {
  (input: Tensor, hx?: Given | null): [Tensor, H];
  (input: PackedSequence, hx?: Given | null): [PackedSequence, H];
  (input: Tensor, keywords: Keywords<{ hx?: Given | null }>): [Tensor, H];
  (input: PackedSequence, keywords: Keywords<{ hx?: Given | null }>): [PackedSequence, H];
  (keywords: Keywords<{ input: Tensor; hx?: Given | null }>): [Tensor, H];
  (keywords: Keywords<{ input: PackedSequence; hx?: Given | null }>): [PackedSequence, H];
}

const INPUTS = ["input", "hx"] as const;

/**
 * A simple recurrent network of several layers: h_t = tanh(x_t W_ih^T + b_ih + h_{t-1} W_hh^T + b_hh), or relu.
 *
 * The input is (L, N, input_size), with `batch_first` (N, L, input_size), (L, input_size) for one sequence, or a
 * PackedSequence; `hx`, zeros if it is not given, is (num_layers * directions, N, hidden_size). Returns the output of the
 * last layer, (L, N, directions * hidden_size), and the state after the last step.
 *
 * Throws ValueError for sizes that are not positive, and RuntimeError for an input or a state of other sizes.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.RNN.html}
 */
export interface RNN extends Recurrent<Tensor>, RNNModule {}
export const RNN = named<RNN>("RNN")(
  RNNModule,
  [
    "input_size",
    "hidden_size",
    "num_layers",
    "nonlinearity",
    "bias",
    "batch_first",
    "dropout",
    "bidirectional",
    "device",
    "dtype",
    "*",
    "proj_size",
  ],
  INPUTS,
);

class LSTMModule extends RNNBaseModule {
  constructor(
    input_size: number,
    hidden_size: number,
    num_layers = 1,
    bias = true,
    batch_first = false,
    dropout = 0,
    bidirectional = false,
    proj_size = 0,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    super(
      "LSTM",
      input_size,
      hidden_size,
      num_layers,
      bias,
      batch_first,
      dropout,
      bidirectional,
      proj_size,
      device,
      dtype,
    );
  }

  /** The sizes that the cell state must have. */
  get_expected_cell_size(input: Tensor, batch_sizes: Tensor | null): Sizes {
    const num_directions = this.bidirectional ? 2 : 1;
    return [this.num_layers * num_directions, this._batch_size(input, batch_sizes), this.hidden_size];
  }

  /** Throws unless the input and the states have the dtype and the sizes that the module takes. */
  check_forward_args(input: Tensor, hidden: Cell, batch_sizes: Tensor | null): void {
    this.check_input(input, batch_sizes);
    const hidden_size = this.get_expected_hidden_size(input, batch_sizes);
    this.check_hidden_size(hidden[0], hidden_size, "Expected hidden[0] size {}, got {}");
    const cell_size = this.get_expected_cell_size(input, batch_sizes);
    this.check_hidden_size(hidden[1], cell_size, "Expected hidden[1] size {}, got {}");
  }

  /** The states with the sequences in another order. */
  permute_hidden(hx: Cell, permutation: Tensor | null): Cell {
    if (permutation === null) return hx;
    return [_apply_permutation(hx[0], permutation), _apply_permutation(hx[1], permutation)];
  }

  /** @internal The states to begin with. */
  _initial(unpacked: Unpacked, hx: Cell | null): Cell {
    const { input, batch_sizes, sorted_indices, is_batched } = unpacked;
    if (hx === null) {
      const real_hidden_size = this.proj_size > 0 ? this.proj_size : this.hidden_size;
      const zeros: Cell = [this._zeros(unpacked, real_hidden_size), this._zeros(unpacked, this.hidden_size)];
      if (batch_sizes === null) this.check_forward_args(input, zeros, batch_sizes);
      return zeros;
    }
    if (batch_sizes !== null) return this.permute_hidden(hx, sorted_indices);
    const expected = is_batched ? 3 : 2;
    if (hx[0].dim() !== expected || hx[1].dim() !== expected) {
      const [kind, also] = is_batched ? ["batched 3-D", "3-D"] : ["unbatched 2-D", "2-D"];
      throw new RuntimeError(
        `For ${kind} input, hx and cx should also be ${also} but got (${hx[0].dim()}-D, ${hx[1].dim()}-D) tensors`,
      );
    }
    const states: Cell = is_batched ? hx : [hx[0].unsqueeze(1), hx[1].unsqueeze(1)];
    this.check_forward_args(input, states, batch_sizes);
    return states;
  }

  override forward(
    input: Tensor | PackedSequence,
    hx: Cell | null = null,
  ): [Tensor | PackedSequence, [Tensor, Tensor]] {
    const unpacked = this._unpack("LSTM", input);
    const { batch_sizes, sorted_indices, unsorted_indices, is_batched } = unpacked;
    const states = this._initial(unpacked, hx);
    const { _flat_weights, bias, num_layers, dropout, training, bidirectional, batch_first } = this;
    const [output, ...last] =
      batch_sizes === null
        ? torch.lstm(
            unpacked.input,
            states,
            _flat_weights,
            bias,
            num_layers,
            dropout,
            training,
            bidirectional,
            batch_first,
          )
        : torch.lstm(
            unpacked.input,
            batch_sizes,
            states,
            _flat_weights,
            bias,
            num_layers,
            dropout,
            training,
            bidirectional,
          );
    const [h_n, c_n] = this.permute_hidden(last, unsorted_indices);
    if (input instanceof PackedSequence) {
      return [new PackedSequence(output, batch_sizes, sorted_indices, unsorted_indices), [h_n, c_n]];
    }
    if (is_batched) return [output, [h_n, c_n]];
    return [output.squeeze(this.batch_first ? 0 : 1), [h_n.squeeze(1), c_n.squeeze(1)]];
  }
}

takeKeywords("LSTM", LSTMModule.prototype, {
  check_forward_args: ["input", "hidden", "batch_sizes"],
  get_expected_cell_size: ["input", "batch_sizes"],
  permute_hidden: ["hx", "permutation"],
});

/**
 * A long short-term memory of several layers.
 *
 * The input is as RNN's; `hx` is `[h_0, c_0]`, zeros if it is not given: (num_layers * directions, N, hidden_size), the
 * former with `proj_size` features if that is positive. Returns the output of the last layer and `[h_n, c_n]`.
 *
 * Throws ValueError for sizes that are not positive, and RuntimeError for an input or states of other sizes.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LSTM.html}
 */
export interface LSTM extends Recurrent<[Tensor, Tensor], Cell>, LSTMModule {}
export const LSTM = named<LSTM>("LSTM")(
  LSTMModule,
  [
    "input_size",
    "hidden_size",
    "num_layers",
    "bias",
    "batch_first",
    "dropout",
    "bidirectional",
    "proj_size",
    "device",
    "dtype",
  ],
  INPUTS,
);

class GRUModule extends SimpleRNN {
  constructor(
    input_size: number,
    hidden_size: number,
    num_layers = 1,
    bias = true,
    batch_first = false,
    dropout = 0,
    bidirectional = false,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
    proj_size?: number,
  ) {
    refuseProjection(proj_size);
    super("GRU", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, device, dtype);
  }

  override forward(input: Tensor | PackedSequence, hx: Tensor | null = null): [Tensor | PackedSequence, Tensor] {
    return this._forward(this._unpack("GRU", input), input, hx);
  }

  override _run({ input, batch_sizes }: Unpacked, hx: Tensor): [Tensor, Tensor] {
    const { _flat_weights, bias, num_layers, dropout, training, bidirectional, batch_first } = this;
    return batch_sizes === null
      ? torch.gru(input, hx, _flat_weights, bias, num_layers, dropout, training, bidirectional, batch_first)
      : torch.gru(input, batch_sizes, hx, _flat_weights, bias, num_layers, dropout, training, bidirectional);
  }
}

/**
 * A gated recurrent unit of several layers; input, `hx` and results are as RNN's.
 *
 * Throws ValueError for sizes that are not positive, and RuntimeError for an input or a state of other sizes.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.GRU.html}
 */
export interface GRU extends Recurrent<Tensor>, GRUModule {}
export const GRU = named<GRU>("GRU")(
  GRUModule,
  [
    "input_size",
    "hidden_size",
    "num_layers",
    "bias",
    "batch_first",
    "dropout",
    "bidirectional",
    "device",
    "dtype",
    "*",
    "proj_size",
  ],
  INPUTS,
);

class RNNCellBaseModule extends Module {
  input_size: number;
  hidden_size: number;
  bias: boolean;
  declare weight_ih: Parameter;
  declare weight_hh: Parameter;
  declare bias_ih: Parameter | null;
  declare bias_hh: Parameter | null;

  constructor(
    input_size: number,
    hidden_size: number,
    bias: boolean,
    num_chunks: number,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    const factory_kwargs = { device, dtype };
    super();
    this.input_size = input_size;
    this.hidden_size = hidden_size;
    this.bias = bias;
    this.weight_ih = new Parameter(torch.empty([num_chunks * hidden_size, input_size], factory_kwargs));
    this.weight_hh = new Parameter(torch.empty([num_chunks * hidden_size, hidden_size], factory_kwargs));
    if (bias) {
      this.bias_ih = new Parameter(torch.empty([num_chunks * hidden_size], factory_kwargs));
      this.bias_hh = new Parameter(torch.empty([num_chunks * hidden_size], factory_kwargs));
    } else {
      this.register_parameter("bias_ih", null);
      this.register_parameter("bias_hh", null);
    }
    this.reset_parameters();
  }

  override extra_repr(): string {
    return `${this.input_size}, ${this.hidden_size}${this.bias !== true ? `, bias=${repr(this.bias)}` : ""}`;
  }

  /** Draws the parameters anew. */
  reset_parameters(): void {
    const stdv = this.hidden_size > 0 ? 1 / Math.sqrt(this.hidden_size) : 0;
    for (const weight of this.parameters()) init.uniform_(weight, -stdv, stdv);
  }

  /** @internal The input and the state, zeros if there is none, as batches; throws ValueError for other dimensions. */
  _batched(name: string, input: Tensor, hx: Tensor | null): [input: Tensor, hx: Tensor, is_batched: boolean] {
    checkCellDim(`${name}: Expected input`, input);
    if (hx !== null) checkCellDim(`${name}: Expected hidden`, hx);
    const is_batched = input.dim() === 2;
    const rows = is_batched ? input : input.unsqueeze(0);
    const state = hx === null ? this._zeros(rows) : is_batched ? hx : hx.unsqueeze(0);
    return [rows, state, is_batched];
  }

  /** @internal */
  _zeros(input: Tensor): Tensor {
    return torch.zeros(input.size(0), this.hidden_size, { dtype: input.dtype, device: input.device });
  }
}

function checkCellDim(what: string, x: Tensor): void {
  const dim = x.dim();
  if (dim !== 1 && dim !== 2) throw new ValueError(`${what} to be 1D or 2D, got ${dim}D instead`);
}

/** The base of RNNCell, LSTMCell and GRUCell. */
export interface RNNCellBase extends RNNCellBaseModule {}
export const RNNCellBase = named<RNNCellBase>("RNNCellBase")(
  RNNCellBaseModule,
  ["input_size", "hidden_size", "bias", "num_chunks", "device", "dtype"],
  [],
);

class RNNCellModule extends RNNCellBaseModule {
  nonlinearity: "tanh" | "relu";

  constructor(
    input_size: number,
    hidden_size: number,
    bias = true,
    nonlinearity: "tanh" | "relu" = "tanh",
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    super(input_size, hidden_size, bias, 1, device, dtype);
    this.nonlinearity = nonlinearity;
  }

  override forward(input: Tensor, hx: Tensor | null = null): Tensor {
    const [rows, state, is_batched] = this._batched("RNNCell", input, hx);
    const { nonlinearity, weight_ih, weight_hh, bias_ih, bias_hh } = this;
    if (nonlinearity !== "tanh" && nonlinearity !== "relu") {
      throw new RuntimeError(`Unknown nonlinearity: ${nonlinearity}`);
    }
    const run = nonlinearity === "tanh" ? torch.rnn_tanh_cell : torch.rnn_relu_cell;
    const ret = run(rows, state, weight_ih, weight_hh, bias_ih, bias_hh);
    return is_batched ? ret : ret.squeeze(0);
  }

  override extra_repr(): string {
    return super.extra_repr() + (this.nonlinearity !== "tanh" ? `, nonlinearity=${this.nonlinearity}` : "");
  }
}

/**
 * One step of a simple recurrent network: h' = tanh(x W_ih^T + b_ih + h W_hh^T + b_hh), or relu.
 *
 * The input is (N, input_size) or (input_size), the state, zeros if it is not given, (N, hidden_size) or (hidden_size).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.RNNCell.html}
 */
export interface RNNCell extends Called<RNNCellModule, typeof INPUTS>, RNNCellModule {}
export const RNNCell = named<RNNCell>("RNNCell")(
  RNNCellModule,
  ["input_size", "hidden_size", "bias", "nonlinearity", "device", "dtype"],
  INPUTS,
);

const CELL = ["input_size", "hidden_size", "bias", "device", "dtype"] as const;

class LSTMCellModule extends RNNCellBaseModule {
  constructor(
    input_size: number,
    hidden_size: number,
    bias = true,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    super(input_size, hidden_size, bias, 4, device, dtype);
  }

  override forward(input: Tensor, hx: Cell | null = null): [hx: Tensor, cx: Tensor] {
    checkCellDim("LSTMCell: Expected input", input);
    hx?.forEach((value, idx) => {
      checkCellDim(`LSTMCell: Expected hx[${idx}]`, value);
    });
    const is_batched = input.dim() === 2;
    const rows = is_batched ? input : input.unsqueeze(0);
    let states = hx;
    if (states === null) {
      const zeros = this._zeros(rows);
      states = [zeros, zeros];
    } else if (!is_batched) {
      states = [states[0].unsqueeze(0), states[1].unsqueeze(0)];
    }
    const ret = torch.lstm_cell(rows, states, this.weight_ih, this.weight_hh, this.bias_ih, this.bias_hh);
    return is_batched ? ret : [ret[0].squeeze(0), ret[1].squeeze(0)];
  }
}

/**
 * One step of a long short-term memory, from and to `[h, c]`.
 *
 * The input is (N, input_size) or (input_size), the states, zeros if they are not given, (N, hidden_size) or (hidden_size).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.LSTMCell.html}
 */
export interface LSTMCell extends Called<LSTMCellModule, typeof INPUTS>, LSTMCellModule {}
export const LSTMCell = named<LSTMCell>("LSTMCell")(LSTMCellModule, CELL, INPUTS);

class GRUCellModule extends RNNCellBaseModule {
  constructor(
    input_size: number,
    hidden_size: number,
    bias = true,
    device: DeviceLike | null = null,
    dtype: dtype | null = null,
  ) {
    super(input_size, hidden_size, bias, 3, device, dtype);
  }

  override forward(input: Tensor, hx: Tensor | null = null): Tensor {
    const [rows, state, is_batched] = this._batched("GRUCell", input, hx);
    const ret = torch.gru_cell(rows, state, this.weight_ih, this.weight_hh, this.bias_ih, this.bias_hh);
    return is_batched ? ret : ret.squeeze(0);
  }
}

/**
 * One step of a gated recurrent unit.
 *
 * The input is (N, input_size) or (input_size), the state, zeros if it is not given, (N, hidden_size) or (hidden_size).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.GRUCell.html}
 */
export interface GRUCell extends Called<GRUCellModule, typeof INPUTS>, GRUCellModule {}
export const GRUCell = named<GRUCell>("GRUCell")(GRUCellModule, CELL, INPUTS);
