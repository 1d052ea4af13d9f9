import * as torch from "tstorch";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { read, textOf } from "./recorded.js";

type Method = (this: unknown, ...args: unknown[]) => unknown;

const recorded = read("methods.json");

/** A method and what it may be called on: an object of the class without state, or the class of a static one. */
function find(key: string): { method: Method; self: unknown } | null {
  const isStatic = !key.includes("#");
  const at = isStatic ? key.lastIndexOf(".") : key.indexOf("#");
  let value: unknown = torch;
  for (const part of key.slice(0, at).split(".").slice(1))
    value = (value as Record<string, unknown> | undefined)?.[part];
  if (typeof value !== "function") return null;
  const owner = isStatic ? value : value.prototype;
  const name = key.slice(at + 1);
  let holder = owner;
  while (holder && !Object.hasOwn(holder, name)) holder = Object.getPrototypeOf(holder);
  const method = holder && Object.getOwnPropertyDescriptor(holder, name)?.value;
  return typeof method === "function" ? { method, self: isStatic ? owner : Object.create(owner) } : null;
}

const anyDict = "takes a dict";
const anyNumber = "takes any number of arguments, the last of which may be a dict";
const sharedClass = "is torch.Event or torch.Stream here, which Python binds in C";
const notCalled = "throws NotImplementedError whatever it is given";

const exceptions: [RegExp, string][] = [
  [/[#.](load_state_dict|state_dict|set_extra_state|add_param_group|retain_object|add_custom_scalars)$/, anyDict],
  [
    /(ModuleDict|ParameterDict)#update$|ParameterList#append$|#(sample|satisfies_constraints|decode)$|close_streams$/,
    anyDict,
  ],
  [/nn.Module#forward$|#(add_handler|see)$|BackwardCFunction#|FunctionCtx#(mark_|save_|set_output)/, anyNumber],
  [/\.(backward|forward|jvp|vjp)$/, anyNumber],
  [/^torch.cuda.(Event|Stream)#/, sharedClass],
  [/#add_(figure|graph)$/, notCalled],
  [/^torch.TypedStorage.from_/, "TypedStorage.from_buffer() and from_file() are for the old classes"],
  [/allocator$/, "hands out a native object"],
  [/CorrCholeskyTransform#log_abs_det_jacobian$/, "has no intermediates"],
  [/default_tensor_constructor$/, "takes its arguments by keyword alone"],
  [/ScriptModule#save$/, "has the keyword of Python's own method"],
];
const expected = (key: string) => exceptions.find(([pattern]) => pattern.test(key));

beforeEach(() => vi.spyOn(process, "emitWarning").mockImplementation(() => {}));
afterEach(() => vi.restoreAllMocks());

test("methods count their arguments as Python does", () => {
  const nulls = Array(30).fill(null);
  const wrong: string[] = [];
  let compared = 0;
  for (const [key, text] of Object.entries(recorded.counts)) {
    const found = find(key);
    // A method that takes a dict counts all the same.
    if (!found || ![undefined, anyDict].includes(expected(key)?.[1])) continue;
    compared++;
    const ours = textOf(() => found.method.apply(found.self, nulls));
    if (ours !== text) wrong.push(`${key}: ${ours.slice(0, 200)}, not ${text}`);
  }
  expect(wrong).toEqual([]);
  expect(compared).toBeGreaterThan(900);
});

test("methods refuse unknown keywords as Python does", () => {
  const wrong: string[] = [];
  for (const [key, called] of Object.entries(recorded.keywords)) {
    const found = find(key);
    if (!found || expected(key)) continue;
    const ours = textOf(() => found.method.call(found.self, { zzz: 1 }));
    const text = `${called}() got an unexpected keyword argument 'zzz'`;
    if (ours !== text) wrong.push(`${key}: ${ours.slice(0, 200)}, not ${text}`);
  }
  expect(wrong).toEqual([]);
});

test("methods of optimizers and schedulers on objects", () => {
  const weight = torch.nn.Parameter(torch.ones(2));
  const optimizer = torch.optim.SGD([weight], { lr: 0.5 });
  const scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1);
  const loose = (object: unknown) => object as Record<string, Method>;
  expect(textOf(() => loose(optimizer).step(null, null))).toBe(
    "SGD.step() takes from 1 to 2 positional arguments but 3 were given",
  );
  expect(textOf(() => loose(optimizer).zero_grad(true, 1))).toBe(
    "Optimizer.zero_grad() takes from 1 to 2 positional arguments but 3 were given",
  );
  expect(textOf(() => loose(optimizer).add_param_group())).toBe(
    "Optimizer.add_param_group() missing 1 required positional argument: 'param_group'",
  );
  expect(textOf(() => loose(scheduler).step(1, 2))).toBe(
    "LRScheduler.step() takes from 1 to 2 positional arguments but 3 were given",
  );
  expect(textOf(() => loose(scheduler).get_last_lr(1))).toBe(
    "LRScheduler.get_last_lr() takes 1 positional argument but 2 were given",
  );
  expect(textOf(() => loose(torch.optim.LBFGS([weight])).step())).toBe(
    "LBFGS.step() missing 1 required positional argument: 'closure'",
  );
  expect(textOf(() => loose(torch.optim.AdamW([weight])).step({ closures: null }))).toBe(
    "Adam.step() got an unexpected keyword argument 'closures'",
  );
  weight.grad = torch.ones(2);
  optimizer.step({ closure: null });
  expect(weight.tolist()).toEqual([0.5, 0.5]);
  optimizer.zero_grad({ set_to_none: false });
  expect(weight.grad?.tolist()).toEqual([0, 0]);
  const plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, { patience: 0, factor: 0.5 });
  for (let i = 0; i < 2; i++) plateau.step({ metrics: 1 });
  expect(plateau.get_last_lr()).toEqual([0.25]);
  expect(textOf(() => loose(plateau).step())).toBe(
    "ReduceLROnPlateau.step() missing 1 required positional argument: 'metrics'",
  );
});
