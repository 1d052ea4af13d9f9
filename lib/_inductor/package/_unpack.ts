// The files of one model of a package: in an archive, or in a folder that was unpacked already.

import fs from "node:fs";
import os from "node:os";
import { dirname, join } from "node:path";
import { RuntimeError } from "../../errors.js";
import { AOTINDUCTOR_DIR, MODELS_DIR } from "../../export/pt2_archive/constants.js";
import { type FileLike, openSource, pathOfFile, withSource } from "../../serialization/file_like.js";
import type { Source } from "../../serialization/source.js";
import { BrokenZip, type Entry, ZipReader } from "../../serialization/zip.js";

/** The files of a model by their names; `place()` makes them files of a folder. */
export interface ModelFiles {
  readonly names: readonly string[];
  text(name: string): string;
  /** A folder that holds the files with these names. */
  place(names: readonly string[]): Folder;
}

/** A folder with a model's files; `remove` may be called more than once. */
export interface Folder {
  readonly path: string;
  remove(): void;
}

/** What an archive or folder holds beside the model that was asked for. */
interface Contents {
  readonly models: ReadonlySet<string>;
  readonly hasProgram: boolean;
}

function missing(model_name: string, where: string, { models, hasProgram }: Contents): RuntimeError {
  const lines = [`Failed to find a generated cpp file or so file for model '${model_name}' in ${where}.`];
  if (models.size > 0) {
    lines.push("", "Available models in the archive:", ...[...models].map((name) => `  ${name}`), "");
    lines.push(
      "To load a specific model, please provide its name using the `model_name` parameter when calling torch._inductor.package.load_package.",
    );
  } else if (hasProgram) {
    lines.push("It holds an exported program that was not compiled: use torch.export.load().");
  } else {
    lines.push("It was not made by torch._inductor.aoti_compile_and_package().");
  }
  return new RuntimeError(lines.join("\n"));
}

const COPIED_AT_ONCE = 2 ** 24;

function writeEntry(source: Source, { offset, size }: Entry, path: string): void {
  fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file = fs.openSync(path, "wx", 0o700);
  try {
    for (let done = 0; done < size; ) {
      const part = source.read(offset + done, Math.min(size - done, COPIED_AT_ONCE));
      for (let written = 0; written < part.length; ) written += fs.writeSync(file, part, written);
      done += part.length;
    }
  } finally {
    fs.closeSync(file);
  }
}

/** A new folder for what one package holds, that nobody else can look into. */
function temporaryFolder(): Folder {
  const path = fs.mkdtempSync(join(os.tmpdir(), "tstorch-aoti-"));
  const atExit = () => fs.rmSync(path, { recursive: true, force: true });
  process.on("exit", atExit);
  return {
    path,
    remove() {
      fs.rmSync(path, { recursive: true, force: true });
      process.off("exit", atExit);
    },
  };
}

function inArchive(zip: ZipReader, model_name: string, where: string): ModelFiles {
  const entries = new Map<string, Entry>();
  const models = new Set<string>();
  let hasProgram = false;
  for (const entry of zip.entries()) {
    const record = entry.name.slice(zip.folder.length + 1);
    hasProgram ||= record.startsWith(MODELS_DIR);
    if (!record.startsWith(AOTINDUCTOR_DIR)) continue;
    const [model, ...rest] = record.slice(AOTINDUCTOR_DIR.length).split("/");
    models.add(model);
    if (model === model_name) entries.set(rest.join("/"), entry);
  }
  if (entries.size === 0) throw missing(model_name, where, { models, hasProgram });
  const entryOf = (name: string) => entries.get(name) as Entry;
  return {
    names: [...entries.keys()],
    text: (name) => zip.source.read(entryOf(name).offset, entryOf(name).size).toString("utf8"),
    place(names) {
      const folder = temporaryFolder();
      try {
        for (const name of names) writeEntry(zip.source, entryOf(name), join(folder.path, name));
        return folder;
      } catch (error) {
        folder.remove();
        throw error;
      }
    },
  };
}

function inFolder(path: string, model_name: string): ModelFiles {
  const roots = [path, ...fs.readdirSync(path).map((name) => join(path, name))];
  const compiled = roots.map((root) => join(root, AOTINDUCTOR_DIR)).find((folder) => fs.existsSync(folder));
  const models = new Set(compiled === undefined ? [] : fs.readdirSync(compiled));
  if (compiled === undefined || !models.has(model_name)) {
    throw missing(model_name, path, {
      models,
      hasProgram: roots.some((root) => fs.existsSync(join(root, MODELS_DIR))),
    });
  }
  const folder = join(compiled, model_name);
  return {
    names: fs.readdirSync(folder),
    text: (name) => fs.readFileSync(join(folder, name), "utf8"),
    place: () => ({ path: folder, remove() {} }),
  };
}

function openArchive(source: Source, where: string): ZipReader {
  try {
    return new ZipReader(source);
  } catch (error) {
    if (!(error instanceof BrokenZip)) throw error;
    throw new RuntimeError(
      `${where} is no package of AOTInductor, or is damaged: ${error.what}. Copy it again, or compile the model anew with torch._inductor.aoti_compile_and_package().`,
      { cause: error },
    );
  }
}

/** Calls a function with the files of a model. */
export function withModelFiles<T>(path: FileLike, model_name: string, use: (files: ModelFiles) => T): T {
  const name = pathOfFile(path);
  if (name !== null && fs.statSync(name, { throwIfNoEntry: false })?.isDirectory())
    return use(inFolder(name, model_name));
  const where = name ?? "the package";
  return withSource(openSource(path), (source) => use(inArchive(openArchive(source, where), model_name, where)));
}
