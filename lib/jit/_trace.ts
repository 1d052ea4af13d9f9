// torch/jit/_trace.py

import { Tensor } from "../_tensor.js";
import { def, isPlainObject } from "../arguments/function.js";
import { parameterNames } from "../arguments/names.js";
import { native, type ScriptHandle } from "../binding.js";
import { AttributeError, NameError, RuntimeError, ValueError } from "../errors.js";
import { stateOf } from "../nn/modules/module/state.js";
import { Module } from "../nn/modules/module.js";
import { str } from "../python/repr.js";
import { handleOf } from "../tensor_base.js";
import { _check_trace, type TraceCall } from "./_check_trace.js";
import { qualifiedName } from "./_qualified_name.js";
import { ScriptFunction, ScriptMethod, ScriptModule } from "./_script.js";
import { setTracing, tracing } from "./_state.js";
import { CastError, decode, encodeInferred, HANDLE } from "./_values.js";

export { TracerWarning, TracingCheckError } from "./_check_trace.js";

// biome-ignore lint/suspicious/noExplicitAny: functions of any type are traced
type Traceable = (...args: any[]) => unknown;
/** A traced function's arguments, one tensor alone, or arrays and objects of them. */
type Inputs = Tensor | readonly unknown[] | Record<string, unknown>;
type KwargInputs = Record<string, unknown>;

/** A module that was traced, below another one: its code and its weights can be looked at, but it is not called. */
export class TracedModule extends ScriptModule {
  /** @internal */
  constructor(handle: ScriptHandle, shared?: Map<number, Tensor>) {
    super(handle, shared);
    if (new.target === TracedModule) Object.defineProperty(this, "forward", { value: uncallable, configurable: true });
  }

  override _get_name(): string {
    return this.original_name;
  }

  override _child(handle: ScriptHandle, shared: Map<number, Tensor>): Module {
    return new TracedModule(handle, shared);
  }
}

function uncallable(): never {
  throw new RuntimeError("Trace submodules cannot be called.");
}

/** A module that was traced. */
export class TopLevelTracedModule extends TracedModule {}

/** The tensors of modules, by their places in libtorch: a traced module has the very tensors of the original. */
type Shared = Map<number, Tensor>;

/** The TorchScript module with the parameters, buffers and submodules of a module, still without methods. */
function make_module(mod: Module, owner: ScriptHandle | null, shared: Shared): ScriptHandle {
  if (mod instanceof ScriptModule) return mod[HANDLE];
  if ((stateOf(mod).hooks?.backward.size ?? 0) > 0)
    throw new ValueError(`Modules that have backward hooks assigned can't be compiled: ${str(mod)}`);
  const handle = native.jitNewModule(qualifiedName(mod), owner);
  native.jitRegister(handle, "bool", "training", mod.training);
  const tensors = { ...mod._parameters, ...mod._buffers };
  const seen = new Set<Tensor>();
  for (const [kind, members] of [
    ["parameter", mod._parameters],
    ["buffer", mod._buffers],
  ] as const) {
    for (const [name, tensor] of Object.entries(members)) {
      if (tensor === null) continue;
      if (seen.has(tensor)) throw new ValueError("TracedModules don't support parameter sharing between modules");
      seen.add(tensor);
      native.jitRegister(handle, kind, name, handleOf(tensor));
    }
  }
  for (const { name, place } of native.jitDescribe(handle).attributes) {
    if (tensors[name]) shared.set(place, tensors[name]);
  }
  for (const [name, submodule] of Object.entries(mod._modules)) {
    if (submodule !== null) native.jitRegister(handle, "module", name, make_module(submodule, owner ?? handle, shared));
  }
  return handle;
}

/** The submodules by the names that the trace gives them. */
function scopesOf(mod: Module): Map<object, string> {
  const scopes = new Map<object, string>();
  const register = (module: Module, prefix: string) => {
    for (const [name, child] of module.named_children()) {
      if (child instanceof ScriptModule) continue; // the call of its method is recorded
      scopes.set(child, `${prefix}.${name}`);
      register(child, `${prefix}.${name}`);
    }
  };
  register(mod, "__module");
  return scopes;
}

interface Options {
  strict: boolean;
  force_outplace: boolean;
}

/** Calls a function with tensors that the tracer knows, and returns the handle of what it recorded. */
function record(
  module: ScriptHandle | null,
  name: string,
  func: Traceable,
  call: TraceCall,
  { strict, force_outplace }: Options,
  scopes: ReadonlyMap<object, string> | null,
): ScriptHandle {
  const { inputs, names, isKeyword } = call;
  const traced = (values: unknown[]) => {
    const args = values.map((value) => decode(value));
    const outer = setTracing({ scopes });
    try {
      const keywords = () => Object.fromEntries(names.map((key, i) => [key, args[i]]));
      const result = isKeyword ? func(keywords()) : func(...args);
      return result === undefined || result === null ? null : inferred(result);
    } finally {
      setTracing(outer);
    }
  };
  if (tracing !== null) throw new RuntimeError("Tracing can't be nested");
  return native.jitTrace(module, name, inputs.map(inferred), names, strict, force_outplace, traced);
}

