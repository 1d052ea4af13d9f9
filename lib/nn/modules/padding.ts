// torch/nn/modules/padding.py

import type { Tensor } from "../../_tensor.js";
import { takeKeywords } from "../../arguments/class.js";
import { NotImplementedError, ValueError } from "../../errors.js";
import { repr } from "../../python/repr.js";
import * as F from "../functional.js";
import { module } from "./module/keywords.js";
import { Module } from "./module.js";
import { _pair, _quadruple, type Size1, tupleText } from "./utils.js";

const _sextuple = (x: Size1): number[] => (typeof x === "object" && Symbol.iterator in x ? [...x] : Array(6).fill(x));

const padding = ["padding"] as const;
const padding_value = ["padding", "value"] as const;

class _CircularPadNd extends Module {
  declare padding: readonly number[];

  _check_input_dim(_input: Tensor): void {
    throw new NotImplementedError("");
  }

  override forward(input: Tensor): Tensor {
    this._check_input_dim(input);
    return F.pad(input, this.padding, "circular");
  }

  override extra_repr(): string {
    return tupleText(this.padding);
  }
}

takeKeywords("_CircularPadNd", _CircularPadNd.prototype, { extra_repr: [], forward: ["input"] });

class CircularPad1d extends _CircularPadNd {
  constructor(padding: Size1) {
    super();
    this.padding = _pair(padding);
  }

  override _check_input_dim(input: Tensor): void {
    if (input.dim() !== 2 && input.dim() !== 3) {
      throw new ValueError(`expected 2D or 3D input (got ${input.dim()}D input)`);
    }
  }
}

/**
 * Pads the last dimension as if the input went on from its beginning.
 *
 * `padding` is one size for all sides or (left, right). The input is (N, C, W) or (C, W). Throws ValueError for other
 * dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.CircularPad1d.html}
 */
const CircularPad1dClass = module(CircularPad1d, padding);
type CircularPad1dClass = InstanceType<typeof CircularPad1dClass>;

class CircularPad2d extends _CircularPadNd {
  constructor(padding: Size1) {
    super();
    this.padding = _quadruple(padding);
  }

  override _check_input_dim(input: Tensor): void {
    if (input.dim() !== 3 && input.dim() !== 4) {
      throw new ValueError(`expected 3D or 4D input (got ${input.dim()}D input)`);
    }
  }
}

/**
 * Pads the last two dimensions as if the input went on from its beginning.
 *
 * `padding` is one size for all sides or (left, right, top, bottom). The input is (N, C, H, W) or (C, H, W). Throws
 * ValueError for other dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.CircularPad2d.html}
 */
const CircularPad2dClass = module(CircularPad2d, padding);
type CircularPad2dClass = InstanceType<typeof CircularPad2dClass>;

class CircularPad3d extends _CircularPadNd {
  constructor(padding: Size1) {
    super();
    this.padding = _sextuple(padding);
  }

  override _check_input_dim(input: Tensor): void {
    if (input.dim() !== 4 && input.dim() !== 5) {
      throw new ValueError(`expected 4D or 5D input (got ${input.dim()}D input)`);
    }
  }
}

/**
 * Pads the last three dimensions as if the input went on from its beginning.
 *
 * `padding` is one size for all sides or (left, right, top, bottom, front, back). The input is (N, C, D, H, W) or (C,
 * D, H, W). Throws ValueError for other dimensions.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.CircularPad3d.html}
 */
const CircularPad3dClass = module(CircularPad3d, padding);
type CircularPad3dClass = InstanceType<typeof CircularPad3dClass>;

class _ConstantPadNd extends Module {
  declare padding: readonly number[];
  declare value: number;

  constructor(value: number) {
    super();
    this.value = value;
  }

  override forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, "constant", this.value);
  }

  override extra_repr(): string {
    return `padding=${tupleText(this.padding)}, value=${repr(this.value)}`;
  }
}

takeKeywords("_ConstantPadNd", _ConstantPadNd.prototype, { extra_repr: [], forward: ["input"] });

