// torch/utils/data/datapipes/utils/common.py

import fs from "node:fs";
import path from "node:path";
import { inspect } from "node:util";
import { takeKeywords } from "../../../../arguments/class.js";
import { def, isPlainObject } from "../../../../arguments/function.js";
import { parametersOf } from "../../../../arguments/names.js";
import { RuntimeError, ValueError } from "../../../../errors.js";
import { type BufferedReader, open, type TextIOWrapper } from "../../../../python/files.js";
import { BytesIO } from "../../../../python/io.js";
import { has, typeName } from "../../../../python/objects.js";
import { repr } from "../../../../python/repr.js";
import { iter, type PythonIterable } from "../../../../python/sequences.js";
import { warn } from "../../../../warnings.js";
import type { Columns } from "../functions.js";

// biome-ignore-start lint/suspicious/noExplicitAny: functions and streams of any type

/**
 * Sees to it that a function takes as many values as `input_col` names; one where it is null.
 *
 * Throws ValueError otherwise, in Python's words. A function that does not tell its parameters takes any.
 */
export const validate_input_col = def(
  "validate_input_col",
  ["fn", "input_col"],
  (fn: (...args: any[]) => unknown, input_col: Columns | null): void => {
    const parameters = parametersOf(fn);
    if (parameters === null) return;
    const size = Array.isArray(input_col) ? input_col.length : 1;
    const positional = parameters.filter(({ isRest }) => !isRest);
    const hasRest = positional.length < parameters.length;
    const name = fn.name || "<lambda>";
    const wrong = (count: number, kind: string) =>
      new ValueError(`The function ${name} takes ${count} ${kind}parameters, but ${size} are required.`);
    if (parameters.length < size) {
      if (!hasRest) throw wrong(parameters.length, "");
    } else if (positional.length > size) {
      if (positional.slice(size).some(({ hasDefault }) => !hasDefault)) throw wrong(positional.length, "positional ");
    } else if (positional.length < size && !hasRest) throw wrong(positional.length, "positional ");
  },
);

/** @internal Throws TypeError for what is no function. How functions cross to workers, ForkingPickler says. */
export function _check_unpickable_fn(fn: unknown): void {
  if (typeof fn !== "function") {
    throw new TypeError(`A callable function is expected, but <class '${typeName(fn)}'> is provided.`);
  }
}

/** A pattern of a shell's file names, as Python's fnmatch reads it. */
function patternOf(mask: string): RegExp {
  const source = mask.replace(/\*+|\?|\[(!?)(\]?[^\]]*)\]|[\\^$.|+(){}[\]]/g, (part, not: string, set?: string) => {
    if (part[0] === "*") return ".*";
    if (part === "?") return ".";
    if (set !== undefined) return `[${not ? "^" : ""}${set.replace(/[\\\]^[]/g, "\\$&")}]`;
    return `\\${part}`;
  });
  return new RegExp(`^(?:${source})$`, "s");
}

/** Whether a name fits a pattern such as `*.png`, or one of several; without a pattern every name does. */
export const match_masks = def(
  "match_masks",
  ["name", "masks"],
  (name: string, masks: string | readonly string[]): boolean => {
    if (masks.length === 0) return true;
    return (typeof masks === "string" ? [masks] : masks).some((mask) => patternOf(mask).test(name));
  },
);

const join = (folder: string, name: string) => (/[\\/]$/.test(folder) ? folder + name : `${folder}${path.sep}${name}`);

/** The entries of a folder; a folder that cannot be read is warned of, and an error. */
function entriesOf(folder: string): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const { message } = error as Error;
    const reason = /^\w+: ([^,]*)/.exec(message)?.[1] ?? message;
    warn(`${folder} : ${reason.charAt(0).toUpperCase()}${reason.slice(1)}`);
    throw error;
  }
}

