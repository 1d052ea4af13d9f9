// GGUF files, the format of llama.cpp, as far as their tensors are not quantised; @huggingface/gguf reads the header.

import { fileURLToPath } from "node:url";
import type { Tensor } from "./_tensor.js";
import type { dtype } from "./dtype.js";
import * as dtypes from "./dtype.js";
import { RuntimeError, ValueError } from "./errors.js";
import { FileSource, openFile } from "./serialization/source.js";
import { StoredBytes, sliceBytes, viewOf } from "./serialization/storages.js";
import { dictOf } from "./serialization/values.js";

/** GGML's numbers of the types that libtorch has too. */
const types = new Map<number, dtype>([
  [0, dtypes.float32],
  [1, dtypes.float16],
  [24, dtypes.int8],
  [25, dtypes.int16],
  [26, dtypes.int32],
  [27, dtypes.int64],
  [28, dtypes.float64],
  [30, dtypes.bfloat16],
]);

/** What a file holds. */
export interface GGUFFile {
  /** The header's entries: what the model is, its vocabulary and so on. */
  metadata: Record<string, unknown>;
  /** The tensors that are not quantised. They are the mapped file's until they are changed. */
  tensors: Record<string, Tensor>;
  /** Of the others, the names of their types, such as "Q4_K". */
  quantized: Record<string, string>;
}

async function importParser(): Promise<typeof import("@huggingface/gguf")> {
  try {
    return await import("@huggingface/gguf");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new RuntimeError("GGUF files are read by @huggingface/gguf: run `npm install @huggingface/gguf`");
  }
}

function tensorAt(mapped: Tensor, type: dtype, offset: number, sizes: readonly bigint[]): Tensor {
  const shape = sizes.map(Number).reverse(); // the fastest dimension comes first in the file
  const numel = shape.reduce((product, size) => product * size, 1);
  const nbytes = numel * type.itemsize;
  if (!Number.isSafeInteger(nbytes) || !(offset + nbytes <= mapped.numel())) {
    throw new ValueError(`a tensor of ${nbytes} bytes at ${offset} is not in the file, which has ${mapped.numel()}`);
  }
  const stride = shape.map((_, i) => shape.slice(i + 1).reduce((product, size) => product * size, 1));
  return viewOf(new StoredBytes(sliceBytes(mapped, offset, nbytes), type, nbytes), type, 0, shape, stride);
}

/**
 * Maps a GGUF file: its metadata and the tensors that are not quantised, by name. Needs `@huggingface/gguf`.
 *
 * Throws ValueError for a file that is damaged; a missing one is an error with the code ENOENT.
 */
export async function load_file(filename: string | URL): Promise<GGUFFile> {
  const file = filename instanceof URL ? fileURLToPath(filename) : filename;
  const { gguf, GGMLQuantizationType } = await importParser();
  const source = openFile(file);
  try {
    if (!(source instanceof FileSource)) throw new ValueError(`${file} is no regular file and cannot be mapped`);
    const { metadata, tensorInfos, tensorDataOffset } = await gguf(file, { allowLocalFile: true }).catch((error) => {
      throw new ValueError(`${file} is no GGUF file: ${error instanceof Error ? error.message : error}`);
    });
    const mapped = source.map(false);
    const tensors = new Map<string, Tensor>();
    const quantized = new Map<string, string>();
    for (const { name, dtype, offset, shape } of tensorInfos) {
      const type = types.get(dtype);
      if (type) tensors.set(name, tensorAt(mapped, type, Number(tensorDataOffset + offset), shape));
      else quantized.set(name, GGMLQuantizationType[dtype] ?? String(dtype));
    }
    return {
      metadata: { ...metadata },
      tensors: dictOf(tensors) as Record<string, Tensor>,
      quantized: Object.fromEntries(quantized),
    };
  } finally {
    source.close();
  }
}
