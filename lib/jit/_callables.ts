// Functions and methods of TorchScript, and their graphs.

import { inspect } from "node:util";
import { run, takeSignal } from "../aio/run.js";
import { isPlainObject } from "../arguments/function.js";
import { native, type ScriptHandle, type ScriptSchema } from "../binding.js";
import { callableObject } from "../callable.js";
import { deferral } from "../deferral.js";
import { RuntimeError } from "../errors.js";
import { typeName } from "../python/objects.js";
import { repr } from "../python/repr.js";
import type { Writable } from "../serialization/sink.js";
import { type ExtraFiles, fileOf, writeScript } from "./_files.js";
import { CastError, decode, encode, type Given, HANDLE } from "./_values.js";

/** The graph of a function of TorchScript, which prints as Python's does. */
export class Graph {
  readonly #handle: ScriptHandle;
  readonly #inlined: boolean;

  /** @internal */
  constructor(handle: ScriptHandle, inlined: boolean) {
    this.#handle = handle;
    this.#inlined = inlined;
  }

  /** The text; without the places in the source where the nodes were made, if `print_ranges` is false. */
  str(print_ranges = true): string {
    return native.jitGraph(this.#handle, this.#inlined, print_ranges);
  }

  __repr__(): string {
    return this.str();
  }

  toString(): string {
    return this.str();
  }

  [inspect.custom](): string {
    return this.str();
  }
}

abstract class CallableObject {
  constructor() {
    // biome-ignore lint/correctness/noConstructorReturn: this is how a class makes functions
    return callableObject(new.target.prototype as never) as CallableObject;
  }
}

/** A function or method of TorchScript. */
abstract class ScriptCallable extends CallableObject {
  readonly #handle: ScriptHandle;
  #schema: ScriptSchema | null = null;
  /** Whether it is a method, whose `self` counts among the arguments in errors. */
  abstract readonly isMethod: boolean;

  constructor(handle: ScriptHandle) {
    super();
    this.#handle = handle;
  }

  get [HANDLE](): ScriptHandle {
    return this.#handle;
  }

  get #signature(): ScriptSchema {
    this.#schema ??= native.jitSchema(this.#handle);
    return this.#schema;
  }

  /** The name. */
  get name(): string {
    return this.#signature.name;
  }

  /** The name with that of the module's class. */
  get qualified_name(): string {
    return this.#signature.qualifiedName;
  }

  /** The schema, as text. */
  get schema(): string {
    return this.#signature.text;
  }

