// The part of torch/jit/_trace.py that compares a trace with its function and with a second trace.

import { Tensor } from "../_tensor.js";
import { isPlainObject } from "../arguments/function.js";
import { no_grad } from "../autograd/grad_mode.js";
import { native, type TraceNode } from "../binding.js";
import { AssertionError, RuntimeError } from "../errors.js";
import { preserve_format } from "../layout.js";
import { str } from "../python/repr.js";
import { wrap } from "../tensor_base.js";
import { assert_close, default_tolerances } from "../testing/_comparison.js";
import type { ScriptFunction, ScriptMethod } from "./_script.js";
import { HANDLE } from "./_values.js";

/** One call of a traced function: its inputs, and the names of its parameters. */
export interface TraceCall {
  readonly inputs: readonly unknown[];
  readonly names: readonly string[];
  /** Whether the inputs are given by these names. */
  readonly isKeyword: boolean;
}

/** The category of the tracer's warnings, as `process.on("warning")` gives it in `warning.name`. */
export class TracerWarning extends Error {
  override name = "TracerWarning";
}

const warn = (message: string) => process.emitWarning(message, "TracerWarning");

const indent = (text: string) =>
  text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => `\t${line}`)
    .join("\n");

/** A trace differs from a second one of the same function. */
export class TracingCheckError extends RuntimeError {
  constructor(graph_diff_error: string | null, tensor_compare_error: string | null, extra_msg: string | null = null) {
    let message = "Tracing failed sanity checks!\n";
    if (extra_msg !== null) message += `${extra_msg}\n`;
    if (graph_diff_error !== null)
      message += `ERROR: Graphs differed across invocations!\n${indent(graph_diff_error)}\n`;
    if (tensor_compare_error !== null) {
      message += `ERROR: Tensor-valued Constant nodes differed in value across invocations. This often indicates that the tracer has encountered untraceable code.\n${indent(tensor_compare_error)}\n`;
    }
    super(message);
  }
}

/** The lines of two texts: what is in both after two spaces, the others after "- " and "+ ". */
function ndiff(a: string, b: string): string {
  const [left, right] = [a, b].map((text) => text.replace(/\n$/, "").split("\n"));
  const common = Array.from({ length: left.length + 1 }, () => new Uint32Array(right.length + 1));
  for (let i = left.length - 1; i >= 0; i--) {
    for (let k = right.length - 1; k >= 0; k--) {
      common[i][k] = left[i] === right[k] ? common[i + 1][k + 1] + 1 : Math.max(common[i + 1][k], common[i][k + 1]);
    }
  }
  const lines: string[] = [];
  let [i, k] = [0, 0];
  while (i < left.length || k < right.length) {
    if (i < left.length && k < right.length && left[i] === right[k]) {
      lines.push(`  ${left[i++]}`);
      k++;
    } else if (k >= right.length || (i < left.length && common[i + 1][k] >= common[i][k + 1])) {
      lines.push(`- ${left[i++]}`);
    } else {
      lines.push(`+ ${right[k++]}`);
    }
  }
  return lines.join("\n");
}

type Traced = ScriptFunction | ScriptMethod;

const withoutMangling = (text: string) => text.replace(/___torch_mangle_[0-9]+\./g, "");

/** What differs between two traces: their graphs, and the values of constants. */
function diagnose(traced: Traced, check: Traced): [graphs: string | null, tensors: string | null] {
  const [mod, other] = [traced, check].map((one) => native.jitTraceInfo(one[HANDLE]));
  const [mod_str, check_str] = [mod, other].map(({ text }) => withoutMangling(text));
  const pairs = mod.nodes.slice(0, other.nodes.length).map((node, i): [TraceNode, TraceNode] => [node, other.nodes[i]]);
  let graphs: string | null = null;
  if (mod_str !== check_str) {
    graphs = `Graph diff:\n${indent(ndiff(mod_str, check_str))}\n`;
    const first = pairs.find(([a, b]) => a.text !== b.text);
    if (first) graphs += `First diverging operator:\nNode diff:\n${indent(ndiff(first[0].text, first[1].text))}\n`;
  }
  return [graphs, compareConstants(pairs)];
}