const isFile = (name: string) => fs.statSync(name, { throwIfNoEntry: false })?.isFile() ?? false;
const isFolder = (name: string) => fs.statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** The files in a folder whose names fit the masks, by name unless `non_deterministic`; or the file that `root` is. */
export function* get_file_pathnames_from_root(
  root: string,
  masks: string | readonly string[],
  recursive = false,
  abspath = false,
  non_deterministic = false,
): Generator<string, void, undefined> {
  const full = (name: string) => (abspath ? path.resolve(name) : name);
  if (isFile(root)) {
    if (match_masks(path.basename(full(root)), masks)) yield full(root);
    return;
  }
  const entries = entriesOf(root);
  const isIn = (entry: fs.Dirent) =>
    entry.isDirectory() || (entry.isSymbolicLink() && isFolder(join(root, entry.name)));
  const order = (names: string[]) => (non_deterministic ? names : names.sort());
  const named = (chosen: fs.Dirent[]) => order(chosen.map(({ name }) => name));
  for (const name of named(entries.filter((entry) => !isIn(entry)))) {
    if (match_masks(name, masks)) yield join(full(root), name);
  }
  if (!recursive) return;
  for (const name of named(entries.filter((entry) => entry.isDirectory()))) {
    yield* get_file_pathnames_from_root(join(root, name), masks, recursive, abspath, non_deterministic);
  }
}

/** The files of these paths, opened: `[pathname, stream]`. Throws TypeError for what is no path. */
export function* get_file_binaries_from_pathnames(
  pathnames: PythonIterable<string>,
  mode: string,
  encoding: string | null = null,
): Generator<[pathname: string, stream: StreamWrapper], void, undefined> {
  const full = mode === "b" || mode === "t" ? `r${mode}` : mode;
  const isIterable = typeof pathnames === "string" || has(pathnames, Symbol.iterator) || has(pathnames, "__iter__");
  for (const pathname of isIterable ? iter(pathnames) : [pathnames as unknown as string]) {
    if (typeof pathname !== "string") {
      throw new TypeError(`Expected string type for pathname, but got <class '${typeName(pathname)}'>`);
    }
    yield [pathname, new StreamWrapper(open(pathname, full, encoding))];
  }
}

/** Throws TypeError unless it is a pair of a path and a stream. */
export const validate_pathname_binary_tuple = def("validate_pathname_binary_tuple", ["data"], (data: unknown): void => {
  const named = (x: unknown) => `<class '${typeName(x)}'>`;
  if (!Array.isArray(data)) {
    throw new TypeError(`pathname binary data should be tuple type, but it is type ${named(data)}`);
  }
  if (data.length !== 2) {
    throw new TypeError(`pathname binary stream tuple length should be 2, but got ${data.length}`);
  }
  const [pathname, stream] = data;
  if (typeof pathname !== "string") {
    throw new TypeError(
      `pathname within the tuple should have string type pathname, but it is type ${named(pathname)}`,
    );
  }
  if (!has(stream, "read")) {
    throw new TypeError(
      `binary stream within the tuple should have IOBase orits subclasses as type, but it is type ${named(stream)}`,
    );
  }
});

interface Deprecation {
  deprecation_version: string;
  removal_version: string;
  old_functional_name?: string;
  old_argument_name?: string;
  new_class_name?: string;
  new_functional_name?: string;
  new_argument_name?: string;
  deprecate_functional_name_only?: boolean;
}

/** What is deprecated: a class, its functional form, or an argument of it. */
function subject(old_class_name: string, given: Deprecation): string {
  const { old_functional_name, old_argument_name } = given;
  const name = `\`${old_class_name}()\``;
  if (given.deprecate_functional_name_only && old_functional_name) {
    return `${name}'s functional API \`.${old_functional_name}()\` is`;
  }
  if (old_functional_name) return `${name} and its functional API \`.${old_functional_name}()\` are`;
  return old_argument_name ? `The argument \`${old_argument_name}\` of ${name} is` : `${name} is`;
}

