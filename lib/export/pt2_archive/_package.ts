// torch/export/pt2_archive/_package.py: the archive of exported programs, read and written.

import { PayloadConfig, type PayloadMeta, type TensorMeta } from "../../_export/serde/schema.js";
import {
  concrete,
  deserialize,
  deserialize_device,
  deserialize_layout,
  deserialize_scalar_type,
  SerializeError,
} from "../../_export/serde/serialize.js";
import { readJson } from "../../_export/serde/union.js";
import type { Tensor } from "../../_tensor.js";
import { RuntimeError, ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { strided } from "../../layout.js";
import { Parameter } from "../../nn/parameter.js";
import { type FileLike, openSource, withSource } from "../../serialization/file_like.js";
import { isForeign } from "../../serialization/load_zip.js";
import type { Parts } from "../../serialization/sink.js";
import type { Source } from "../../serialization/source.js";
import { byteswap, readBytes, StoredBytes, viewOf } from "../../serialization/storages.js";
import { ZipReader } from "../../serialization/zip.js";
import { ZipWriter } from "../../serialization/zip_writer.js";
import { load } from "../../serialization.js";
import { TensorBase } from "../../tensor_base.js";
import { ExportedProgram, partsOf } from "../exported_program.js";
import { writePayloads } from "./_package_weights.js";
import * as constants from "./constants.js";

function text(zip: ZipReader, record: string): string {
  const { offset, size } = zip.entry(record);
  return zip.source.read(offset, size).toString("utf8");
}

function bytes(zip: ZipReader, record: string): Buffer {
  const { offset, size } = zip.entry(record);
  return Buffer.from(zip.source.read(offset, size));
}

const shapeOf = ({ sizes, strides, storage_offset }: TensorMeta, name: string) => ({
  size: sizes.map((size) => concrete(size, `a size of ${name}`)),
  stride: strides.map((stride) => concrete(stride, `a stride of ${name}`)),
  offset: concrete(storage_offset, `the storage offset of ${name}`),
});

/** The tensors of one folder of the archive, which share memory where they did when they were saved. */
class Payloads {
  readonly #zip: ZipReader;
  readonly #folder: string;
  readonly #stored = new Map<string, StoredBytes>();

  constructor(zip: ZipReader, folder: string) {
    this.#zip = zip;
    this.#folder = folder;
  }

  read(name: string, { path_name, is_param, use_pickle, tensor_meta: meta }: PayloadMeta): Tensor {
    const record = `${this.#folder}${path_name}`;
    if (use_pickle) {
      const loaded = load(bytes(this.#zip, record)) as unknown;
      if (loaded instanceof TensorBase) return loaded as Tensor;
      throw new SerializeError(`${record} must hold the tensor ${name}`);
    }
    if (meta === null) throw new SerializeError(`the shape of ${name} is missing`);
    if (deserialize_layout(meta.layout) !== strided) throw new SerializeError(`${name} must be strided`);
    const tensor = this.#view(record, name, meta);
    return is_param ? new Parameter(tensor, meta.requires_grad) : tensor;
  }

  #view(record: string, name: string, meta: TensorMeta): Tensor {
    const { size, stride, offset } = shapeOf(meta, name);
    const type = deserialize_scalar_type(meta.dtype);
    const entry = this.#zip.entry(record);
    const device = deserialize_device(meta.device);
    if (entry.size === 0) {
      // What was saved without memory: fake tensors, too, whose size is no reason to take much.
      if (size.reduce((product, n) => product * n, 1) * type.itemsize > 2 ** 40) {
        throw new SerializeError(`${name} has no bytes, but a size of ${size}`);
      }
      return torch.zeros(size, { dtype: type, device });
    }
    if (entry.size % type.itemsize !== 0) {
      throw new ValueError(
        `Record ${record}: size ${entry.size} is not a multiple of element size ${type.itemsize} for dtype ${type}`,
      );
    }
    let stored = this.#stored.get(record);
    if (stored === undefined) {
      const read = readBytes(this.#zip.source, entry.offset, entry.size);
      if (isForeign(this.#zip)) byteswap(read, entry.size, type);
      stored = new StoredBytes(device.type === "cpu" ? read : read.to(device), type, entry.size);
      this.#stored.set(record, stored);
    }
    return viewOf(stored, type, offset, size, stride);
  }
}

function loadPayloads(zip: ZipReader, config: string, folder: string): Map<string, Tensor> {
  if (!zip.find(config)) throw new SerializeError(`${config} not found in PT2 archive`);
  const payloads = new Payloads(zip, folder);
  const result = new Map<string, Tensor>();
  for (const [name, meta] of readJson(PayloadConfig, text(zip, config), config).config) {
    const { path_name } = meta;
    if (folder === constants.CONSTANTS_DIR && !path_name.startsWith(constants.TENSOR_CONSTANT_FILENAME_PREFIX)) {
      throw new SerializeError(
        `the program has a constant ${name} that is no tensor but an object of Python's or of TorchScript's (${path_name}), which tstorch cannot make`,
      );
    }
    result.set(name, payloads.read(name, meta));
  }
  return result;
}

function loadProgram(zip: ZipReader, name: string): ExportedProgram {
  const record = constants.modelPath(name);
  const json = text(zip, record);
  const sample = zip.find(constants.sampleInputsPath(name));
  return new ExportedProgram({
    json,
    serialized: deserialize(json, record),
    state_dict: loadPayloads(zip, constants.weightsConfigPath(name), constants.WEIGHTS_DIR),
    constants: loadPayloads(zip, constants.constantsConfigPath(name), constants.CONSTANTS_DIR),
    sampleInputs: sample && sample.size > 0 ? bytes(zip, constants.sampleInputsPath(name)) : null,
  });
}

/** What an archive holds. */
export interface PT2ArchiveContents {
  readonly exported_programs: Map<string, ExportedProgram>;
  readonly extra_files: Map<string, string>;
  /** The names of the models that AOTInductor compiled. */
  readonly aoti_models: Set<string>;
}

/** Opens an archive; tells those apart that were written before there was a folder in them. */
function openArchive(source: Source): ZipReader {
  try {
    return new ZipReader(source);
  } catch (error) {
    if (!(error instanceof RuntimeError) || !error.message.includes("not in a subdirectory")) throw error;
    throw new SerializeError(
      `the file is no PT2 archive (${error.message}): it may have been written before PyTorch 2.8. Load it in Python and save it again.`,
      { cause: error },
    );
  }
}

function checkArchive(zip: ZipReader): void {
  const format = zip.text(constants.ARCHIVE_FORMAT_PATH);
  if (format !== constants.ARCHIVE_FORMAT_VALUE) {
    const what = zip.find("data.pkl") ? "It was written by torch.save(): use torch.load()." : "";
    throw new RuntimeError(`Invalid archive format: the file is no PT2 archive of torch.export.save(). ${what}`.trim());
  }
  const version = zip.text(constants.ARCHIVE_VERSION_PATH) ?? constants.ARCHIVE_VERSION_VALUE;
  if (version !== constants.ARCHIVE_VERSION_VALUE) {
    throw new ValueError(
      `Saved archive version ${version} does not match our current archive version ${constants.ARCHIVE_VERSION_VALUE}.`,
    );
  }
}

/**
 * Reads the programs of an archive. No code of the file's is run.
 *
 * Throws RuntimeError, of which SerializeError is one, for what is damaged, of another version, or cannot be run.
 */
export function load_pt2(f: FileLike): PT2ArchiveContents {
  return withSource(openSource(f), (source) => {
    const zip = openArchive(source);
    checkArchive(zip);
    const exported_programs = new Map<string, ExportedProgram>();
    const extra_files = new Map<string, string>();
    const aoti_models = new Set<string>();
    for (const { name } of zip.entries()) {
      const record = name.slice(zip.folder.length + 1);
      const after = (prefix: string) => (record.startsWith(prefix) ? record.slice(prefix.length) : null);
      const model = after(constants.MODELS_DIR);
      const extra = after(constants.EXTRA_DIR);
      const compiled = after(constants.AOTINDUCTOR_DIR);
      if (model?.endsWith(".json")) {
        const modelName = model.slice(0, -".json".length);
        exported_programs.set(modelName, loadProgram(zip, modelName));
      }
      if (extra !== null) extra_files.set(extra, text(zip, record));
      if (compiled !== null) aoti_models.add(compiled.split("/")[0]);
    }
    return { exported_programs, extra_files, aoti_models };
  });
}

/** The bytes of a program's archive, whose graph is the one that was read. */
export function* package_pt2(program: ExportedProgram, extra_files: Iterable<[string, string]>, folder: string): Parts {
  const zip = new ZipWriter(folder);
  const { json, state_dict, constants: values, sampleInputs } = partsOf(program);
  const name = "model";
  const { WEIGHTS_DIR, WEIGHT_FILENAME_PREFIX, CONSTANTS_DIR, TENSOR_CONSTANT_FILENAME_PREFIX } = constants;
  const weights = yield* writePayloads(zip, state_dict, WEIGHTS_DIR, WEIGHT_FILENAME_PREFIX);
  yield* zip.record(constants.weightsConfigPath(name), weights);
  const lifted = yield* writePayloads(zip, values, CONSTANTS_DIR, TENSOR_CONSTANT_FILENAME_PREFIX);
  yield* zip.record(constants.constantsConfigPath(name), lifted);
  yield* zip.record(constants.modelPath(name), json);
  yield* zip.record(constants.sampleInputsPath(name), sampleInputs ?? "");
  for (const [file, text] of extra_files) yield* zip.record(`${constants.EXTRA_DIR}${file}`, text);
  yield* zip.record(constants.ARCHIVE_FORMAT_PATH, constants.ARCHIVE_FORMAT_VALUE);
  yield* zip.record(constants.ARCHIVE_VERSION_PATH, constants.ARCHIVE_VERSION_VALUE);
  yield* zip.record(".data/version", "6\n");
  yield* zip.record("byteorder", new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? "little" : "big");
  yield* zip.record(".data/serialization_id", zip.serializationId);
  yield* zip.end();
}
