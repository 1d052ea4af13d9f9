import { Tensor } from "../../_tensor.js";
import * as dtypes from "../../dtype.js";
import { AssertionError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import * as layouts from "../../layout.js";
import { tupleText } from "../../nn/modules/utils.js";
import { floatRepr } from "../../python/format.js";
import { as_tensor } from "../../tensor_new.js";
import { promote_types } from "../../torch_functions/dtypes.js";
import type { Options } from "../_comparison.js";
import {
  get_tolerances,
  type Identifier,
  make_scalar_mismatch_msg,
  make_tensor_mismatch_msg,
  writeElement,
} from "./messages.js";
import { ErrorMeta, type Id, Pair, UnsupportedInputs } from "./pair.js";

const supported_layouts = new Set([
  layouts.strided,
  layouts.jagged,
  layouts.sparse_coo,
  layouts.sparse_csr,
  layouts.sparse_csc,
  layouts.sparse_bsr,
  layouts.sparse_bsc,
]);

const rows = ["crow_indices", "col_indices"] as const;
const columns = ["ccol_indices", "row_indices"] as const;
const compressed_formats = new Map([
  [layouts.sparse_csr, { name: "CSR", methods: rows }],
  [layouts.sparse_csc, { name: "CSC", methods: columns }],
  [layouts.sparse_bsr, { name: "BSR", methods: rows }],
  [layouts.sparse_bsc, { name: "BSC", methods: columns }],
]);

// Unsigned ones would not be promoted with others.
const signed = (dtype: dtypes.dtype) =>
  [dtypes.uint64, dtypes.uint32, dtypes.uint16].includes(dtype) ? dtypes.int64 : dtype;

const isSequence = (x: unknown) => typeof x === "object" && x !== null && (ArrayBuffer.isView(x) || "data" in x);

function toTensor(x: unknown): Tensor {
  if (x instanceof Tensor) return x;
  if (!isSequence(x)) throw new UnsupportedInputs();
  try {
    return as_tensor(x as Float32Array);
  } catch {
    throw new UnsupportedInputs();
  }
}

type Tolerances = readonly [rtol: number, atol: number];

/** Two tensors, or arrays of numbers that become tensors. */
export class TensorLikePair extends Pair {
  declare readonly actual: Tensor;
  declare readonly expected: Tensor;
  readonly #options: Options;
  readonly #tolerances: Tolerances;

  constructor(actual: unknown, expected: unknown, id: Id, options: Options) {
    if (!isRelated(actual, expected)) throw new UnsupportedInputs();
    if (!options.allow_subclasses && classOf(actual) !== classOf(expected)) throw new UnsupportedInputs();
    const tensors = [toTensor(actual), toTensor(expected)] as const;
    for (const { layout } of tensors) {
      if (!supported_layouts.has(layout)) throw new ErrorMeta(ValueError, `Unsupported tensor layout ${layout}`, id);
    }
    super(...tensors, id);
    this.#options = options;
    this.#tolerances = get_tolerances(tensors, options.rtol, options.atol, id);
  }

  compare(): void {
    this.#compare_attributes();
    if ([this.actual, this.expected].some((x) => x.device.type === "meta")) return;
    const [actual, expected] = this.#equalize_attributes();
    this.#compare_values(actual, expected);
  }

  #compare_attributes(): void {
    const { actual, expected } = this;
    const { check_device, check_dtype, check_layout, check_stride } = this.#options;
    const check = (attribute: string, a: unknown, b: unknown) => {
      const [text1, text2] = [a, b].map((x) => (Array.isArray(x) && attribute !== "shape" ? tupleText(x) : `${x}`));
      if (text1 !== text2) {
        this._fail(AssertionError, `The values for attribute '${attribute}' do not match: ${text1} != ${text2}.`);
      }
    };
    const bool = (x: boolean) => (x ? "True" : "False");
    check("shape", actual.shape, expected.shape);
    check("is_quantized", bool(actual.is_quantized), bool(expected.is_quantized));
    if (actual.is_quantized) check("qscheme()", actual.qscheme(), expected.qscheme());
    if (check_layout) check("layout", actual.layout, expected.layout);
    if (check_stride && actual.layout === layouts.strided && expected.layout === layouts.strided) {
      check("stride()", actual.stride(), expected.stride());
    }
    if (check_device) check("device", actual.device, expected.device);
    if (check_dtype) check("dtype", actual.dtype, expected.dtype);
  }

  #equalize_attributes(): Tensor[] {
    let tensors = [this.actual, this.expected];
    const differ = (attribute: (x: Tensor) => unknown) => attribute(tensors[0]) !== attribute(tensors[1]);
    if (differ((x) => String(x.device))) tensors = tensors.map((x) => x.cpu());
    if (differ((x) => x.dtype)) {
      const dtype = promote_types(signed(tensors[0].dtype), signed(tensors[1].dtype));
      tensors = tensors.map((x) => x.to(dtype));
    }
    if (differ((x) => x.layout)) tensors = tensors.map((x) => (x.layout === layouts.strided ? x : x.to_dense()));
    return tensors;
  }

  #compare_values(actual: Tensor, expected: Tensor): void {
    const { dtype } = actual;
    const [rtol, atol] = this.#tolerances;
    if (actual.is_quantized) {
      const identifier = (name: string) => `Quantized ${name.toLowerCase()}`;
      this.#compare_close(actual.dequantize(), expected.dequantize(), this.#tolerances, identifier);
    } else if (actual.is_sparse) {
      this.#compare_sparse_coo_values(actual, expected);
    } else if (compressed_formats.has(actual.layout)) {
      this.#compare_sparse_compressed_values(actual, expected);
    } else if (actual.layout === layouts.jagged) {
      this.#compare_close(actual.values(), expected.values(), this.#tolerances);
    } else if (dtype.is_floating_point && dtype.itemsize === 1 && (rtol !== 0 || atol !== 0)) {
      throw new ErrorMeta(
        AssertionError,
        `Rtol=${floatRepr(rtol)} and atol=${floatRepr(atol)} are not supported for bitwise comparison of low dimensional floats. Please use rtol=0.0 and atol=0.0.`,
      );
    } else {
      this.#compare_close(actual, expected, this.#tolerances);
    }
  }

  #compare_counts(what: string, actual: number, expected: number): void {
    if (actual === expected) return;
    this._fail(AssertionError, `The number of ${what} tensors does not match: ${actual} != ${expected}`);
  }

  #compare_sparse_coo_values(actual: Tensor, expected: Tensor): void {
    this.#compare_counts("sparse dimensions in sparse COO", actual.sparse_dim(), expected.sparse_dim());
    this.#compare_counts("specified values in sparse COO", actual._nnz(), expected._nnz());
    this.#compare_close(actual._indices(), expected._indices(), [0, 0], "Sparse COO indices");
    this.#compare_close(actual._values(), expected._values(), this.#tolerances, "Sparse COO values");
  }

  #compare_sparse_compressed_values(actual: Tensor, expected: Tensor): void {
    const { name, methods } = compressed_formats.get(actual.layout) as { name: string; methods: typeof rows };
    this.#compare_counts(`specified values in sparse ${name}`, actual._nnz(), expected._nnz());
    const dtype = promote_types(actual[methods[0]]().dtype, expected[methods[0]]().dtype);
    for (const method of methods) {
      const indices = [actual, expected].map((x) => x[method]().to(dtype));
      this.#compare_close(indices[0], indices[1], [0, 0], `Sparse ${name} ${method}`);
    }
    this.#compare_close(actual.values(), expected.values(), this.#tolerances, `Sparse ${name} values`);
  }

  #compare_close(actual: Tensor, expected: Tensor, tolerances: Tolerances, identifier?: Identifier): void {
    const [rtol, atol] = tolerances;
    const { equal_nan } = this.#options;
    const matches = torch.isclose(actual, expected, { rtol, atol, equal_nan });
    if (torch.all(matches).item()) return;
    const msg = actual.shape.length
      ? make_tensor_mismatch_msg(actual, expected, matches, tolerances, identifier)
      : make_scalar_mismatch_msg(actual.item(), expected.item(), tolerances, writeElement(actual.dtype), identifier);
    this._fail(AssertionError, msg);
  }
}

const classOf = (x: unknown) => (x as object).constructor;

function isRelated(actual: unknown, expected: unknown): boolean {
  if (actual instanceof Tensor || expected instanceof Tensor)
    return actual instanceof Tensor && expected instanceof Tensor;
  return isSequence(actual) && isSequence(expected) && classOf(actual) === classOf(expected);
}