/** Warns of what is deprecated. Throws ValueError for names that do not go together. */
export function _deprecation_warning(old_class_name: string, given: Deprecation): void {
  const { old_functional_name, old_argument_name, new_class_name, new_functional_name, new_argument_name } = given;
  if (new_functional_name && !old_functional_name) {
    throw new ValueError("Old functional API needs to be specified for the deprecation warning.");
  }
  if (new_argument_name && !old_argument_name) {
    throw new ValueError("Old argument name needs to be specified for the deprecation warning.");
  }
  if (old_functional_name && old_argument_name) {
    throw new ValueError("Deprecating warning for functional API and argument should be separated.");
  }
  let msg = `${subject(old_class_name, given)} deprecated since ${given.deprecation_version} and will be removed in ${given.removal_version}.\nSee https://github.com/pytorch/data/issues/163 for details.`;
  const instead = [
    ...(new_class_name ? [`\`${new_class_name}()\``] : []),
    ...(new_functional_name ? [`\`.${new_functional_name}()\``] : []),
  ];
  if (instead.length > 0) msg += `\nPlease use ${instead.join(" or ")} instead.`;
  if (new_argument_name) msg += `\nPlease use \`${old_class_name}(${new_argument_name}=)\` instead.`;
  warn(msg, "FutureWarning");
}

type Stream = BufferedReader | TextIOWrapper | BytesIO | Record<string, any>;

/** A stream that is closed once: by `close()`, or with the last of the streams that were made of it. */
class StreamWrapper {
  /** The streams that are open, if `debug_unclosed_streams` was set before they were made. */
  static session_streams = new Map<StreamWrapper, number>();
  static debug_unclosed_streams = false;

  readonly file_obj: Stream;
  child_counter = 0;
  readonly parent_stream: StreamWrapper | null;
  close_on_last_child = false;
  readonly name: string | null;
  closed = false;

  constructor(file_obj: Stream, parent_stream: StreamWrapper | null = null, name: string | null = null) {
    this.file_obj = file_obj;
    this.parent_stream = parent_stream;
    this.name = name;
    if (parent_stream !== null) {
      if (!((parent_stream as unknown) instanceof StreamWrapper)) {
        throw new RuntimeError(`Parent stream should be StreamWrapper, <class '${typeName(parent_stream)}'> was given`);
      }
      parent_stream.child_counter += 1;
    }
    if (StreamWrapper.debug_unclosed_streams) StreamWrapper.session_streams.set(this, 1);
  }

  /** Closes the streams in a value, also those in its lists and dicts. */
  static close_streams(v: unknown, depth = 0): void {
    if (depth > 10) return;
    if (v instanceof StreamWrapper) v.close();
    else if (Array.isArray(v) || v instanceof Map) {
      for (const element of v.values()) StreamWrapper.close_streams(element, depth + 1);
    } else if (isPlainObject(v)) {
      for (const element of Object.values(v)) StreamWrapper.close_streams(element, depth + 1);
    }
  }

  /** The next bytes or characters, all that are left unless a number is given. */
  read(...args: [size?: number]): any {
    return (this.file_obj as BufferedReader).read(...args);
  }

  /** The next line. */
  readline(): any {
    return (this.file_obj as BufferedReader).readline();
  }

  close(): void {
    if (this.closed) return;
    StreamWrapper.session_streams.delete(this);
    const parent = this.parent_stream;
    if (parent !== null) {
      parent.child_counter -= 1;
      if (parent.child_counter === 0 && parent.close_on_last_child) parent.close();
    }
    if (has(this.file_obj, "close")) this.file_obj.close();
    this.closed = true;
  }

  /** Closes the stream as soon as no stream is open that was made of it. */
  autoclose(): void {
    this.close_on_last_child = true;
    if (this.child_counter === 0) this.close();
  }

  /** The lines of the stream. */
  [Symbol.iterator](): Iterator<any> {
    if (this.file_obj instanceof BytesIO) return [this.file_obj.read()].filter((bytes) => bytes.length > 0).values();
    return iter(this.file_obj as PythonIterable<any>);
  }

  __repr__(): string {
    return `StreamWrapper<${this.name === null ? "" : `${this.name},`}${repr(this.file_obj)}>`;
  }

  toString(): string {
    return this.__repr__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }
}

takeKeywords("StreamWrapper", StreamWrapper.prototype, { autoclose: [] });

takeKeywords("StreamWrapper", StreamWrapper, { close_streams: ["v", "depth"] }, { dict: 0 });

export { StreamWrapper };

// biome-ignore-end lint/suspicious/noExplicitAny: see above
