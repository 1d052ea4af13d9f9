// torch/jit/_script.py: modules that libtorch runs by itself.

import { Tensor } from "../_tensor.js";
import { run, takeSignal } from "../aio/run.js";
import { takeKeywords } from "../arguments/class.js";
import { native, type ScriptAttribute, type ScriptHandle } from "../binding.js";
import { AttributeError, NotImplementedError, RuntimeError } from "../errors.js";
import { stateOf } from "../nn/modules/module/state.js";
import { Module } from "../nn/modules/module.js";
import { Parameter } from "../nn/parameter.js";
import type { Writable } from "../serialization/sink.js";
import { handleOf, wrap } from "../tensor_base.js";
import { extraOf, type Graph, ScriptFunction, ScriptMethod } from "./_callables.js";
import { type ExtraFiles, fileOf, writeScript } from "./_files.js";
import { CastError, decode, encode, HANDLE, objects } from "./_values.js";

export { Graph, ScriptFunction, ScriptMethod } from "./_callables.js";

/** The tensors that stand in several places of a module, by their places. */
type Shared = Map<number, Tensor>;

/** A tensor of TorchScript, which is the very tensor that its module holds. */
function tensorOf({ tensor, place, kind }: ScriptAttribute, shared: Shared): Tensor | null {
  if (tensor === null) return null;
  let found = shared.get(place);
  if (found === undefined) {
    found = wrap(tensor);
    if (kind === "parameter") Object.setPrototypeOf(found, Parameter.prototype);
    shared.set(place, found);
  }
  return found;
}

// biome-ignore-start lint/suspicious/noExplicitAny: what TorchScript takes and gives is known when it runs

/** The base of modules that libtorch runs. */
abstract class ScriptModuleObject extends Module {
  [attribute: string]: any;

  readonly #script: ScriptHandle;
  readonly #name: string;

  /** @internal */
  constructor(handle: ScriptHandle, shared: Shared = new Map()) {
    super();
    this.#script = handle;
    const { name, attributes, methods } = native.jitDescribe(handle);
    this.#name = name.slice(name.lastIndexOf(".") + 1);
    Reflect.deleteProperty(this, "training");
    for (const attribute of attributes) this.#define(attribute, shared);
    for (const method of methods) this.#defineMethod(method);
  }

  get [HANDLE](): ScriptHandle {
    return this.#script;
  }

