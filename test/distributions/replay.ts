// Replays what record.py wrote: evaluates its expressions here, and compares with what Python made of them.

import fs from "node:fs";
import { gunzipSync } from "node:zlib";
import * as torch from "tstorch";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Dict = { [key: string]: Json };

export interface Case {
  name: string;
  expr: Json;
  out?: Json;
  grads?: Json[];
  error?: string;
  message?: string;
}

export interface Recording {
  seed: number;
  cases: Case[];
}

export function load(file: string): Recording {
  return JSON.parse(gunzipSync(fs.readFileSync(file)).toString());
}

// torch.testing.assert_close's
const TOLERANCE: Record<string, [rtol: number, atol: number]> = { float64: [1e-7, 1e-7], float32: [1.3e-6, 1e-5] };

const isDict = (value: Json): value is Dict => typeof value === "object" && value !== null && !Array.isArray(value);
const toNumber = (value: Json): number =>
  ({ inf: Infinity, "-inf": -Infinity, nan: NaN })[String(value)] ?? Number(value);

// biome-ignore lint/suspicious/noExplicitAny: names and arguments come from the recording
type Any = any;

function resolve(name: string): Any {
  return name.split(".").reduce((holder: Any, part) => holder[part], torch.distributions);
}

function tensor({ t, shape, dtype, grad }: Dict, leaves: torch.Tensor[]): torch.Tensor {
  const values = (t as Json[]).map((value) => (typeof value === "boolean" ? value : toNumber(value)));
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: tests are not bundled
  const made = torch.tensor(values, { dtype: torch[dtype as "float32"] }).reshape(shape as number[]);
  if (grad) leaves.push(made.requires_grad_());
  return made;
}

/** What an expression is; tensors that ask for gradients are added to the leaves. */
function evaluate(e: Json, leaves: torch.Tensor[]): Any {
  if (Array.isArray(e)) return e.map((x) => evaluate(x, leaves));
  if (!isDict(e)) return e;
  if ("t" in e) return tensor(e, leaves);
  if ("size" in e) return torch.Size(e.size as number[]);
  if ("f" in e) return Number.isInteger(e.f) ? torch.py.float(e.f as number) : toNumber(e.f);
  if ("name" in e) return resolve(e.name as string);
  if ("get" in e) return evaluate(e.of, leaves)[e.get as string];
  const of = "call" in e ? resolve(e.call as string) : evaluate(e.apply ?? e.of, leaves);
  const args = (e.args as Json[]).map((x) => evaluate(x, leaves));
  const kwargs = Object.entries((e.kwargs ?? {}) as Dict).map(([key, x]) => [key, evaluate(x, leaves)]);
  if (kwargs.length) args.push(Object.fromEntries(kwargs));
  return "method" in e ? of[e.method as string](...args) : of(...args);
}

function differenceOfTensors(got: unknown, want: Dict, tolerance: number): string | null {
  if (!(got instanceof torch.Tensor)) return `${got} is no tensor`;
  if (String(got.dtype) !== `torch.${want.dtype}`) return `dtype ${got.dtype} is not torch.${want.dtype}`;
  if (String(got.shape) !== `torch.Size([${(want.shape as number[]).join(", ")}])`)
    return `${got.shape} is not ${want.shape}`;
  if (got.requires_grad !== (want.grad === true)) return `requires_grad is ${got.requires_grad}`;
  const [rtol, atol] = TOLERANCE[want.dtype as string] ?? [0, 0];
  const values: Json[] = got.detach().reshape(-1).tolist();
  const index = (want.t as Json[]).findIndex((expected, i) => {
    const [a, b] = [toNumber(values[i]), toNumber(expected)];
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return false;
    return !(Number.isFinite(a) && Number.isFinite(b) && Math.abs(a - b) <= tolerance * (atol + rtol * Math.abs(b)));
  });
  return index < 0 ? null : `element ${index} is ${values[index]}, not ${(want.t as Json[])[index]}`;
}

function difference(got: Any, want: Json, tolerance = 1): string | null {
  if (Array.isArray(want)) {
    if (got?.length !== want.length) return `${got} has not the length ${want.length}`;
    return want.map((x, i) => difference(got[i], x, tolerance)).find((found) => found !== null) ?? null;
  }
  if (isDict(want)) {
    if ("t" in want) return differenceOfTensors(got, want, tolerance);
    if ("size" in want)
      return String(got) === `torch.Size([${(want.size as number[]).join(", ")}])`
        ? null
        : `${got} is not ${want.size}`;
    if ("repr" in want) return torch.py.repr(got) === want.repr ? null : `${torch.py.repr(got)} is not ${want.repr}`;
    return Math.abs(Number(got) - toNumber(want.f)) <= 1e-7 ? null : `${got} is not ${want.f}`;
  }
  return got === want ? null : `${got} is not ${want}`;
}

/** Gradients of weighted sums may cancel: what counts is their largest element. */
function gradientScale(want: Json): number {
  const values = isDict(want) && "t" in want ? (want.t as Json[]).map(toNumber).filter(Number.isFinite) : [];
  return Math.max(1, ...values.map(Math.abs));
}

/** The gradients of the outputs weighted by 1, 2, ... */
function gradients(out: torch.Tensor, leaves: torch.Tensor[]): (torch.Tensor | null)[] {
  const weights = torch.arange(out.numel(), { dtype: out.dtype }).add(1).reshape(out.shape);
  return torch.autograd.grad(out, leaves, weights, { allow_unused: true });
}

function gradientDifference(grads: (torch.Tensor | null)[], wanted: Json[]): string | null {
  for (const [i, want] of wanted.entries()) {
    const found = difference(grads[i], want, gradientScale(want));
    if (found !== null) return `gradient ${i}: ${found}`;
  }
  return null;
}

/** How what happens here differs from what Python did, or null. */
export function replay(recorded: Case, seed: number): string | null {
  torch.manual_seed(seed);
  const leaves: torch.Tensor[] = [];
  let out: Any;
  let grads: (torch.Tensor | null)[] = [];
  try {
    out = evaluate(recorded.expr, leaves);
    if (out instanceof torch.Tensor && out.requires_grad && out.numel()) grads = gradients(out, leaves);
  } catch (error) {
    const { name, message } = error as Error;
    if (recorded.error === undefined) return `threw ${name}: ${message}`;
    const isSame = name === recorded.error && message.trim() === recorded.message;
    return isSame ? null : `threw ${name} "${message}", not ${recorded.error} "${recorded.message}"`;
  }
  if (recorded.error !== undefined) return `gave ${out}, not ${recorded.error} "${recorded.message}"`;
  const found = difference(out, recorded.out as Json);
  if (found !== null || recorded.grads === undefined) return found;
  return gradientDifference(grads, recorded.grads);
}
