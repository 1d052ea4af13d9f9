import fs from "node:fs";
import path from "node:path";
import * as torch from "tstorch";
import * as py from "tstorch/python";
import { expect, test } from "vitest";

const Complex = py.complex(0, 0).constructor as new () => { real: number; imag: number };

type Group = Record<string, [set_up: string | string[], cases: [call: string, result: string][]]>;

const recorded: Record<"inputs" | "out" | "generator" | "meta" | "meta_out", Group> = JSON.parse(
  fs.readFileSync(path.join(import.meta.dirname, "edges.json"), "utf8"),
);

/** A number as record.py writes it. */
function number(value: unknown, isFloat: boolean): string {
  if (value instanceof Complex) {
    const { real, imag } = value;
    return `(${number(real, true)},${number(imag, true)})`;
  }
  if (typeof value !== "number") return py.str(value ?? null);
  if (!Number.isFinite(value)) return py.str(value);
  if (!isFloat) return String(value);
  return value === 0 ? "0.0000e+00" : value.toExponential(4).replace(/e([-+])(\d)$/, "e$10$2");
}

function values(t: torch.Tensor): string {
  const flat: unknown[] = t.detach().resolve_conj().resolve_neg().reshape(-1).tolist();
  const isFloat = t.is_floating_point() || t.is_complex();
  return flat
    .slice(0, 40)
    .map((value) => number(value, isFloat))
    .join(" ");
}

const isPlain = (x: unknown): x is torch.Tensor =>
  x instanceof torch.Tensor && x.layout === torch.strided && !x.is_nested && !x.is_meta;

/** A result as record.py describes it: sizes, strides, dtype, whether it is or shares the input, and its elements. */
function describe(value: unknown, x: unknown): string {
  if (value instanceof torch.Tensor) {
    const same = value === x ? " same" : "";
    if (value.is_nested || value.layout !== torch.strided) return `${value.layout} ${value.dtype}${same} ${value}`;
    const sizes = (list: readonly number[]) => `[${[...list].join(", ")}]`;
    const head = `${sizes(value.shape)} ${sizes(value.stride())} ${value.dtype}${same}`;
    if (value.is_meta) return `${head} meta`;
    const shares =
      isPlain(x) &&
      value.numel() > 0 &&
      x.numel() > 0 &&
      value.untyped_storage().data_ptr() === x.untyped_storage().data_ptr();
    return `${head}${shares && value !== x ? " shares" : ""} ${values(value)}`;
  }
  if (value instanceof torch.Size) return String(value);
  if (Array.isArray(value)) return `[${value.map((one) => describe(one, x)).join(", ")}]`;
  if (typeof value === "number") return number(value, !Number.isInteger(value));
  if (value instanceof Complex) return number(value, true);
  return py.str(value ?? null);
}

/** What a call gives, as record.py tells it: its first line, and warnings about resized outputs. */
function run(setUp: readonly string[], call: string): string {
  const warnings: string[] = [];
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error) => void warnings.push(String(warning));
  let result: string;
  try {
    const scope: Record<string, unknown> = { torch, F: torch.nn.functional, complex: py.complex, x: undefined };
    const names = ["x", "out", "g"];
    for (const [i, text] of setUp.entries()) scope[names[i]] = evaluate(text, scope);
    warnings.length = 0;
    result = describe(evaluate(call, scope), scope.x);
  } catch (error) {
    result = `${(error as Error).name}: ${(error as Error).message}`;
  } finally {
    process.emitWarning = emitWarning;
  }
  const resized = warnings.filter((text) => text.includes("resiz")).map((text) => ` | ${text.split(" (Triggered")[0]}`);
  return result.split("\n")[0].slice(0, 200) + resized.join("");
}

const evaluate = (text: string, scope: Record<string, unknown>): unknown =>
  new Function(...Object.keys(scope), `return ${text}`)(...Object.values(scope));

const digits = /-?\d\.\d{4}e[-+]\d\d/g;

