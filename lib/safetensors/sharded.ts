// State dicts in several safetensors files with an index, as Hugging Face lays them out.

import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Tensor } from "../_tensor.js";
import { def } from "../arguments/function.js";
import { ValueError } from "../errors.js";
import { writeFile } from "../serialization/sink.js";
import { dictOf } from "../serialization/values.js";
import type { DeviceLike } from "../types.js";
import { SafetensorError } from "./header.js";
import { type Backend, SafeOpen } from "./open.js";
import { entriesOf, prepare, type Tensors } from "./save.js";

const INDEX = "model.safetensors.index.json";

interface Index {
  metadata?: Record<string, unknown>;
  weight_map: Map<string, string>;
}

function readIndex(file: string): Index {
  const text = fs.readFileSync(file, "utf8");
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new SafetensorError(`${file} is not JSON: ${(error as Error).message}`);
  }
  const weight_map = (parsed as { weight_map?: unknown } | null)?.weight_map;
  if (typeof weight_map !== "object" || weight_map === null || Array.isArray(weight_map)) {
    throw new SafetensorError(`${file} has no "weight_map"`);
  }
  const entries = Object.entries(weight_map);
  for (const [name, shard] of entries) {
    // A shard is a file beside the index and nothing else.
    const bad = typeof shard !== "string" || shard === "" || /[/\\\0]/.test(shard) || shard === "." || shard === "..";
    if (bad) throw new SafetensorError(`${file} gives ${JSON.stringify(shard)} as the file of ${name}`);
  }
  return { weight_map: new Map(entries as [string, string][]) };
}

/**
 * Loads a state dict that lies in several files: `load_sharded("folder")`, where the folder has
 * `model.safetensors.index.json`, or else one `model.safetensors`; or the path of an index.
 *
 * Throws SafetensorError where a file has not the tensors that the index says it has.
 */
export const load_sharded = def(
  "load_sharded",
  ["folder_or_index", "device", "*", "backend"],
  function load_sharded(
    folder_or_index: string | URL,
    device: DeviceLike = "cpu",
    backend: Backend = "mmap",
    // biome-ignore lint/suspicious/noExplicitAny: a plain object, or a Map for names that JavaScript would reorder
  ): Record<string, any> {
    const given = folder_or_index instanceof URL ? fileURLToPath(folder_or_index) : folder_or_index;
    const isFolder = fs.statSync(given).isDirectory();
    const index = isFolder ? path.join(given, INDEX) : given;
    const folder = isFolder ? given : path.dirname(given);
    if (isFolder && !fs.existsSync(index)) {
      using file = new SafeOpen(path.join(folder, "model.safetensors"), "pt", device, backend);
      return file.get_tensors();
    }
    const { weight_map } = readIndex(index);
    const files = new Map<string, SafeOpen>();
    try {
      const loaded = new Map<string, Tensor>();
      for (const [name, shard] of weight_map) {
        let file = files.get(shard);
        if (!file) {
          file = new SafeOpen(path.join(folder, shard), "pt", device, backend);
          files.set(shard, file);
        }
        if (!file.has(name))
          throw new SafetensorError(`${shard} does not contain tensor ${name}, which ${index} places there`);
        loaded.set(name, file.get_tensor(name));
      }
      return dictOf(loaded) as Record<string, Tensor>;
    } finally {
      for (const file of files.values()) file.dispose();
    }
  },
);

const units: Record<string, number> = { KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

function bytesOf(size: number | string): number {
  if (typeof size === "number") return size;
  const found = /^\s*(\d+(?:\.\d+)?)\s*(KB|MB|GB|TB)\s*$/i.exec(size);
  if (!found) throw new ValueError(`max_shard_size must be a number of bytes or text such as "5GB", not ${size}`);
  return Number(found[1]) * units[found[2].toUpperCase()];
}

/**
 * Writes a state dict into a folder as files of at most `max_shard_size` (a tensor that is larger has one of its own),
 * with an index; as one `model.safetensors` where that suffices.
 */
export const save_sharded = def(
  "save_sharded",
  ["tensors", "folder", "max_shard_size", "metadata"],
  function save_sharded(
    tensors: Tensors,
    folder: string,
    max_shard_size: number | string = "5GB",
    metadata: Record<string, string> | null = { format: "pt" },
  ): void {
    const most = bytesOf(max_shard_size);
    const shards: { tensors: Map<string, Tensor>; size: number }[] = [];
    let total_size = 0;
    for (const [name, tensor] of entriesOf(tensors)) {
      total_size += tensor.nbytes;
      let shard = shards.at(-1);
      if (!shard || shard.size + tensor.nbytes > most) {
        shard = { tensors: new Map(), size: 0 };
        shards.push(shard);
      }
      shard.tensors.set(name, tensor);
      shard.size += tensor.nbytes;
    }
    const prepared = shards.map((shard) => prepare(shard.tensors, metadata));
    fs.mkdirSync(folder, { recursive: true });
    if (prepared.length <= 1) {
      writeFile(path.join(folder, "model.safetensors"), (prepared[0] ?? prepare({}, metadata)).parts);
      return;
    }
    const number = (n: number) => String(n).padStart(5, "0");
    const weight_map: [string, string][] = [];
    prepared.forEach(({ parts }, i) => {
      const name = `model-${number(i + 1)}-of-${number(prepared.length)}.safetensors`;
      writeFile(path.join(folder, name), parts);
      for (const key of shards[i].tensors.keys()) weight_map.push([key, name]);
    });
    // The index comes last: it names files that are complete.
    weight_map.sort(([a], [b]) => (a < b ? -1 : 1));
    const index = { metadata: { total_size }, weight_map: Object.fromEntries(weight_map) };
    writeFile(path.join(folder, INDEX), [Buffer.from(`${JSON.stringify(index, null, 2)}\n`)]);
  },
);
