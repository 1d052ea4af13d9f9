// Writes safetensors files: the second half of safetensors/torch.py

import type { Tensor } from "../_tensor.js";
import { isPlainObject } from "../arguments/function.js";
import * as dtypes from "../dtype.js";
import { KeyError, RuntimeError, ValueError } from "../errors.js";
import { strided } from "../layout.js";
import { typeName } from "../python/objects.js";
import type { Parts } from "../serialization/sink.js";
import { partsOf } from "../serialization/storages.js";
import { storageBytes, storageOf } from "../storage.js";
import { TensorBase } from "../tensor_base.js";
import { inFileOrder, typeOf, writeHeader } from "./header.js";
import { findShared } from "./shared.js";

/** Tensors by names: a state dict. */
export type Tensors = Record<string, Tensor> | ReadonlyMap<string, Tensor>;

/** The names and tensors of a dict. Throws ValueError for anything else. */
export function entriesOf(tensors: unknown): [string, Tensor][] {
  if (!(tensors instanceof Map) && !isPlainObject(tensors)) {
    throw new ValueError(`Expected a dict of [str, torch.Tensor] but received <class '${typeName(tensors)}'>`);
  }
  const entries: [unknown, unknown][] = tensors instanceof Map ? [...tensors] : Object.entries(tensors);
  for (const [name, tensor] of entries) {
    if (typeof name === "string" && tensor instanceof TensorBase) continue;
    throw new ValueError(
      `Key \`${String(name)}\` is invalid, expected torch.Tensor but received <class '${typeName(tensor)}'>`,
    );
  }
  return entries as [string, Tensor][];
}

function checkTensors(entries: readonly [string, Tensor][]): void {
  const sparse = entries.filter(([, tensor]) => tensor.layout !== strided).map(([name]) => name);
  if (sparse.length) {
    throw new ValueError(
      `You are trying to save a sparse tensors: \`[${quoted(sparse)}]\` which this library does not support. You can make it a dense tensor before saving with \`.to_dense()\` but be aware this might make a much larger file than needed.`,
    );
  }
  const shared = findShared(entries).filter((names) => names.length > 1);
  if (shared.length) {
    throw new RuntimeError(`
            Some tensors share memory, this will lead to duplicate memory on disk and potential differences when loading them again: [${shared.map((names) => `{${quoted(names)}}`).join(", ")}].
            A potential way to correctly save your model is to use \`save_model\`.
            More information at https://huggingface.co/docs/safetensors/torch_shared_tensors
            `);
  }
  for (const [name, tensor] of entries) {
    if (tensor.is_contiguous()) continue;
    throw new ValueError(
      `You are trying to save a non contiguous tensor: \`${name}\` which is not allowed. It either means you are trying to save tensors which are reference of each other in which case it's recommended to save only the full tensors, and reslice at load time, or simply call \`.contiguous()\` on your tensor to pack it before saving.`,
    );
  }
}

const quoted = (names: readonly string[]) => names.map((name) => `'${name}'`).join(", ");

function checkMetadata(metadata: unknown): Record<string, string> | null {
  if (metadata === null || metadata === undefined) return null;
  const entries: [unknown, unknown][] = metadata instanceof Map ? [...metadata] : Object.entries(metadata);
  for (const [key, value] of entries) {
    if (typeof key !== "string" || typeof value !== "string") throw new TypeError("metadata holds text alone");
  }
  return Object.fromEntries(entries) as Record<string, string>;
}

/** Checks tensors; gives the size of their file, and its bytes. */
export function prepare(tensors: unknown, metadata: unknown): { size: number; parts: Parts } {
  const entries = entriesOf(tensors);
  checkTensors(entries);
  const listed = entries.map(([name, tensor]) => {
    const type = typeOf(tensor.dtype);
    if (type === undefined) throw new KeyError(String(tensor.dtype));
    const shape = [...tensor.shape];
    if (tensor.dtype === dtypes.float4_e2m1fn_x2) shape[shape.length - 1] *= 2;
    return { name, type, shape, nbytes: tensor.nbytes, tensor };
  });
  listed.sort(inFileOrder);
  const header = writeHeader(listed, checkMetadata(metadata));
  const size = listed.reduce((sum, { nbytes }) => sum + nbytes, header.length);
  return { size, parts: partsOfFile(header, listed) };
}

function* partsOfFile(header: Buffer, listed: readonly { tensor: Tensor; nbytes: number }[]): Parts {
  yield header;
  for (const { tensor, nbytes } of listed) {
    if (nbytes === 0) continue;
    const plain = tensor.detach().cpu().resolve_conj().resolve_neg();
    const start = plain.storage_offset() * plain.element_size();
    yield* partsOf(storageBytes(storageOf(plain)), nbytes, start);
  }
}