function inferred(value: unknown): unknown {
  try {
    return encodeInferred(value);
  } catch (error) {
    if (error instanceof CastError)
      throw new RuntimeError(`Tracer cannot infer type of ${str(value)}\n:${error.message}`);
    throw error;
  }
}

/** The inputs as a list of arguments. */
function make_tuple(example_inputs: unknown): readonly unknown[] {
  if (example_inputs instanceof Tensor || isPlainObject(example_inputs)) return [example_inputs];
  return Array.from(example_inputs as Iterable<unknown>);
}

/** A call with example inputs, positional ones or by keyword; throws NameError for a keyword that the function lacks. */
function callOf(example: unknown, isKeyword: boolean, argument_names: readonly string[]): TraceCall {
  if (!isKeyword) return { inputs: make_tuple(example), names: argument_names, isKeyword };
  const names = Object.keys(example as KwargInputs);
  for (const key of argument_names.length > 0 ? names : []) {
    if (argument_names.includes(key)) continue;
    throw new NameError(
      `'${key}' is not in forward() method's arguments,\n                         valid arguments name are [${argument_names.join(",")}]`,
    );
  }
  return { inputs: Object.values(example as KwargInputs), names, isKeyword };
}

const FUNCTION_NAMES = [
  "func",
  "example_inputs",
  "optimize",
  "check_trace",
  "check_inputs",
  "check_tolerance",
  "strict",
  "_force_outplace",
  "_module_class",
  "_compilation_unit",
  "example_kwarg_inputs",
  "_store_inputs",
] as const;

interface TraceKeywords {
  optimize?: boolean | null;
  check_trace?: boolean;
  check_tolerance?: number;
  strict?: boolean;
  _force_outplace?: boolean;
}

/** `torch.jit.trace`, by what it is given. */
interface Trace {
  <M extends Module>(
    func: M,
    example_inputs: Inputs,
    keywords?: TraceKeywords & { check_inputs?: readonly Inputs[] },
  ): TopLevelTracedModule;
  <M extends Module>(func: M, keywords: TraceKeywords & { example_kwarg_inputs: KwargInputs }): TopLevelTracedModule;
  (
    func: Traceable,
    example_inputs: Inputs,
    keywords?: TraceKeywords & { check_inputs?: readonly Inputs[] },
  ): ScriptFunction;
  (func: Traceable, keywords: TraceKeywords & { example_kwarg_inputs: KwargInputs }): ScriptFunction;
}

/**
 * Calls a module or a function with example inputs and records the operators that it calls: a ScriptModule with the
 * parameters and submodules of the original, or a ScriptFunction, which compute the same for other inputs.
 *
 * `trace(func, example_inputs=None, optimize=None, check_trace=True, check_inputs=None, check_tolerance=1e-05,
 * strict=True, _force_outplace=False, _module_class=None, _compilation_unit=..., example_kwarg_inputs=None,
 * _store_inputs=True)`
 *
 * What depends on values becomes what it was for the example: branches, loops, numbers taken out of tensors, and sizes read as
 * numbers (`x.size(0)`), for which the tracer warns. Arguments and results are tensors, arrays of them (tuples) and objects of
 * them (dicts, as results only with `strict: false`). Unless `check_trace` is false, the recording is made and compared a
 * second time: differing outputs warn, differing graphs throw TracingCheckError.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.trace.html}
 */
export const trace = def(
  "trace",
  FUNCTION_NAMES,
  (
    func: Module | Traceable,
    example_inputs: Inputs | null = null,
    _optimize: boolean | null = null,
    check_trace = true,
    check_inputs: readonly Inputs[] | null = null,
    check_tolerance = 1e-5,
    strict = true,
    _force_outplace = false,
    _module_class: unknown = null,
    _compilation_unit: unknown = null,
    example_kwarg_inputs: KwargInputs | null = null,
  ): ScriptFunction | Module => {
    if (func instanceof ScriptModule) {
      process.emitWarning(
        "The input to trace is already a ScriptModule, tracing it is a no-op. Returning the object as is.",
      );
      return func;
    }
    const isKeyword = example_kwarg_inputs !== null;
    if (example_inputs === null && !isPlainObject(example_kwarg_inputs))
      throw new RuntimeError("example_kwarg_inputs should be a dict");
    const example = (example_kwarg_inputs ?? example_inputs) as Inputs;
    if (func instanceof Module) {
      const inputs = check_inputs?.map((one) => ({ forward: one })) ?? null;
      return traceModule(func, { forward: example }, inputs, isKeyword, {
        check_trace,
        check_tolerance,
        strict,
        force_outplace: _force_outplace,
      });
    }
    const options = { strict, force_outplace: _force_outplace };
    const name = `__torch__.${/^[A-Za-z_]\w*$/.test(func.name) ? func.name : "_lambda"}`;
    const names = parameterNames(func);
    const make = (call: TraceCall) => new ScriptFunction(record(null, name, func, call, options, null));
    const calls = (check_inputs ?? [example]).map((one) => callOf(one, isKeyword, names));
    const traced = make(callOf(example, isKeyword, names));
    if (check_trace) for (const call of calls) _check_trace(call, func, traced, make, check_tolerance);
    return traced;
  },
  { dict: 1 },
) as unknown as Trace;

