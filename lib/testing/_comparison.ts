// torch/testing/_comparison.py

import { Tensor } from "../_tensor.js";
import { def, isPlainObject } from "../arguments/function.js";
import { float16, float32, float64 } from "../dtype.js";
import { AssertionError, RuntimeError } from "../errors.js";
import { typeName } from "../python/objects.js";
import { repr } from "../python/repr.js";
import { tensor } from "../tensor_new.js";
import { default_tolerances } from "./_comparison/messages.js";
import {
  className,
  ErrorMeta,
  type Id,
  idText,
  type Message,
  type Pair,
  UnsupportedInputs,
} from "./_comparison/pair.js";
import { BooleanPair, NonePair, NumberPair } from "./_comparison/pairs.js";
import { TensorLikePair } from "./_comparison/tensors.js";

export { default_tolerances };

/** How two values are compared: the keyword arguments of assert_close(). */
export interface Options {
  readonly allow_subclasses: boolean;
  readonly rtol: number | null;
  readonly atol: number | null;
  readonly equal_nan: boolean;
  readonly check_device: boolean;
  readonly check_dtype: boolean;
  readonly check_layout: boolean;
  readonly check_stride: boolean;
}

type PairType = new (actual: unknown, expected: unknown, id: Id, options: Options) => Pair;

const isMapping = (x: unknown): x is Map<unknown, unknown> | Record<string, unknown> =>
  x instanceof Map || isPlainObject(x);
const asMap = (x: Map<unknown, unknown> | Record<string, unknown>) =>
  x instanceof Map ? x : new Map(Object.entries(x));

function sorted(keys: Iterable<unknown>): unknown[] {
  return [...keys].sort((a, b) => ((a as string) < (b as string) ? -1 : (a as string) > (b as string) ? 1 : 0));
}

/** The pairs to compare: one for each of the elements of sequences and mappings, nested as they may be. */
function originate_pairs(
  actual: unknown,
  expected: unknown,
  pair_types: readonly PairType[],
  id: Id,
  options: Options,
): Pair[] {
  const inside = (a: unknown, b: unknown, key: unknown) => originate_pairs(a, b, pair_types, [...id, key], options);
  if (Array.isArray(actual) && Array.isArray(expected)) {
    if (actual.length !== expected.length) {
      const lengths = `${actual.length} != ${expected.length}`;
      throw new ErrorMeta(AssertionError, `The length of the sequences mismatch: ${lengths}`, id);
    }
    return actual.flatMap((element, i) => inside(element, expected[i], i));
  }
  if (isMapping(actual) && isMapping(expected)) {
    const [a, b] = [asMap(actual), asMap(expected)];
    const missing = [...b.keys()].filter((key) => !a.has(key));
    const additional = [...a.keys()].filter((key) => !b.has(key));
    if (missing.length || additional.length) {
      throw new ErrorMeta(
        AssertionError,
        `The keys of the mappings do not match:\nMissing keys in the actual mapping: ${repr(sorted(missing))}\n` +
          `Additional keys in the actual mapping: ${repr(sorted(additional))}`,
        id,
      );
    }
    return sorted(a.keys()).flatMap((key) => inside(a.get(key), b.get(key), key));
  }
  for (const PairType of pair_types) {
    try {
      return [new PairType(actual, expected, id, options)];
    } catch (error) {
      if (error instanceof UnsupportedInputs) continue;
      if (error instanceof ErrorMeta) throw error;
      throw new RuntimeError(
        `Originating a ${PairType.name}() at item ${idText(id)} with\n\n${typeName(actual)}(): ${actual}\n\nand\n\n` +
          `${typeName(expected)}(): ${expected}\n\nresulted in the unexpected exception above.`,
        { cause: error },
      );
    }
  }
  throw new ErrorMeta(
    TypeError,
    `No comparison pair was able to handle inputs of type ${className(actual)} and ${className(expected)}.`,
    id,
  );
}

const pair_types: readonly PairType[] = [NonePair, BooleanPair, NumberPair, TensorLikePair];