/** Calls that are not compared, each with the reason. */
const exceptions: readonly [group: RegExp, call: RegExp, why: string][] = [
  [
    /^meta/,
    /max\(|index_select|argmax|amax/,
    "Python's kernels for tensors without data let sizes pass that no data could have",
  ],
  [/^meta/, /nonzero\(\)/, "the error names a setting of torch.fx"],
  [/^meta/, /matmul|inverse|max_pool2d/, "Python's kernels for tensors without data refuse sizes in other words"],
  [/^without_data$/, /arange|linspace/, "`out` has as many elements: data would not resize it, Python does without"],
  [/^without_data_float64$/, /neg|clamp/, "libtorch's own kernels take no `out` of another dtype without data"],
  [/^without_data_(int64|bool)$/, /mean/, "libtorch's own kernel takes an `out` of any dtype without data"],
  [/^expanded$/, /tril/, "the elements of `out` lie on each other: the last written wins"],
  [/^input$/, /matmul|mm/, "`out` is read while it is written"],
  [/^(coo|csr|nested)$/, /tolist|trapezoid/, "a failure that shows addresses, or what is read first"],
];

const isError = (text: string) => /^\w+(Error|Exception): /.test(text);

/** A recorded result as far as it counts: of errors not the warnings before them. */
const relevant = (text: string) => (isError(text) ? text.split(" | ")[0] : text);

/** Whether two texts say the same: their floats may differ by a rounding. */
function agree(group: string, actual: string, result: string): boolean {
  if (actual === result) return true;
  // Without data Python's kernels are in Python: they refuse the same in other words, and say otherwise that `out` is resized.
  if (group.startsWith("without_data")) {
    const [here, there] = [actual, result].map((text) => (isError(text) ? "an error" : text.split(" | ")[0]));
    return here === there;
  }
  const [a, b] = [actual.match(digits) ?? [], result.match(digits) ?? []];
  const near = a.length === b.length && a.every((x, i) => Math.abs(+x - +b[i]) <= 2e-4 * Math.abs(+b[i]) + 1e-6);
  return near && actual.replace(digits, "#") === result.replace(digits, "#");
}

function failures(
  group: Group,
  setUp: (given: string | string[]) => string[],
  call: (text: string) => string,
): string[] {
  return Object.entries(group).flatMap(([name, [given, cases]]) =>
    cases.flatMap(([text, given_result]) => {
      if (exceptions.some(([group, calls]) => group.test(name) && calls.test(text))) return [];
      const [actual, result] = [run(setUp(given), call(text)), given_result].map(relevant);
      return agree(name, actual, result) ? [] : [`${name}: ${text}\n    Python: ${result}\n    here:   ${actual}`];
    }),
  );
}

const total = Object.values(recorded).flatMap((group) => Object.values(group).flatMap(([, cases]) => cases)).length;

test("the recording is whole", () => {
  expect(total).toBeGreaterThan(4500);
});

test("results for all kinds of inputs: sizes, strides, dtypes, aliases, elements, errors", { timeout: 120_000 }, () => {
  expect(
    failures(
      recorded.inputs,
      (given) => [given as string],
      (text) => text,
    ),
  ).toEqual([]);
});

test("out=: what is resized with a warning, what is refused, what is written and returned", {
  timeout: 120_000,
}, () => {
  expect(
    failures(
      recorded.out,
      (given) => given as string[],
      (text) => `[${text}, out]`,
    ),
  ).toEqual([]);
});

test("generators: the same numbers from the same seed, and the default one is left alone", { timeout: 120_000 }, () => {
  const setUp = () => ["(torch.manual_seed(1), 0)", "0", "new torch.Generator().manual_seed(7)"];
  expect(failures(recorded.generator, setUp, (text) => `[${text}, ${text}, torch.rand(1)]`)).toEqual([]);
});

test("tensors made without data: sizes, strides, dtypes", () => {
  expect(
    failures(
      recorded.meta,
      () => [],
      (text) => text,
    ),
  ).toEqual([]);
});

test("out= without data: what is resized, what is refused", { timeout: 120_000 }, () => {
  expect(
    failures(
      recorded.meta_out,
      (given) => given as string[],
      (text) => `[${text}, out]`,
    ),
  ).toEqual([]);
});