interface ModuleOptions extends Options {
  check_trace: boolean;
  check_tolerance: number;
}

/** A traced module without the check, and its methods. */
function traceMethods(
  mod: Module,
  calls: ReadonlyMap<string, TraceCall>,
  options: Options,
): { module: TopLevelTracedModule; methods: Map<string, ScriptMethod> } {
  const shared: Shared = new Map();
  const handle = make_module(mod, null, shared);
  const scopes = scopesOf(mod);
  const methods = new Map<string, ScriptMethod>();
  for (const [name, call] of calls) {
    methods.set(name, new ScriptMethod(record(handle, name, methodOf(mod, name), call, options, scopes)));
  }
  return { module: new TopLevelTracedModule(handle, shared), methods };
}

/** What is called for a method: for `forward` the module itself, with its hooks. */
function methodOf(mod: Module, name: string): Traceable {
  if (name === "forward") return mod as unknown as Traceable;
  const method = (mod as unknown as Record<string, unknown>)[name];
  if (typeof method !== "function") throw new AttributeError(`'${mod._get_name()}' object has no attribute '${name}'`);
  return method.bind(mod) as Traceable;
}

function callsOf(mod: Module, inputs: Readonly<Record<string, unknown>>, isKeyword: boolean): Map<string, TraceCall> {
  return new Map(
    Object.entries(inputs).map(([name, example]) => {
      const method = (mod as unknown as Record<string, unknown>)[name] as Traceable;
      return [name, callOf(example, isKeyword && isPlainObject(example), parameterNames(method))];
    }),
  );
}

function traceModule(
  mod: Module,
  inputs: Readonly<Record<string, unknown>>,
  check_inputs: readonly Readonly<Record<string, unknown>>[] | null,
  isKeyword: boolean,
  options: ModuleOptions,
): TopLevelTracedModule {
  const { module, methods } = traceMethods(mod, callsOf(mod, inputs, isKeyword), options);
  if (!options.check_trace) return module;
  for (const [name, traced] of methods) {
    for (const one of check_inputs ?? [inputs]) {
      const calls = callsOf(mod, one, isKeyword);
      const again = (call: TraceCall) => {
        const single = new Map([...calls].map(([other, its]) => [other, other === name ? call : its]));
        return traceMethods(mod, single, options).methods.get(name) as ScriptMethod;
      };
      _check_trace(calls.get(name) as TraceCall, methodOf(mod, name), traced, again, options.check_tolerance);
    }
  }
  return module;
}

/**
 * Traces several methods of a module: `inputs` has example inputs by the methods' names. See {@link trace}.
 *
 * `trace_module(mod, inputs, optimize=None, check_trace=True, check_inputs=None, check_tolerance=1e-05, strict=True,
 * _force_outplace=False, _module_class=None, _compilation_unit=..., example_inputs_is_kwarg=False, _store_inputs=True)`
 *
 * Throws AttributeError for what is no module.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.trace_module.html}
 */
export const trace_module = def(
  "trace_module",
  [
    "mod",
    "inputs",
    "optimize",
    "check_trace",
    "check_inputs",
    "check_tolerance",
    "strict",
    "_force_outplace",
    "_module_class",
    "_compilation_unit",
    "example_inputs_is_kwarg",
    "_store_inputs",
  ],
  (
    mod: Module,
    inputs: Readonly<Record<string, Inputs>>,
    _optimize: boolean | null = null,
    check_trace = true,
    check_inputs: readonly Readonly<Record<string, Inputs>>[] | null = null,
    check_tolerance = 1e-5,
    strict = true,
    _force_outplace = false,
    _module_class: unknown = null,
    _compilation_unit: unknown = null,
    example_inputs_is_kwarg = false,
  ): TopLevelTracedModule => {
    if (!(mod instanceof Module)) throw new AttributeError("expected torch.nn.Module as the first argument");
    if (!isPlainObject(inputs)) throw new AttributeError("expected a dictionary of (method_name, input) pairs");
    return traceModule(mod, inputs, check_inputs, example_inputs_is_kwarg, {
      check_trace,
      check_tolerance,
      strict,
      force_outplace: _force_outplace,
    });
  },
  { dict: 1 },
);

/** Whether a function is called to be traced. */
export function is_tracing(): boolean {
  return tracing !== null;
}
