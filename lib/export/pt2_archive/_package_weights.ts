// torch/export/pt2_archive/_package_weights.py: tensors that share memory are written once.

import { serialize_layout, serialize_scalar_type } from "../../_export/serde/serialize.js";
import type { Tensor } from "../../_tensor.js";
import { native } from "../../binding.js";
import { Parameter } from "../../nn/parameter.js";
import { bytesOf } from "../../serialization/reduce.js";
import type { ZipWriter } from "../../serialization/zip_writer.js";
import { handleOf } from "../../tensor_base.js";

/** JSON with the spaces and escapes that Python's json.dumps() writes. */
function dumps(x: unknown): string {
  if (Array.isArray(x)) return `[${x.map(dumps).join(", ")}]`;
  if (x instanceof Map) return `{${[...x].map(([key, value]) => `${dumps(key)}: ${dumps(value)}`).join(", ")}}`;
  if (typeof x === "object" && x !== null) return dumps(new Map(Object.entries(x)));
  const escape = (c: string) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(x).replace(/[\u007f-\uffff]/g, escape);
}

const ints = (sizes: readonly number[]) => sizes.map((as_int) => ({ as_int }));

function serialize_tensor_meta(t: Tensor): object {
  return {
    dtype: serialize_scalar_type(t.dtype),
    sizes: ints(t.shape),
    requires_grad: t.requires_grad,
    device: { type: t.device.type, index: t.device.index ?? null },
    strides: ints(t.stride()),
    storage_offset: { as_int: t.storage_offset() },
    layout: serialize_layout(t.layout),
  };
}

/** Groups of tensors by their memory and dtype. */
function group_weights(tensors: ReadonlyMap<string, Tensor>): (readonly [string, Tensor])[][] {
  const groups = new Map<string, (readonly [string, Tensor])[]>();
  for (const [name, tensor] of tensors) {
    const [address] = native.storageInfo(handleOf(tensor));
    const key = `${address} ${tensor.dtype}`;
    const group = groups.get(key) ?? [];
    group.push([name, tensor]);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Writes tensors into a folder; returns the JSON that tells where they are and how they lie in memory. */
export function* writePayloads(
  zip: ZipWriter,
  tensors: ReadonlyMap<string, Tensor>,
  folder: string,
  prefix: string,
): Generator<Uint8Array, string, undefined> {
  const config = new Map<string, object>();
  for (const [i, group] of group_weights(tensors).entries()) {
    const path_name = `${prefix}${i}`;
    const bytes = bytesOf(group[0][1]);
    yield* zip.storage(`${folder}${path_name}`, bytes.cpu(), native.storageInfo(handleOf(bytes))[1]);
    for (const [name, tensor] of group) {
      const is_param = tensor instanceof Parameter;
      config.set(name, { path_name, is_param, use_pickle: false, tensor_meta: serialize_tensor_meta(tensor) });
    }
  }
  return dumps({ config });
}