  /** The graph, in which calls of submodules are nodes. */
  get graph(): Graph {
    return new Graph(this.#handle, false);
  }

  /** The graph with the graphs of submodules in the places of their calls. */
  get inlined_graph(): Graph {
    return new Graph(this.#handle, true);
  }

  /** The source in TorchScript that the graph is saved as. */
  get code(): string {
    return native.jitCode(this.#handle).code;
  }

  /** The same, and the constants that it names, `c0` and so on. */
  get code_with_constants(): [code: string, constants: Record<string, unknown>] {
    const { code, constants } = native.jitCode(this.#handle);
    return [code, Object.fromEntries(constants.map((value, i) => [`c${i}`, decode(value)]))];
  }

  __call__(...args: unknown[]): unknown {
    const given: Given = new Map();
    const values = this.#bind(args, given);
    if (deferral !== null)
      return decode(
        deferral.take(() => native.submitJitCall(this.#handle, values)),
        given,
      );
    return decode(native.jitCall(this.#handle, values), given);
  }

  /** The arguments in the order of the schema, as createStackForSchema() of pybind_utils.h puts them. */
  #bind(args: unknown[], given: Given): unknown[] {
    const { name, text, arguments: parameters } = this.#signature;
    const keywords = this.#keywords(args);
    const self = this.isMethod ? 1 : 0;
    const count = self + args.length + Object.keys(keywords).length;
    if (count > parameters.length + self) {
      throw new RuntimeError(
        `${name}() expected at most ${parameters.length + self} argument(s) but received ${count} argument(s). Declaration: ${text}`,
      );
    }
    let consumed = 0;
    const values = parameters.map((parameter, i) => {
      if (i < args.length && args[i] !== undefined) {
        if (parameter.keywordOnly) {
          const noun = self + args.length === 1 ? "was" : "were";
          throw new RuntimeError(
            `${name}() takes ${self + i} positional argument(s) but ${self + args.length} ${noun} given.  Declaration: ${text}`,
          );
        }
        return this.#encode(args[i], i, given);
      }
      if (Object.hasOwn(keywords, parameter.name)) {
        consumed++;
        return this.#encode(keywords[parameter.name], i, given);
      }
      if (parameter.hasDefault) return undefined;
      throw new RuntimeError(`${name}() is missing value for argument '${parameter.name}'. Declaration: ${text}`);
    });
    if (consumed !== Object.keys(keywords).length)
      throw new RuntimeError(native.jitKeywordError(this.#handle, Object.keys(keywords)));
    return values;
  }

  /** Takes the keyword arguments off the end: a plain object, unless the next parameter takes a dict. */
  #keywords(args: unknown[]): Record<string, unknown> {
    const last = args.at(-1);
    if (!isPlainObject(last)) return {};
    const { arguments: parameters } = this.#signature;
    const takesDict = /^(Optional\[)?Dict/.test(parameters[args.length - 1]?.type.text ?? "");
    if (takesDict && !Object.keys(last).some((key) => parameters.some(({ name }) => name === key))) return {};
    args.pop();
    return Object.fromEntries(Object.entries(last).filter(([, value]) => value !== undefined));
  }

  #encode(value: unknown, i: number, given: Given): unknown {
    const { name, text, arguments: parameters } = this.#signature;
    try {
      return encode(value, parameters[i].type, given);
    } catch (error) {
      if (!(error instanceof CastError)) throw error;
      const parameter = parameters[i];
      throw new RuntimeError(
        `${name}() Expected a value of type '${parameter.type.text}' for argument '${parameter.name}' but instead found type '${typeName(value)}'.\nPosition: ${i + (this.isMethod ? 1 : 0)}\nValue: ${repr(value)}\nDeclaration: ${text}\nCast error details: ${error.message}`,
      );
    }
  }

  /**
   * Calls it on the native compute thread, while the event loop turns.
   *
   * The keyword `signal` takes an AbortSignal, which ends a call that has not begun.
   */
  forward_async(...args: unknown[]): Promise<unknown> {
    const signal = takeSignal(args);
    return run(() => this.__call__(...args.slice()), true, signal, this.forward_async);
  }

  __repr__(): string {
    return `<torch.jit.${this.constructor.name} object>`;
  }

  override toString(): string {
    return this.__repr__();
  }

  [inspect.custom](): string {
    return this.__repr__();
  }
}

/** A method of a ScriptModule. */
class ScriptMethodObject extends ScriptCallable {
  get isMethod(): boolean {
    return true;
  }
}
Object.defineProperty(ScriptMethodObject, "name", { value: "ScriptMethod" });

// biome-ignore-start lint/suspicious/noExplicitAny: what TorchScript takes and gives is known when it runs

/** {@inheritDoc ScriptMethodObject} */
export interface ScriptMethod extends ScriptMethodObject {
  (...args: any[]): any;
}
export const ScriptMethod = ScriptMethodObject as unknown as new (handle: ScriptHandle) => ScriptMethod;

/** A function of TorchScript, traced or compiled. */
class ScriptFunctionObject extends ScriptCallable {
  get isMethod(): boolean {
    return false;
  }

  /** Writes the function to a file, as the `forward` of a module. */
  save(f: string | URL | Writable, _extra_files?: ExtraFiles | { _extra_files?: ExtraFiles }): void {
    writeScript(native.jitFunctionAsModule(this[HANDLE]), f, extraOf(_extra_files));
  }

  /** The file's bytes. */
  save_to_buffer(_extra_files?: ExtraFiles | { _extra_files?: ExtraFiles }): Buffer {
    return fileOf(native.jitFunctionAsModule(this[HANDLE]), extraOf(_extra_files));
  }
}
Object.defineProperty(ScriptFunctionObject, "name", { value: "ScriptFunction" });

/** {@inheritDoc ScriptFunctionObject} */
export interface ScriptFunction extends ScriptFunctionObject {
  (...args: any[]): any;
}
export const ScriptFunction = ScriptFunctionObject as unknown as new (handle: ScriptHandle) => ScriptFunction;

// biome-ignore-end lint/suspicious/noExplicitAny: see above

/** Extra files by position, or by keyword. */
export function extraOf(given: ExtraFiles | { _extra_files?: ExtraFiles } = {}): ExtraFiles {
  const { _extra_files } = given as { _extra_files?: ExtraFiles };
  return isPlainObject(_extra_files) ? _extra_files : (given as ExtraFiles);
}
