// The rebuild functions of torch/_utils.py that pickles of tensors call.

import type { Tensor } from "../_tensor.js";
import * as dtypes from "../dtype.js";
import { NotImplementedError, RuntimeError, UnpicklingError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import * as layouts from "../layout.js";
import { warn } from "../nn/functional/warn.js";
import { Parameter } from "../nn/parameter.js";
import { operator } from "../operator.js";
import { from_numpy, tensor as makeTensor, type NdArray } from "../tensor_new.js";
import { sparse_compressed_tensor, sparse_coo_tensor } from "../torch_functions/sparse_tensors.js";
import type { device, dtype } from "../types.js";
import { setToView, viewOf } from "./storages.js";
import * as as from "./values.js";
import { Global, itemsOf, PyDict } from "./values.js";

/** What a rebuild function needs to know of the load that it is part of. */
export interface LoadContext {
  /** The device to put a tensor on that was saved from a device. */
  place(saved: device | string): device | string;
  /** Sparse tensors whose indices are to be checked when everything is loaded. */
  readonly sparse: Tensor[];
}

let context: LoadContext | null = null;

/** Runs the reading of a pickle whose tensors belong to a load; checks the sparse ones at its end. */
export function withContext<T>(place: LoadContext["place"], load: () => T): T {
  const outer = context;
  context = { place, sparse: [] };
  try {
    const result = load();
    validateSparse(context.sparse);
    return result;
  } finally {
    context = outer;
  }
}

function current(): LoadContext {
  if (context === null) throw new RuntimeError("tensors are rebuilt by torch.load() alone");
  return context;
}

function setGrad(tensor: Tensor, requires_grad: unknown): Tensor {
  return as.asBool(requires_grad, "requires_grad") ? tensor.requires_grad_() : tensor;
}

/** Sets the bits that make a tensor stand for its conjugate or its negative. */
function setMetadata(tensor: Tensor, metadata: unknown): Tensor {
  if (metadata === undefined || metadata === null) return tensor;
  if (!(metadata instanceof PyDict)) {
    throw new UnpicklingError(`metadata must be a dict, not ${as.nameOfType(metadata)}`);
  }
  let result = tensor;
  for (const [key, value] of metadata.entries ?? []) {
    if (value !== true) continue;
    if (key === "conj") result = torch._conj(result);
    else if (key === "neg") result = torch._neg_view(result);
    else throw new UnpicklingError(`unknown metadata of a tensor: ${String(key)}`);
  }
  return result.detach();
}

function rebuildTensor(storage: unknown, offset: unknown, size: unknown, stride: unknown, type?: dtype): Tensor {
  const stored = as.asStorage(storage, "storage");
  return viewOf(
    stored,
    type ?? stored.dtype,
    as.asCount(offset, "storage_offset"),
    as.asCounts(size, "size"),
    as.asCounts(stride, "stride"),
  );
}

function _rebuild_tensor([storage, offset, size, stride]: readonly unknown[]): Tensor {
  return rebuildTensor(storage, offset, size, stride);
}

function _rebuild_tensor_v2(args: readonly unknown[]): Tensor {
  const [storage, offset, size, stride, requires_grad, , metadata] = args;
  return setGrad(setMetadata(rebuildTensor(storage, offset, size, stride), metadata), requires_grad);
}

function _rebuild_tensor_v3(args: readonly unknown[]): Tensor {
  const [storage, offset, size, stride, requires_grad, , type, metadata] = args;
  const made = rebuildTensor(storage, offset, size, stride, as.asDtype(type, "dtype"));
  return setGrad(setMetadata(made, metadata), requires_grad);
}

function _rebuild_parameter([data, requires_grad]: readonly unknown[]): Parameter {
  return new Parameter(as.asTensor(data, "data"), as.asBool(requires_grad, "requires_grad"));
}

function _rebuild_parameter_with_state([data, requires_grad, , state]: readonly unknown[]): Tensor {
  return setAttributes(_rebuild_parameter([data, requires_grad]), state);
}

/** The attributes that a tensor had in Python; none takes the place of a tensor's own. */
function setAttributes(tensor: Tensor, state: unknown): Tensor {
  const given = state instanceof as.PyTuple ? state.items[0] : state;
  if (!(given instanceof PyDict)) return tensor;
  const finisher = new as.Finisher();
  for (const [key, value] of given.entries ?? []) {
    if (typeof key !== "string" || key in tensor) continue;
    Object.defineProperty(tensor, key, { value: finisher.finish(value), writable: true, configurable: true });
  }
  return tensor;
}

const createQuantized = operator("_empty_per_channel_affine_quantized", [
  [
    "_empty_per_channel_affine_quantized(SymIntArrayRef size, *, Tensor scales, Tensor zero_points, int64_t axis, ScalarType? dtype=None, Device? device=None)",
    "aten::_empty_per_channel_affine_quantized",
  ],
]) as (size: readonly number[], options: object) => Tensor;

function _rebuild_qtensor(args: readonly unknown[]): Tensor {
  const [storage, offset, sizes, strides, quantizer_params, requires_grad] = args;
  const stored = as.asStorage(storage, "storage");
  const size = as.asCounts(sizes, "size");
  const place = { dtype: stored.dtype, device: stored.bytes.device };
  const [scheme, ...params] = itemsOf(quantizer_params, "quantizer_params");
  const qscheme = as.asQscheme(scheme, "qscheme");
  let made: Tensor;
  if (qscheme === layouts.per_tensor_affine) {
    const scale = as.asNumber(params[0], "scale");
    const zero_point = as.asInteger(params[1], "zero_point");
    // Of no elements: the memory is the file's, and a hostile size must not allocate any.
    made = torch._empty_affine_quantized([0], { scale, zero_point, ...place });
  } else if (qscheme === layouts.per_channel_affine || qscheme === layouts.per_channel_affine_float_qparams) {
    made = perChannel(qscheme === layouts.per_channel_affine, params, size, place);
  } else {
    throw new RuntimeError(`Can't deserialize quantized tensor with qscheme ${qscheme}`);
  }
  setToView(made, stored, as.asCount(offset, "storage_offset"), size, as.asCounts(strides, "stride"));
  return setGrad(made, requires_grad);
}

function perChannel(
  affine: boolean,
  [givenScales, givenPoints, givenAxis]: readonly unknown[],
  size: readonly number[],
  place: { dtype: dtype; device: device },
): Tensor {
  const numbers = (given: unknown, what: string, type: dtype) =>
    Array.isArray(given)
      ? makeTensor(
          given.map((item) => as.asNumber(item, what)),
          { dtype: type, device: place.device },
        )
      : as.asTensor(given, what);
  const scales = numbers(givenScales, "scales", affine ? dtypes.float64 : dtypes.float32);
  const zero_points = numbers(givenPoints, "zero_points", affine ? dtypes.int64 : dtypes.float32);
  const axis = as.asInteger(givenAxis, "axis");
  if (!(axis >= 0 && axis < size.length)) {
    throw new ValueError(`_rebuild_qtensor: per_channel axis ${axis} out of range for size (${size.join(", ")})`);
  }
  if (scales.numel() !== size[axis] || zero_points.numel() !== size[axis]) {
    throw new ValueError(
      `_rebuild_qtensor: per_channel scales/zero_points length must equal size[axis]=${size[axis]}, got scales=${scales.numel()}, zero_points=${zero_points.numel()}`,
    );
  }
  const room = size.map((n, i) => (i === axis ? n : 0));
  return createQuantized(room, { scales, zero_points, axis, ...place });
}

const compressed = new Set([layouts.sparse_csr, layouts.sparse_csc, layouts.sparse_bsr, layouts.sparse_bsc]);

function _rebuild_sparse_tensor([givenLayout, data]: readonly unknown[]): Tensor {
  const layout = as.asLayout(givenLayout, "layout");
  const parts = itemsOf(data, "the data of a sparse tensor");
  let made: Tensor;
  if (layout === layouts.sparse_coo) {
    const [indices, values, size, is_coalesced = null] = parts;
    made = sparse_coo_tensor(
      as.asTensor(indices, "indices"),
      as.asTensor(values, "values"),
      as.asCounts(size, "size"),
      {
        check_invariants: false,
        is_coalesced: is_coalesced === null ? null : as.asBool(is_coalesced, "is_coalesced"),
      },
    );
  } else if (compressed.has(layout)) {
    const [compressed_indices, plain_indices, values, size] = parts;
    made = sparse_compressed_tensor(
      as.asTensor(compressed_indices, "compressed_indices"),
      as.asTensor(plain_indices, "plain_indices"),
      as.asTensor(values, "values"),
      as.asCounts(size, "size"),
      { layout, check_invariants: false },
    );
  } else {
    throw new NotImplementedError(`rebuilding sparse tensor for layout ${layout}`);
  }
  current().sparse.push(made);
  return made;
}

const validateCoo = operator("_validate_sparse_coo_tensor_args", [
  [
    "_validate_sparse_coo_tensor_args(Tensor indices, Tensor values, IntArrayRef size, bool? is_coalesced=None, bool? check_pinning=None)",
    "aten::_validate_sparse_coo_tensor_args",
  ],
]);
const validateCompressed = operator("_validate_sparse_compressed_tensor_args", [
  [
    "_validate_sparse_compressed_tensor_args(Tensor compressed_indices, Tensor plain_indices, Tensor values, IntArrayRef size, Layout layout, bool? check_pinning=None)",
    "aten::_validate_sparse_compressed_tensor_args",
  ],
]);

/** Throws for sparse tensors whose indices are out of bounds, which operators would follow blindly. */
function validateSparse(tensors: readonly Tensor[]): void {
  if (tensors.length === 0) return;
  warn(
    "Validating sparse tensor invariants because weights_only=True; this is an O(nnz) scan per sparse tensor and may be slow for large checkpoints.",
  );
  for (const t of tensors) {
    if (t.layout === layouts.sparse_coo) {
      validateCoo(t._indices(), t._values(), [...t.shape], t.is_coalesced(), false);
      continue;
    }
    const byRow = t.layout === layouts.sparse_csr || t.layout === layouts.sparse_bsr;
    const [outer, inner] = byRow ? [t.crow_indices(), t.col_indices()] : [t.ccol_indices(), t.row_indices()];
    validateCompressed(outer, inner, t.values(), [...t.shape], t.layout, false);
  }
}

function _rebuild_meta_tensor_no_storage([type, size, stride, requires_grad]: readonly unknown[]): Tensor {
  return torch.empty_strided(as.asCounts(size, "size"), as.asCounts(stride, "stride"), {
    dtype: as.asDtype(type, "dtype"),
    device: "meta",
    requires_grad: as.asBool(requires_grad, "requires_grad"),
  });
}

function moved(data: Tensor, type: unknown, device: unknown, requires_grad: unknown): Tensor {
  const place = current().place(as.asDevice(device, "device"));
  return setGrad(data.to({ dtype: as.asDtype(type, "dtype"), device: place }), requires_grad);
}

function _rebuild_device_tensor_from_cpu_tensor([data, type, device, requires_grad]: readonly unknown[]): Tensor {
  return moved(as.asTensor(data, "data"), type, device, requires_grad);
}

function _rebuild_device_tensor_from_numpy([data, type, device, requires_grad]: readonly unknown[]): Tensor {
  if (typeof data !== "object" || data === null || !("stride" in data)) {
    throw new UnpicklingError(`data must be a numpy array, not ${as.nameOfType(data)}`);
  }
  return moved(from_numpy(data as NdArray), type, device, requires_grad);
}

function _rebuild_wrapper_subclass(): never {
  throw new UnpicklingError("a tensor of a wrapper subclass is code of Python's and cannot be read");
}

function _rebuild_from_type_v2([rebuild, type, args, state]: readonly unknown[]): Tensor {
  const names = ["torch.Tensor", "torch._tensor.Tensor", "torch.nn.parameter.Parameter"];
  if (
    !(rebuild instanceof Global && functions.has(rebuild.name)) ||
    !(type instanceof Global && names.includes(type.name))
  ) {
    throw new UnpicklingError(`a tensor of class ${as.nameOfType(type)} is to be rebuilt by ${as.nameOfType(rebuild)}`);
  }
  return setAttributes(as.asTensor(rebuild.call(itemsOf(args, "args")), "a rebuilt tensor"), state);
}

/** The functions by the names that pickles call them. */
const functions = new Map<string, (args: readonly unknown[]) => unknown>(
  Object.entries({
    _rebuild_tensor,
    _rebuild_tensor_v2,
    _rebuild_tensor_v3,
    _rebuild_parameter,
    _rebuild_parameter_with_state,
    _rebuild_qtensor,
    _rebuild_sparse_tensor,
    _rebuild_meta_tensor_no_storage,
    _rebuild_device_tensor_from_cpu_tensor,
    _rebuild_device_tensor_from_numpy,
    _rebuild_wrapper_subclass,
  }).map(([name, body]) => [`torch._utils.${name}`, body]),
);

/** What the list of allowed globals has of them. */
export const rebuildFunctions: readonly Global[] = [
  ...[...functions].map(([name, body]) => new Global(name, body)),
  new Global("torch._tensor._rebuild_from_type_v2", _rebuild_from_type_v2),
];