class ConstantPad1d extends _ConstantPadNd {
  constructor(padding: Size1, value: number) {
    super(value);
    this.padding = _pair(padding);
  }
}

/**
 * Pads the last dimension with `value`.
 *
 * `padding` is one size for all sides or (left, right). The input is (N, C, W) or (C, W).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ConstantPad1d.html}
 */
const ConstantPad1dClass = module(ConstantPad1d, padding_value);
type ConstantPad1dClass = InstanceType<typeof ConstantPad1dClass>;

class ConstantPad2d extends _ConstantPadNd {
  constructor(padding: Size1, value: number) {
    super(value);
    this.padding = _quadruple(padding);
  }
}

/**
 * Pads the last two dimensions with `value`.
 *
 * `padding` is one size for all sides or (left, right, top, bottom). The input is (N, C, H, W) or (C, H, W).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ConstantPad2d.html}
 */
const ConstantPad2dClass = module(ConstantPad2d, padding_value);
type ConstantPad2dClass = InstanceType<typeof ConstantPad2dClass>;

class ConstantPad3d extends _ConstantPadNd {
  constructor(padding: Size1, value: number) {
    super(value);
    this.padding = _sextuple(padding);
  }
}

/**
 * Pads the last three dimensions with `value`.
 *
 * `padding` is one size for all sides or (left, right, top, bottom, front, back). The input is (N, C, D, H, W) or (C,
 * D, H, W).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ConstantPad3d.html}
 */
const ConstantPad3dClass = module(ConstantPad3d, padding_value);
type ConstantPad3dClass = InstanceType<typeof ConstantPad3dClass>;

class _ReflectionPadNd extends Module {
  declare padding: readonly number[];

  override forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, "reflect");
  }

  override extra_repr(): string {
    return tupleText(this.padding);
  }
}

takeKeywords("_ReflectionPadNd", _ReflectionPadNd.prototype, { extra_repr: [], forward: ["input"] });

class ReflectionPad1d extends _ReflectionPadNd {
  constructor(padding: Size1) {
    super();
    this.padding = _pair(padding);
  }
}

/**
 * Pads the last dimension with the input mirrored at its border elements.
 *
 * `padding` is one size for all sides or (left, right). The input is (N, C, W) or (C, W).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ReflectionPad1d.html}
 */
const ReflectionPad1dClass = module(ReflectionPad1d, padding);
type ReflectionPad1dClass = InstanceType<typeof ReflectionPad1dClass>;

class ReflectionPad2d extends _ReflectionPadNd {
  constructor(padding: Size1) {
    super();
    this.padding = _quadruple(padding);
  }
}

/**
 * Pads the last two dimensions with the input mirrored at its border elements.
 *
 * `padding` is one size for all sides or (left, right, top, bottom). The input is (N, C, H, W) or (C, H, W).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ReflectionPad2d.html}
 */
const ReflectionPad2dClass = module(ReflectionPad2d, padding);
type ReflectionPad2dClass = InstanceType<typeof ReflectionPad2dClass>;

class ReflectionPad3d extends _ReflectionPadNd {
  constructor(padding: Size1) {
    super();
    this.padding = _sextuple(padding);
  }
}

/**
 * Pads the last three dimensions with the input mirrored at its border elements.
 *
 * `padding` is one size for all sides or (left, right, top, bottom, front, back). The input is (N, C, D, H, W) or (C,
 * D, H, W).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ReflectionPad3d.html}
 */
const ReflectionPad3dClass = module(ReflectionPad3d, padding);
type ReflectionPad3dClass = InstanceType<typeof ReflectionPad3dClass>;

class _ReplicationPadNd extends Module {
  declare padding: readonly number[];

  override forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, "replicate");
  }

  override extra_repr(): string {
    return tupleText(this.padding);
  }
}

takeKeywords("_ReplicationPadNd", _ReplicationPadNd.prototype, { extra_repr: [], forward: ["input"] });

class ReplicationPad1d extends _ReplicationPadNd {
  constructor(padding: Size1) {
    super();
    this.padding = _pair(padding);
  }
}

