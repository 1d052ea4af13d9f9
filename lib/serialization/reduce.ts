// How tensors and storages are written: Tensor.__reduce_ex__ of torch/_tensor.py

import type { Tensor } from "../_tensor.js";
import { native } from "../binding.js";
import type { dtype } from "../dtype.js";
import * as dtypes from "../dtype.js";
import { NotImplementedError, RuntimeError } from "../errors.js";
import * as layouts from "../layout.js";
import { is_lazy, Parameter } from "../nn/parameter.js";
import { PyFloat } from "../python/float.js";
import { storageBytes, storageOf, TypedStorage, type UntypedStorage } from "../storage.js";
import { handleOf, type TensorBase } from "../tensor_base.js";
import { location_tag } from "./locations.js";
import { CallOf, emptyOrderedDict, Name, PersistentId, type Reducer, Tuple } from "./pickler.js";
import { sliceBytes, storageNames } from "./storages.js";

const utils = (name: string) => new Name("torch._utils", name);
const v2 = utils("_rebuild_tensor_v2");
const v3 = utils("_rebuild_tensor_v3");

/** Gathers the storages of one file and numbers them. */
export class StorageReducer implements Reducer {
  /** All bytes of the storages, in the order of their numbers. */
  readonly storages: Tensor[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #dtypes = new Map<string, dtype>();

  storage(x: TypedStorage | UntypedStorage): PersistentId {
    const typed = x instanceof TypedStorage;
    return this.#id(storageBytes(x), typed ? x.dtype : dtypes.uint8, !typed);
  }

  /** The id of the storage whose bytes these are; an untyped one counts them. */
  #id(bytes: Tensor, type: dtype, untyped: boolean): PersistentId {
    const [address, nbytes] = native.storageInfo(handleOf(bytes));
    const device = bytes.device.type === "cpu" ? "cpu" : location_tag(storageOf(bytes));
    // Storages of no memory are all different.
    const key = address === 0n ? `new ${this.storages.length}` : `${address} ${nbytes}`;
    const counted = untyped ? dtypes.uint8 : type;
    if (address !== 0n && device !== "meta") {
      const known = this.#dtypes.get(key);
      if (known !== undefined && known !== counted) {
        throw new RuntimeError("Cannot save multiple tensors or storages that view the same data as different types");
      }
      this.#dtypes.set(key, counted);
    }
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.storages.length;
      this.#numbers.set(key, number);
      this.storages.push(bytes);
    }
    const name = storageNames.get(type);
    if (!untyped && name === undefined) throw new RuntimeError(`a storage of ${type} cannot be saved`);
    const storageClass = untyped ? new Name("torch.storage", "UntypedStorage") : new Name("torch", name as string);
    const numel = Math.floor(nbytes / counted.itemsize);
    return new PersistentId(new Tuple(["storage", storageClass, String(number), device, numel]));
  }

  tensor(base: TensorBase): CallOf {
    const x = base as Tensor;
    if (is_lazy(x)) throw new RuntimeError("an uninitialized parameter or buffer cannot be saved: run the model once");
    if (x instanceof Parameter) {
      return new CallOf(utils("_rebuild_parameter"), plain(x), x.requires_grad, emptyOrderedDict());
    }
    const [size, stride] = [new Tuple([...x.shape]), () => new Tuple(x.stride())];
    if (x.device.type === "meta") {
      return new CallOf(utils("_rebuild_meta_tensor_no_storage"), x.dtype, size, stride(), x.requires_grad);
    }
    if (x.is_quantized) return this.#quantized(x, size, stride());
    if (x.layout !== layouts.strided) return sparse(x);
    if (x.is_nested) throw new NotImplementedError("nested tensors cannot be saved");
    const isNew = !storageNames.has(x.dtype);
    const args = [this.#id(bytesOf(x), x.dtype, isNew), x.storage_offset(), size, stride(), x.requires_grad];
    const metadata = metadataOf(x);
    return new CallOf(isNew ? v3 : v2, ...args, emptyOrderedDict(), ...(isNew ? [x.dtype] : []), ...metadata);
  }

  #quantized(x: Tensor, size: Tuple, stride: Tuple): CallOf {
    const scheme = x.qscheme();
    let params: unknown[];
    if (scheme === layouts.per_tensor_affine) params = [scheme, new PyFloat(x.q_scale()), x.q_zero_point()];
    else if (scheme === layouts.per_channel_affine || scheme === layouts.per_channel_affine_float_qparams) {
      const perChannel = [x.q_per_channel_scales(), x.q_per_channel_zero_points(), x.q_per_channel_axis()];
      params = [layouts.per_channel_affine, ...perChannel];
    } else throw new RuntimeError(`Serialization is not supported for tensors of type ${scheme}`);
    const id = this.#id(bytesOf(x), x.dtype, false);
    const args = [id, x.storage_offset(), size, stride, new Tuple(params), x.requires_grad, emptyOrderedDict()];
    return new CallOf(utils("_rebuild_qtensor"), ...args);
  }
}

/** The same tensor, of class Tensor. */
function plain(x: Tensor): Tensor {
  return x.detach();
}

/** All bytes of a tensor's storage. */
export function bytesOf(x: Tensor): Tensor {
  if (!x.is_cpu) return storageBytes(storageOf(x));
  return sliceBytes(x, 0, native.storageInfo(handleOf(x))[1]);
}

function metadataOf(x: Tensor): [Record<string, boolean>] | [] {
  const bits: Record<string, boolean> = {};
  if (x.is_conj()) bits.conj = true;
  if (x.is_neg()) bits.neg = true;
  return Object.keys(bits).length ? [bits] : [];
}

function sparse(x: Tensor): CallOf {
  const byRow = x.layout === layouts.sparse_csr || x.layout === layouts.sparse_bsr;
  const byColumn = x.layout === layouts.sparse_csc || x.layout === layouts.sparse_bsc;
  let data: unknown[];
  if (x.layout === layouts.sparse_coo) data = [x._indices(), x._values(), x.shape, x.is_coalesced()];
  else if (byRow) data = [x.crow_indices(), x.col_indices(), x.values(), x.shape];
  else if (byColumn) data = [x.ccol_indices(), x.row_indices(), x.values(), x.shape];
  else throw new NotImplementedError(`sparse tensor __reduce_ex__ for layout \`${x.layout}\``);
  return new CallOf(utils("_rebuild_sparse_tensor"), x.layout, new Tuple(data));
}