  #define(attribute: ScriptAttribute, shared: Shared): void {
    const { name, kind, module } = attribute;
    if (module !== null) {
      Object.defineProperty(this, name, { value: this._child(module, shared), enumerable: true });
      return;
    }
    const handle = this.#script;
    let known = tensorOf(attribute, shared);
    const { buffers, none } = stateOf(this);
    if (kind === "buffer") buffers.set(name, true);
    if (kind === "parameter" && attribute.isNone) none.set(name, "parameter");
    Object.defineProperty(this, name, {
      // What the module's code assigned counts, so it is asked each time.
      get() {
        const value = native.jitAttribute(handle, name, known && handleOf(known));
        if (value === true && known !== null) return known;
        const decoded = decode(value);
        if (decoded instanceof Tensor) {
          if (kind === "parameter") Object.setPrototypeOf(decoded, Parameter.prototype);
          known = decoded;
        }
        return decoded;
      },
      set(value: unknown) {
        setAttribute(handle, name, value);
        if (value instanceof Tensor) known = value;
      },
      enumerable: kind !== "attribute",
      configurable: true,
    });
  }

  #defineMethod(name: string): void {
    if (name !== "forward" && name in this) return;
    const handle = this.#script;
    let made: ScriptMethod | null = null;
    Object.defineProperty(this, name, {
      get() {
        made ??= new ScriptMethod(native.jitMethod(handle, name));
        return made;
      },
      enumerable: false,
      configurable: true,
    });
  }

  /** @internal A module below this one. */
  _child(handle: ScriptHandle, shared: Shared): Module {
    return new RecursiveScriptModule(handle, shared);
  }

  /** The name of the class that it was made from. */
  get original_name(): string {
    return this.#name;
  }

  /** The graph of `forward`, in which calls of submodules are nodes. */
  get graph(): Graph {
    return this.#forward.graph;
  }

  /** The graph of `forward` with the graphs of submodules in the places of their calls. */
  get inlined_graph(): Graph {
    return this.#forward.inlined_graph;
  }

  /** The source of `forward` in TorchScript. */
  get code(): string {
    return this.#forward.code;
  }

  /** The same, and the constants that it names. */
  get code_with_constants(): [code: string, constants: Record<string, unknown>] {
    return this.#forward.code_with_constants;
  }

  get #forward(): ScriptMethod {
    if (native.jitDescribe(this.#script).methods.includes("forward"))
      return new ScriptMethod(native.jitMethod(this.#script, "forward"));
    throw new AttributeError(`'${this._get_name()}' object has no attribute 'forward'`);
  }

  /** Compiles a method from its source in TorchScript: `m.define("def twice(self, x: Tensor): return x * 2")`. */
  define(src: string): void {
    native.jitDefine(this.#script, src);
    for (const method of native.jitDescribe(this.#script).methods) {
      if (!(this[method] instanceof ScriptMethod)) this.#defineMethod(method);
    }
  }

  /**
   * Writes the module with its code and its weights to a file that Python's `torch.jit.load()` and C++ read.
   *
   * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.ScriptModule.html#torch.jit.ScriptModule.save}
   */
  save(f: string | URL | Writable, _extra_files?: ExtraFiles | { _extra_files?: ExtraFiles }): void {
    writeScript(this.#script, f, extraOf(_extra_files));
  }

  /** The file's bytes. */
  save_to_buffer(_extra_files?: ExtraFiles | { _extra_files?: ExtraFiles }): Buffer {
    return fileOf(this.#script, extraOf(_extra_files));
  }

  /**
   * Calls the module on the native compute thread, while the event loop turns.
   *
   * The keyword `signal` takes an AbortSignal, which ends a call that has not begun with the signal's reason.
   */
  forward_async(...args: unknown[]): Promise<any> {
    const signal = takeSignal(args);
    const call = this as unknown as (...args: unknown[]) => unknown;
    return run(() => call(...args), stateOf(this).hooks === null, signal, this.forward_async);
  }

  override extra_repr(): string {
    return `original_name=${this.original_name}`;
  }

  override __deepcopy__(memo: Map<unknown, unknown>): this {
    if (memo.has(this)) return memo.get(this) as this;
    const made = new RecursiveScriptModule(native.jitCopy(this.#script)) as unknown as this;
    memo.set(this, made);
    return made;
  }
}

takeKeywords("ScriptModule", ScriptModuleObject.prototype, { define: ["src"] });

function setAttribute(handle: ScriptHandle, name: string, value: unknown): void {
  const type = native.jitAttributeType(handle, name);
  let encoded: unknown;
  try {
    encoded = encode(value, type, new Map());
  } catch (error) {
    if (!(error instanceof CastError)) throw error;
    throw new RuntimeError(`Could not cast attribute '${name}' to type ${type.text}: ${error.message}`);
  }
  native.jitSetAttribute(handle, name, encoded);
}

Object.defineProperty(ScriptModuleObject, "name", { value: "ScriptModule" });

/**
 * A module that libtorch runs by itself: traced, or loaded from a file. It is called as any module, its parameters are the
 * very tensors that it computes with, and `forward_async` runs it off the event loop.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.ScriptModule.html}
 */
export interface ScriptModule extends ScriptModuleObject {
  (...args: any[]): any;
}
export const ScriptModule = ScriptModuleObject as unknown as abstract new (
  handle: ScriptHandle,
  shared?: Shared,
) => ScriptModule;

// biome-ignore-end lint/suspicious/noExplicitAny: see above

/** A module that was loaded, frozen or copied. */
export class RecursiveScriptModule extends ScriptModule {}

/** The module of a handle. */
export function wrap_cpp_module(handle: ScriptHandle): RecursiveScriptModule {
  return new RecursiveScriptModule(handle);
}

/** A value that a function of TorchScript computes by itself, started by `fork`: `torch.jit.wait` waits for it. */
export class Future {
  readonly [HANDLE]: ScriptHandle;

  /** @internal */
  constructor(handle: ScriptHandle) {
    this[HANDLE] = handle;
  }

  /** Waits for the value. */
  wait(): unknown {
    return decode(native.jitWait(this[HANDLE]));
  }
}

/** An object of a class of TorchScript. */
export class ScriptObject {
  readonly [HANDLE]: ScriptHandle;
  readonly #type: string;

  /** @internal */
  constructor(handle: ScriptHandle, type: string) {
    this[HANDLE] = handle;
    this.#type = type;
  }

  __repr__(): string {
    return `<torch.ScriptObject of ${this.#type}>`;
  }
}

objects.module = wrap_cpp_module;
objects.future = (handle) => new Future(handle);
objects.object = (handle, type) => new ScriptObject(handle, type);

const needsPython = (name: string, instead: string) =>
  new NotImplementedError(`torch.jit.${name} compiles Python's source, which JavaScript does not have: ${instead}`);

/**
 * Throws NotImplementedError: it compiles Python's source. `torch.jit.trace()` records what a module of JavaScript computes,
 * `torch.jit.CompilationUnit()` compiles TorchScript's source, and `torch.jit.load()` loads what Python scripted.
 *
 * `script(obj, optimize=None, _frames_up=0, _rcb=None, example_inputs=None) -> Any`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.script.html}
 */
export function script(..._args: unknown[]): never {
  throw needsPython(
    "script",
    "use torch.jit.trace(module, example_inputs), torch.jit.CompilationUnit(source), or torch.jit.load() of a module that Python scripted",
  );
}

/** Functions of TorchScript, compiled from their source: `CompilationUnit("def twice(x): return x * 2").twice(x)`. */
export class CompilationUnitObject {
  // biome-ignore lint/suspicious/noExplicitAny: the functions' names are in the source
  [name: string]: any;

  constructor(lang = "") {
    this.define(lang);
  }

  /** Compiles more functions. */
  define(lang: string): void {
    for (const handle of native.jitCompile(lang)) {
      const compiled = new ScriptFunction(handle);
      Object.defineProperty(this, compiled.name, { value: compiled, enumerable: true, configurable: true });
    }
  }
}