/**
 * Pads the last dimension with copies of the border elements.
 *
 * `padding` is one size for all sides or (left, right). The input is (N, C, W) or (C, W).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ReplicationPad1d.html}
 */
const ReplicationPad1dClass = module(ReplicationPad1d, padding);
type ReplicationPad1dClass = InstanceType<typeof ReplicationPad1dClass>;

class ReplicationPad2d extends _ReplicationPadNd {
  constructor(padding: Size1) {
    super();
    this.padding = _quadruple(padding);
  }
}

/**
 * Pads the last two dimensions with copies of the border elements.
 *
 * `padding` is one size for all sides or (left, right, top, bottom). The input is (N, C, H, W) or (C, H, W).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ReplicationPad2d.html}
 */
const ReplicationPad2dClass = module(ReplicationPad2d, padding);
type ReplicationPad2dClass = InstanceType<typeof ReplicationPad2dClass>;

class ReplicationPad3d extends _ReplicationPadNd {
  constructor(padding: Size1) {
    super();
    this.padding = _sextuple(padding);
  }
}

/**
 * Pads the last three dimensions with copies of the border elements.
 *
 * `padding` is one size for all sides or (left, right, top, bottom, front, back). The input is (N, C, D, H, W) or (C,
 * D, H, W).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ReplicationPad3d.html}
 */
const ReplicationPad3dClass = module(ReplicationPad3d, padding);
type ReplicationPad3dClass = InstanceType<typeof ReplicationPad3dClass>;

class ZeroPad1d extends ConstantPad1d {
  constructor(padding: Size1) {
    super(padding, 0);
  }

  override extra_repr(): string {
    return tupleText(this.padding);
  }
}

/**
 * Pads the last dimension with zeros.
 *
 * `padding` is one size for all sides or (left, right). The input is (N, C, W) or (C, W).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ZeroPad1d.html}
 */
const ZeroPad1dClass = module(ZeroPad1d, padding);
type ZeroPad1dClass = InstanceType<typeof ZeroPad1dClass>;

class ZeroPad2d extends ConstantPad2d {
  constructor(padding: Size1) {
    super(padding, 0);
  }

  override extra_repr(): string {
    return tupleText(this.padding);
  }
}

/**
 * Pads the last two dimensions with zeros.
 *
 * `padding` is one size for all sides or (left, right, top, bottom). The input is (N, C, H, W) or (C, H, W).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ZeroPad2d.html}
 */
const ZeroPad2dClass = module(ZeroPad2d, padding);
type ZeroPad2dClass = InstanceType<typeof ZeroPad2dClass>;

class ZeroPad3d extends ConstantPad3d {
  constructor(padding: Size1) {
    super(padding, 0);
  }

  override extra_repr(): string {
    return tupleText(this.padding);
  }
}

/**
 * Pads the last three dimensions with zeros.
 *
 * `padding` is one size for all sides or (left, right, top, bottom, front, back). The input is (N, C, D, H, W) or (C,
 * D, H, W).
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ZeroPad3d.html}
 */
const ZeroPad3dClass = module(ZeroPad3d, padding);
type ZeroPad3dClass = InstanceType<typeof ZeroPad3dClass>;

export {
  CircularPad1dClass as CircularPad1d,
  CircularPad2dClass as CircularPad2d,
  CircularPad3dClass as CircularPad3d,
  ConstantPad1dClass as ConstantPad1d,
  ConstantPad2dClass as ConstantPad2d,
  ConstantPad3dClass as ConstantPad3d,
  ReflectionPad1dClass as ReflectionPad1d,
  ReflectionPad2dClass as ReflectionPad2d,
  ReflectionPad3dClass as ReflectionPad3d,
  ReplicationPad1dClass as ReplicationPad1d,
  ReplicationPad2dClass as ReplicationPad2d,
  ReplicationPad3dClass as ReplicationPad3d,
  ZeroPad1dClass as ZeroPad1d,
  ZeroPad2dClass as ZeroPad2d,
  ZeroPad3dClass as ZeroPad3d,
};