function compareConstants(pairs: readonly [TraceNode, TraceNode][]): string | null {
  for (const [node, other] of pairs) {
    if (node.kind !== other.kind) return null;
    if (node.value === null || other.value === null) continue;
    try {
      assert_close(wrap(node.value), wrap(other.value), { equal_nan: true });
    } catch (error) {
      return `Node:\n${indent(node.text)}\nComparison exception: ${indent((error as Error).message)}`;
    }
  }
  return null;
}

function clone(value: unknown): unknown {
  if (value instanceof Tensor) {
    return value.detach().clone({ memory_format: preserve_format }).requires_grad_(value.requires_grad);
  }
  if (Array.isArray(value)) return value.map(clone);
  if (isPlainObject(value)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, clone(one)]));
  return value;
}

/** Checks a trace on inputs: against the function itself, and against a second trace, which `again` makes. */
export function _check_trace<T extends Traced>(
  call: TraceCall,
  // biome-ignore lint/suspicious/noExplicitAny: functions of any type are traced
  func: (...args: any[]) => unknown,
  traced: T,
  again: (call: TraceCall) => T,
  check_tolerance: number,
): void {
  const copy = (): TraceCall => ({ ...call, inputs: call.inputs.map(clone) });
  no_grad(() => {
    const check = again(copy());
    const run = (callee: (...args: never[]) => unknown, what: string): Tensor[] => {
      const { inputs, names, isKeyword } = copy();
      try {
        const args = isKeyword ? [Object.fromEntries(names.map((name, i) => [name, inputs[i]]))] : inputs;
        const out = callee(...(args as never[]));
        return (Array.isArray(out) ? out : [out]).filter((one) => one instanceof Tensor);
      } catch (error) {
        const text = `encountered an exception while running the ${what} with test inputs.\nException:\n${indent((error as Error).message)}`;
        throw Object.assign(new TracingCheckError(...diagnose(traced, check), text), { cause: error });
      }
    };
    const compare = comparison(traced, check_tolerance);
    const outs = run(traced, "trace");
    if (compare(outs, run(func, "Python function"), "Python function"))
      compare(outs, run(check, "repeated trace"), "repeated trace");
    const [graphs, tensors] = diagnose(traced, check);
    if (graphs !== null || tensors !== null) throw new TracingCheckError(graphs, tensors);
  });
}

/** Compares outputs and warns of what differs; returns whether nothing does. */
function comparison(traced: Traced, check_tolerance: number) {
  let hasWarned = false;
  const warnNondeterministic = () => {
    if (hasWarned) return;
    hasWarned = true;
    const nodes = native.jitTraceInfo(traced[HANDLE]).nodes.filter(({ nondeterministic }) => nondeterministic);
    if (nodes.length === 0) return;
    const listed = nodes.slice(0, 20).map(({ text }) => indent(text));
    warn(
      `Trace had nondeterministic nodes. Did you forget to call .eval() on your model? Nodes:\n${listed.join("\n")}\nThis may cause errors in trace checking. To disable trace checking, pass check_trace=False to torch.jit.trace()`,
    );
  };
  return (original: readonly Tensor[], reference: readonly Tensor[], what: string): boolean => {
    let all_ok = true;
    for (const [i, orig] of original.entries()) {
      const ref = reference[i];
      if (ref === undefined) break;
      const [, atol] = default_tolerances([orig, ref]);
      const wide = (t: Tensor) => {
        const plain = t.is_quantized ? t.dequantize() : t.is_mkldnn ? t.to_dense() : t;
        return plain.is_complex() ? plain.cdouble() : plain.double();
      };
      try {
        assert_close(wide(orig), wide(ref), { rtol: check_tolerance, atol, equal_nan: true });
      } catch (error) {
        if (!(error instanceof AssertionError)) throw error;
        warnNondeterministic();
        warn(
          `Output nr ${i + 1}. of the traced function does not match the corresponding output of the ${what}. Detailed error:\n${str(error)}`,
        );
        all_ok = false;
      }
    }
    return all_ok;
  };
}
