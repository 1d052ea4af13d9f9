import { inspect } from "node:util";

let sealed = false;

/** A named constant of libtorch with a code. */
class Constant {
  // What only looks like a constant has no such field.
  readonly #genuine = true;
  /** @internal */
  readonly code: number;
  readonly name: string;

  /** @internal */
  constructor(code: number, name: string) {
    if (sealed) throw new TypeError(`cannot create 'torch.${new.target.name}' instances`);
    this.code = code;
    this.name = name;
    Object.freeze(this);
  }

  /** @internal Whether a value is one of the constants of this class. */
  static is(value: object): boolean {
    return value instanceof this && #genuine in value;
  }

  toString(): string {
    return `torch.${this.name}`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** How a tensor lies in memory: `torch.strided`, `torch.sparse_coo`, ... */
export class layout extends Constant {
  declare readonly brand: "layout";

  /** @internal */
  static of(code: number): layout {
    return layouts[code];
  }
}

/** The order in which a dense tensor's dimensions lie in memory. */
export class memory_format extends Constant {
  declare readonly brand: "memory_format";
}

/** How a quantised tensor's values map to numbers. */
export class qscheme extends Constant {
  declare readonly brand: "qscheme";

  /** @internal */
  static of(code: number): qscheme {
    return qschemes[code];
  }
}

export const strided = new layout(0, "strided");
export const sparse_coo = new layout(1, "sparse_coo");
export const sparse_csr = new layout(2, "sparse_csr");
export const _mkldnn = new layout(3, "_mkldnn");
export const sparse_csc = new layout(4, "sparse_csc");
export const sparse_bsr = new layout(5, "sparse_bsr");
export const sparse_bsc = new layout(6, "sparse_bsc");
export const jagged = new layout(7, "jagged");

export const contiguous_format = new memory_format(0, "contiguous_format");
export const preserve_format = new memory_format(1, "preserve_format");
export const channels_last = new memory_format(2, "channels_last");
export const channels_last_3d = new memory_format(3, "channels_last_3d");

export const per_tensor_affine = new qscheme(0, "per_tensor_affine");
export const per_channel_affine = new qscheme(1, "per_channel_affine");
export const per_tensor_symmetric = new qscheme(2, "per_tensor_symmetric");
export const per_channel_symmetric = new qscheme(3, "per_channel_symmetric");
export const per_channel_affine_float_qparams = new qscheme(4, "per_channel_affine_float_qparams");

const layouts = [strided, sparse_coo, sparse_csr, _mkldnn, sparse_csc, sparse_bsr, sparse_bsc, jagged];
const qschemes = [
  per_tensor_affine,
  per_channel_affine,
  per_tensor_symmetric,
  per_channel_symmetric,
  per_channel_affine_float_qparams,
];

sealed = true;