/** What two values differ in, in the order of their elements. */
function not_close_error_metas(actual: unknown, expected: unknown, options: Options): ErrorMeta[] {
  const metas: ErrorMeta[] = [];
  for (const pair of originate_pairs(actual, expected, pair_types, [], options)) {
    try {
      pair.compare();
    } catch (error) {
      if (error instanceof ErrorMeta) metas.push(error);
      else
        throw new RuntimeError(`Comparing\n\n${pair}\n\nresulted in the unexpected exception above.`, { cause: error });
    }
  }
  return metas;
}

/**
 * Throws unless two values are close: numbers, booleans, nulls, tensors and what can be made one, and arrays, plain
 * objects and Maps of these.
 *
 * `assert_close(actual, expected, *, allow_subclasses=True, rtol=None, atol=None, equal_nan=False, check_device=True,
 * check_dtype=True, check_layout=True, check_stride=False, msg=None)`
 *
 * Close is \|actual - expected\| <= atol + rtol * \|expected\|; by default the tolerances follow from the dtypes. The
 * errors are AssertionError with what differs most, ValueError for only one of `rtol` and `atol`, and TypeError for values
 * that cannot be compared. `msg` is the text to throw, or makes it of the generated one.
 *
 * {@link https://docs.pytorch.org/docs/2.15/testing.html#torch.testing.assert_close}
 */
export const assert_close = def(
  "assert_close",
  [
    "actual",
    "expected",
    "*",
    "allow_subclasses",
    "rtol",
    "atol",
    "equal_nan",
    "check_device",
    "check_dtype",
    "check_layout",
    "check_stride",
    "msg",
  ],
  (
    actual: unknown,
    expected: unknown,
    allow_subclasses = true,
    rtol: number | null = null,
    atol: number | null = null,
    equal_nan = false,
    check_device = true,
    check_dtype = true,
    check_layout = true,
    check_stride = false,
    msg: Message | null = null,
  ): void => {
    const options = {
      allow_subclasses,
      rtol,
      atol,
      equal_nan,
      check_device,
      check_dtype,
      check_layout,
      check_stride,
    };
    let metas: ErrorMeta[];
    try {
      metas = not_close_error_metas(actual, expected, options);
    } catch (error) {
      throw error instanceof ErrorMeta ? error.to_error() : error;
    }
    if (metas.length) throw metas[0].to_error(msg);
  },
  { dict: 1 },
);

const allclose_precisions = new Map([
  [float16, [1e-3, 1e-3] as const],
  [float32, [1e-4, 1e-5] as const],
  [float64, [1e-5, 1e-8] as const],
]);

/**
 * Deprecated: assert_close() that compares values alone, by wider tolerances.
 *
 * `assert_allclose(actual, expected, rtol=None, atol=None, equal_nan=True, msg='') -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/testing.html#torch.testing.assert_allclose}
 */
export const assert_allclose = def(
  "assert_allclose",
  ["actual", "expected", "rtol", "atol", "equal_nan", "msg"],
  (
    actual: unknown,
    expected: unknown,
    rtol: number | null = null,
    atol: number | null = null,
    equal_nan = true,
    msg = "",
  ): void => {
    process.emitWarning(
      "`torch.testing.assert_allclose()` is deprecated since 1.12 and will be removed in a future release. " +
        "Please use `torch.testing.assert_close()` instead. You can find detailed upgrade instructions in " +
        "https://github.com/pytorch/pytorch/issues/61844.",
      "FutureWarning",
    );
    const a = actual instanceof Tensor ? actual : tensor(actual as number);
    const b = expected instanceof Tensor ? expected : tensor(expected as number, { dtype: a.dtype });
    if (rtol === null && atol === null) [rtol, atol] = default_tolerances([a, b], allclose_precisions);
    assert_close(a, b, {
      rtol,
      atol,
      equal_nan,
      check_device: true,
      check_dtype: false,
      check_stride: false,
      msg: msg || null,
    });
  },
);
