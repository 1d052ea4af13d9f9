import * as torch from "tstorch";
import { expect, test } from "vitest";
import { read, textOf } from "./recorded.js";

const recorded = read("counts.json");

/** A public function, or undefined where there is none. */
function find(name: string): ((...args: unknown[]) => unknown) | undefined {
  let value: unknown = torch;
  for (const part of name.split(".").slice(1)) value = (value as Record<string, unknown> | undefined)?.[part];
  return typeof value === "function" ? (value as () => unknown) : undefined;
}

const anyValue = "takes any value, a dict too";
const afterFunction = "what follows the function, or the tensors, may be dicts";
const notCalled = "throws NotImplementedError whatever it is given";

const exceptions: Record<string, string> = {
  "torch.from_dlpack": anyValue,
  "torch.is_storage": anyValue,
  "torch.is_tensor": anyValue,
  "torch.sym_not": anyValue,
  "torch.typename": anyValue,
  "torch.distributions.biject_to": anyValue,
  "torch.distributions.transform_to": anyValue,
  "torch.distributions.identity_transform": anyValue,
  "torch.distributions.constraints.dependent": "is a constraint, which has no call of its own here",
  "torch.overrides.is_tensor_like": anyValue,
  "torch.overrides.is_tensor_method_or_property": anyValue,
  "torch.utils.data.default_collate": anyValue,
  "torch.utils.data.default_convert": anyValue,
  "torch.nn.parallel.scatter": anyValue,
  "torch.jit.wait": anyValue,
  "torch.func.linearize": afterFunction,
  "torch.func.vjp": afterFunction,
  "torch.utils.checkpoint.get_device_states": afterFunction,
  "torch.sym_sum": afterFunction,
  "torch.jit.interface": notCalled,
  "torch.jit.isinstance": notCalled,
  "torch.jit.script": notCalled,
  "torch.jit.strict_fusion": notCalled,
  "torch.cuda.ExternalStream": "says first that there is no CUDA",
  "torch.jit.load": "has no parameters that begin with an underscore",
  "torch.random.fork_rng": "has no parameters that begin with an underscore",
};

test("functions and modes count their arguments as Python does", () => {
  const nulls = Array(30).fill(null);
  const wrong: string[] = [];
  for (const [name, text] of Object.entries(recorded.counts)) {
    const call = find(name);
    if (!call || name in exceptions) continue;
    const ours = textOf(() => call(...nulls));
    if (ours !== text) wrong.push(`${name}: ${ours.slice(0, 200)}, not ${text}`);
  }
  expect(wrong).toEqual([]);
});

test("functions and modes refuse unknown keywords as Python does", () => {
  const wrong: string[] = [];
  for (const [name, called] of Object.entries(recorded.keywords)) {
    const call = find(name);
    if (!call || name in exceptions) continue;
    const ours = textOf(() => call({ zzz: 1 }));
    const text = `${called}() got an unexpected keyword argument 'zzz'`;
    if (ours !== text) wrong.push(`${name}: ${ours.slice(0, 200)}, not ${text}`);
  }
  expect(wrong).toEqual([]);
});

test("functions that Python binds without a parser take nothing by keyword", () => {
  const loose = torch as unknown as Record<string, (...args: unknown[]) => unknown>;
  expect(textOf(() => loose.get_num_threads({ a: 1 }))).toBe("torch.get_num_threads() takes no keyword arguments");
  expect(textOf(() => loose.set_num_threads(1, { a: 1 }))).toBe("torch.set_num_threads() takes no keyword arguments");
  expect(textOf(() => loose.set_num_threads())).toBe("torch.set_num_threads() takes exactly one argument (0 given)");
  expect(textOf(() => loose.set_num_threads({ a: 1 }))).toBe("torch.set_num_threads() takes no keyword arguments");
  expect(loose.is_tensor({ a: 1 })).toBe(false);
  expect(loose.is_tensor({ obj: torch.ones(1) })).toBe(true);
  expect(textOf(() => loose.is_tensor())).toBe("is_tensor() missing 1 required positional argument: 'obj'");
});
