import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import fc from "fast-check";
import { afterEach, describe, expect, expectTypeOf, test, vi } from "vitest";
import { IndexError, OverflowError, ValueError } from "../lib/errors.js";
import {
  abs,
  all,
  any,
  bool,
  Complex,
  complex,
  copy,
  deepcopy,
  enumerate,
  filter,
  float,
  floatRepr,
  formatExponent,
  formatFixed,
  int,
  isFloat,
  isInt,
  isinstance,
  iter,
  len,
  list,
  map,
  max,
  min,
  next,
  print,
  range,
  repr,
  reversed,
  round,
  StopIteration,
  slice,
  sorted,
  str,
  sum,
  toNumber,
  tuple,
  zip,
} from "../lib/python.js";

interface Formatted {
  repr: string;
  fixed: Record<string, string>;
  exponent: Record<string, string>;
}

const fixture = new URL("fixtures/python-float-format.json", import.meta.url);
const recorded: Formatted[] = JSON.parse(readFileSync(fixture, "utf8"));

/** x * 10**places rounded to an integer, halves to the even one: the exact value of x, computed with integers. */
function roundedExactly(x: number, places: number): bigint {
  const bits = new DataView(new Float64Array([x]).buffer).getBigUint64(0, true);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const mantissa = (bits & 0xfffffffffffffn) | (biased === 0 ? 0n : 1n << 52n);
  const exponent = Math.max(biased, 1) - 1075;
  const numerator = mantissa * 10n ** BigInt(Math.max(places, 0)) * 2n ** BigInt(Math.max(exponent, 0));
  const denominator = 10n ** BigInt(Math.max(-places, 0)) * 2n ** BigInt(Math.max(-exponent, 0));
  const [quotient, twice] = [numerator / denominator, (numerator % denominator) * 2n];
  return twice > denominator || (twice === denominator && quotient % 2n === 1n) ? quotient + 1n : quotient;
}

/** Doubles, half of them with few digits, so that ties occur. */
const doubles = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: -12, max: 12 })).map(([n, e]) => n * 2 ** e),
  fc.tuple(fc.maxSafeInteger(), fc.integer({ min: 0, max: 12 })).map(([n, e]) => n * 5 ** e),
);
const precisions = fc.integer({ min: 0, max: 20 });

describe("formatFixed", () => {
  test("writes what Python writes", () => {
    for (const { repr: text, fixed } of recorded) {
      const written = Object.keys(fixed).map((precision) => formatFixed(float(text), Number(precision)));
      expect(written).toEqual(Object.values(fixed));
    }
  });

  test("rounds the exact value to even", () => {
    fc.assert(
      fc.property(doubles, precisions, (x, precision) => {
        const digits = String(roundedExactly(x, precision)).padStart(precision + 1, "0");
        const point = digits.length - precision;
        const sign = x < 0 || Object.is(x, -0) ? "-" : "";
        const expected = sign + digits.slice(0, point) + (precision ? `.${digits.slice(point)}` : "");
        expect(formatFixed(x, precision)).toBe(expected);
      }),
    );
  });
});

describe("formatExponent", () => {
  test("writes what Python writes", () => {
    for (const { repr: text, exponent } of recorded) {
      const written = Object.keys(exponent).map((precision) => formatExponent(float(text), Number(precision)));
      expect(written).toEqual(Object.values(exponent));
    }
  });

  test("rounds the exact value to even", () => {
    fc.assert(
      fc.property(doubles, precisions, (x, precision) => {
        const text = formatExponent(x, precision);
        const [, digits, exponent] = /^-?([\d.]+)e([+-]\d{2,3})$/.exec(text) as unknown as [string, string, string];
        expect(digits).toMatch(precision ? /^\d\.\d+$/ : /^\d$/);
        expect(digits.startsWith("0")).toBe(x === 0);
        const places = precision - Number(exponent);
        // After a carry to the next power of ten the digit more has been dropped: a zero.
        expect(BigInt(digits.replace(".", ""))).toBe(roundedExactly(Math.abs(x), places));
      }),
    );
  });
});

describe("floatRepr", () => {
  test("writes what Python writes", () => {
    for (const { repr: text } of recorded) expect(floatRepr(float(text))).toBe(text);
  });

  test("reads back as the same float", () => {
    fc.assert(fc.property(doubles, (x) => Object.is(Number(floatRepr(x)), x)));
  });
});

describe("repr", () => {
  test.each([
    [true, "True"],
    [null, "None"],
    [undefined, "None"],
    [2, "2"],
    [-0, "-0.0"],
    [0.1, "0.1"],
    [1e-7, "1e-07"],
    [1e22, "1e+22"],
    [10000000000000000, "10000000000000000"],
    [2 ** 64, "18446744073709551616"],
    [12345678901234567890n, "12345678901234567890"],
    [Number.NaN, "nan"],
    [-Infinity, "-inf"],
    [float(2), "2.0"],
    ["it's", `"it's"`],
    [`it's "so"`, `'it\\'s "so"'`],
    ["a\n\t\\\u0000\u200b\u{e0001}é", "'a\\n\\t\\\\\\x00\\u200b\\U000e0001é'"],
    [[1, "a", [null]], "[1, 'a', [None]]"],
    [{ a: 1, b: { c: [true] } }, "{'a': 1, 'b': {'c': [True]}}"],
    [new Map<unknown, unknown>([[1, "x"]]), "{1: 'x'}"],
    [{}, "{}"],
    [new Set([1, 2]), "{1, 2}"],
    [new Set(), "set()"],
    [new Float32Array([1, 0.5]), "[1.0, 0.5]"],
    [new Int32Array([1, 2]), "[1, 2]"],
    [complex(1, 2), "(1+2j)"],
    [complex(0, -1.5), "-1.5j"],
    [complex(-0, 1), "(-0+1j)"],
    [complex(Number.NaN, -Infinity), "(nan-infj)"],
    [slice(1, 3), "slice(1, 3, None)"],
    [slice(5), "slice(None, 5, None)"],
    [range(3), "range(0, 3)"],
    [range(9, 0, -3), "range(9, 0, -3)"],
    [new TypeError("bad"), "TypeError('bad')"],
    [class Net {}, "<class 'Net'>"],
    [function step() {}, "<function step>"],
    [new (class Net {})(), "<Net object>"],
    [{ __repr__: () => "Mine()" }, "Mine()"],
  ])("%o", (value, expected) => {
    expect(repr(value)).toBe(expected);
  });

  test("a list and a dict inside themselves", () => {
    const items: unknown[] = [1];
    items.push(items);
    expect(repr(items)).toBe("[1, [...]]");
    const entries: Record<string, unknown> = {};
    entries.self = entries;
    expect(repr(entries)).toBe("{'self': {...}}");
  });
});

describe("str", () => {
  test("is the text itself, __str__, toString or repr", () => {
    expect(str("it's")).toBe("it's");
    expect(str(["it's"])).toBe(`["it's"]`);
    expect(str({ __str__: () => "s", __repr__: () => "r" })).toBe("s");
    expect(str({ toString: () => "s", __repr__: () => "r" })).toBe("s");
    expect(str({ __repr__: () => "r" })).toBe("r");
    expect(str(new Error("why"))).toBe("why");
    expect(str()).toBe("");
  });
});

describe("print", () => {
  const lines: string[] = [];
  const file = { write: (text: string) => lines.push(text) };
  afterEach(() => lines.splice(0));

  test("writes to the standard output", () => {
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    print("loss:", 0.5, [1, "a"], true, null);
    print();
    const written = write.mock.calls.map(([text]) => text);
    write.mockRestore();
    expect(written).toEqual(["loss: 0.5 [1, 'a'] True None\n", "\n"]);
  });

  test("takes sep, end and file", () => {
    print(1, 2, { sep: ", ", end: "!", file });
    print({ end: "", file });
    print({ sep: 1, more: 2 }, { file });
    expect(lines).toEqual(["1, 2!", "", "{'sep': 1, 'more': 2}\n"]);
  });
});

describe("float", () => {
  test("marks a whole number, and can be calculated with", () => {
    expectTypeOf(float(2)).toBeNumber();
    expect(float(2) + 1).toBe(3);
    expect(float(2) < 3).toBe(true);
    expect(`${float(2)}`).toBe("2.0");
    expect(inspect([float(2)])).toBe("[ 2.0 ]");
    expect(float(3).toFixed(2)).toBe("3.00");
    expect(float(0.5)).toBe(0.5);
    expect(float(true) + 0).toBe(1);
    expect(float(5n) + 0).toBe(5);
    expect(float({ item: () => 0.25 })).toBe(0.25);
  });

  test("reads text as Python does", () => {
    expect(float("inf")).toBe(Infinity);
    expect(float("-Infinity")).toBe(-Infinity);
    expect(float("NaN")).toBeNaN();
    expect(float(" -1_0.5e3\n") + 0).toBe(-10500);
    expect(float(".5")).toBe(0.5);
    for (const text of ["", "abc", "1__0", "0x10", "1e", "1 2"]) {
      expect(() => float(text)).toThrow(new ValueError(`could not convert string to float: '${text}'`));
    }
    expect(() => float([] as never)).toThrow(
      new TypeError("float() argument must be a string or a real number, not 'list'"),
    );
  });

  test("isFloat, isInt and toNumber tell its kind", () => {
    for (const x of [float(2), 0.5, -0, Infinity, Number.NaN, 2 ** 60])
      expect([isFloat(x), isInt(x)]).toEqual([true, false]);
    for (const x of [2, 0, -5, 5n]) expect([isFloat(x), isInt(x)]).toEqual([false, true]);
    for (const x of ["2", true, null, [2]]) expect([isFloat(x), isInt(x)]).toEqual([false, false]);
    expect([toNumber(float(2)), toNumber(3), toNumber(4n), toNumber(true)]).toEqual([2, 3, 4, 1]);
  });
});

describe("int", () => {
  test("drops the fraction, and reads text in a base", () => {
    expect([int(3.7), int(-3.7), int(float(2)), int(true), int(7n), int("-12"), int(" 1_000 ")]).toEqual([
      3, -3, 2, 1, 7, -12, 1000,
    ]);
    expect([int("ff", 16), int("0xFF", 16), int("0b101", 0), int("z", 36), int("0b1", 16)]).toEqual([
      255, 255, 5, 35, 177,
    ]);
    expect(Object.is(int(-0.5), 0)).toBe(true);
    expect(int({ item: () => 2.5 })).toBe(2);
  });

  test("gives a bigint beyond 2**53", () => {
    expect(int("99999999999999999999")).toBe(99999999999999999999n);
    expect(int(1e20)).toBe(100000000000000000000n);
  });

  test("throws what Python throws", () => {
    expect(() => int("1.5")).toThrow(new ValueError("invalid literal for int() with base 10: '1.5'"));
    expect(() => int("12", 2)).toThrow(new ValueError("invalid literal for int() with base 2: '12'"));
    expect(() => int(Number.NaN)).toThrow(new ValueError("cannot convert float NaN to integer"));
    expect(() => int(Infinity)).toThrow(new OverflowError("cannot convert float infinity to integer"));
  });
});

describe("complex", () => {
  test("has a real and an imaginary part", () => {
    expectTypeOf(complex(1, 2)).toEqualTypeOf<Complex>();
    expect(complex(1, 2)).toEqual(new Complex(1, 2));
    expect(complex(3)).toEqual(new Complex(3, 0));
    expect(complex(-0, -0)).toEqual(new Complex(-0, -0));
    expect(complex(complex(1, 2), complex(3, 4))).toEqual(new Complex(-3, 5));
    expect(`${complex(1, 2)}`).toBe("(1+2j)");
    expect(inspect(complex(0, 1))).toBe("1j");
  });
});

describe("bool", () => {
  test("is false for None, zero and what is empty", () => {
    const empty = { __len__: () => 0 };
    for (const x of [
      null,
      undefined,
      false,
      0,
      -0,
      0n,
      float(0),
      complex(0),
      "",
      [],
      {},
      new Map(),
      new Set(),
      empty,
    ]) {
      expect(bool(x)).toBe(false);
    }
    for (const x of [
      true,
      1,
      Number.NaN,
      float(1),
      complex(0, 1),
      "0",
      [0],
      { a: 0 },
      new Map([[1, 1]]),
      range(1),
      class {},
    ]) {
      expect(bool(x)).toBe(true);
    }
    expect(bool({ __bool__: () => false })).toBe(false);
  });
});

describe("abs", () => {
  test("of numbers and of what has a method abs", () => {
    expect([abs(-2), abs(-2.5), abs(-3n)]).toEqual([2, 2.5, 3n]);
    expect([repr(abs(float(-2))), repr(abs(complex(3, 4)))]).toEqual(["2.0", "5.0"]);
    expect(abs({ abs: () => "its own" })).toBe("its own");
    expect(() => abs("a" as never)).toThrow(new TypeError("bad operand type for abs(): 'str'"));
  });
});

describe("round", () => {
  test("goes to the even neighbour", () => {
    expect([round(0.5), round(1.5), round(2.5), round(-2.5), round(2.6), round(-0.4)]).toEqual([0, 2, 2, -2, 3, 0]);
    expect([round(2.675, 2), round(0.125, 2), round(1.015, 2), round(-1.25, 1)]).toEqual([2.67, 0.12, 1.01, -1.2]);
    expect([round(1250, -2), round(1350, -2), round(-1249, -2), round(7, 2)]).toEqual([1200, 1400, -1200, 7]);
    expect([repr(round(2.04, 1)), repr(round(1250.5, -2)), repr(round(2.4))]).toEqual(["2.0", "1300.0", "2"]);
    expect(() => round(Number.NaN)).toThrow(new ValueError("cannot convert float NaN to integer"));
  });
});

describe("len", () => {
  test("uses __len__, length, size and a dict's keys", () => {
    expect([len([1, 2]), len("é😀"), len({ a: 1 }), len(new Map([[1, 2]])), len(new Set([1])), len(range(5))]).toEqual([
      2, 2, 1, 1, 1, 5,
    ]);
    expect([
      len({ __len__: () => 7 }),
      len(
        new (class Data {
          length = 3;
        })(),
      ),
      len(new Float32Array(4)),
    ]).toEqual([7, 3, 4]);
    expect(() => len(3)).toThrow(new TypeError("object of type 'int' has no len()"));
    expect(() => len(null)).toThrow(new TypeError("object of type 'NoneType' has no len()"));
    expect(() => len(print)).toThrow(new TypeError("object of type 'function' has no len()"));
  });
});

describe("range", () => {
  test("counts as Python does", () => {
    expect([...range(3)]).toEqual([0, 1, 2]);
    expect([...range(1, 4)]).toEqual([1, 2, 3]);
    expect([...range(5, 0, -2)]).toEqual([5, 3, 1]);
    expect([...range(3, 1)]).toEqual([]);
    expect([...range({ item: () => 2 })]).toEqual([0, 1]);
    expect([range(10).__getitem__(-1), range(0, 10, 3).length]).toEqual([9, 4]);
    expect(() => range(3).__getitem__(3)).toThrow(new IndexError("range object index out of range"));
    expect(() => range(0.5)).toThrow(new TypeError("'float' object cannot be interpreted as an integer"));
    expect(() => range(1, 2, 0)).toThrow(new ValueError("range() arg 3 must not be zero"));
  });
});

describe("iter and next", () => {
  test("go over what Python goes over", () => {
    class Squares {
      __getitem__(index: number): number {
        if (index >= 3) throw new IndexError("out of range");
        return index * index;
      }
    }
    class Letters {
      *__iter__() {
        yield* "ab";
      }
    }
    expect([...iter(new Squares())]).toEqual([0, 1, 4]);
    expect([...iter(new Letters())]).toEqual(["a", "b"]);
    expect([...iter(new Map([["key", 1]]))]).toEqual(["key"]);
    expect([...iter({ a: 1, b: 2 })]).toEqual(["a", "b"]);
    expect([...iter({ [Symbol.iterator]: () => ({ next: () => ({ done: true, value: 0 }) as const }) })]).toEqual([]);
    expect(() => iter(3 as never)).toThrow(new TypeError("'int' object is not iterable"));
  });

  test("next gives the next element, the default or a StopIteration", () => {
    const iterator = iter([1]);
    expect(next(iterator)).toBe(1);
    expect(next(iterator, "end")).toBe("end");
    expect(next(iterator, undefined)).toBe(undefined);
    expect(() => next(iterator)).toThrow(StopIteration);
    expect(() => next([] as never)).toThrow(new TypeError("'list' object is not an iterator"));
  });
});

describe("enumerate", () => {
  test("counts the elements", () => {
    expect([...enumerate("ab")]).toEqual([
      [0, "a"],
      [1, "b"],
    ]);
    expect([...enumerate(["a"], 1)]).toEqual([[1, "a"]]);
    expect([...enumerate(["a"], { start: 2 })]).toEqual([[2, "a"]]);
    expect(next(enumerate("a"))).toEqual([0, "a"]);
    expect(() => enumerate(1 as never)).toThrow(new TypeError("'int' object is not iterable"));
  });

  test("of an asynchronous iterable serves for await, and does not start the other iteration", async () => {
    const loader = {
      [Symbol.iterator]: vi.fn(() => [1, 2].values()),
      async *[Symbol.asyncIterator]() {
        yield* [10, 20];
      },
    };
    const seen: [number, number][] = [];
    for await (const pair of enumerate(loader)) seen.push(pair);
    expect(seen).toEqual([
      [0, 10],
      [1, 20],
    ]);
    expect(loader[Symbol.iterator]).not.toHaveBeenCalled();
    expect([...enumerate(loader)]).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });
});

describe("zip", () => {
  test("stops at the end of the shortest", () => {
    expectTypeOf(zip([1], "a")).toEqualTypeOf<IterableIterator<[number, string]>>();
    expect([...zip([1, 2, 3], "ab")]).toEqual([
      [1, "a"],
      [2, "b"],
    ]);
    expect([...zip()]).toEqual([]);
    const rest = iter([1, 2]);
    expect([...zip([], rest)]).toEqual([]);
    expect([...rest]).toEqual([1, 2]);
  });

  test("strict throws for different lengths", () => {
    expect([...zip([1], [2], { strict: true })]).toEqual([[1, 2]]);
    const lengths = (...sizes: number[]) => [...zip(...sizes.map((size) => range(size)), { strict: true })];
    expect(() => lengths(1, 2)).toThrow(new ValueError("zip() argument 2 is longer than argument 1"));
    expect(() => lengths(2, 1)).toThrow(new ValueError("zip() argument 2 is shorter than argument 1"));
    expect(() => lengths(2, 2, 1)).toThrow(new ValueError("zip() argument 3 is shorter than arguments 1-2"));
    expect(() => lengths(1, 1, 2)).toThrow(new ValueError("zip() argument 3 is longer than arguments 1-2"));
  });
});

describe("map, filter, reversed, list and tuple", () => {
  test("make what Python makes", () => {
    expect([...map((x) => x + 1, [1, 2])]).toEqual([2, 3]);
    expect([...map((x, y) => x * y, [1, 2, 3], [4, 5])]).toEqual([4, 10]);
    expect([...filter((x) => x > 1, [1, 2, 3])]).toEqual([2, 3]);
    expect([...filter(null, [0, 1, [], "a"])]).toEqual([1, "a"]);
    expect([...reversed([1, 2])]).toEqual([2, 1]);
    expect([...reversed("ab")]).toEqual(["b", "a"]);
    expect([...reversed(range(0, 5, 2))]).toEqual([4, 2, 0]);
    expect([...reversed({ __len__: () => 2, __getitem__: (i: number) => i })]).toEqual([1, 0]);
    expect(() => reversed(new Set([1]))).toThrow(new TypeError("'set' object is not reversible"));
    expect(list(range(3))).toEqual([0, 1, 2]);
    expect(tuple("ab")).toEqual(["a", "b"]);
    expect(list()).toEqual([]);
  });
});

describe("sum, all and any", () => {
  test("sum adds numbers, lists and what has a method add", () => {
    expect([sum([1, 2, 3]), sum([]), sum([true, true]), sum([0.5, 1])]).toEqual([6, 0, 2, 1.5]);
    expect([repr(sum([1, float(2)])), repr(sum([complex(1, 2), 3])), sum([1n, 2])]).toEqual(["3.0", "(4+2j)", 3n]);
    expect(sum([[1], [2]], [] as number[])).toEqual([1, 2]);
    expect(sum([1, 2], { start: 10 })).toBe(13);
    const chain = (text: string): { add(other: unknown): unknown; toString(): string } => ({
      add: (other) => chain(`${text}+${other}`),
      toString: () => text,
    });
    expect(String(sum([chain("x"), chain("y")]))).toBe("x+0+y");
    expect(() => sum(["a"])).toThrow(new TypeError("unsupported operand type(s) for +: 'int' and 'str'"));
    expect(() => sum(["a"], "")).toThrow(new TypeError("sum() can't sum strings [use ''.join(seq) instead]"));
  });

  test("all and any look at the truth of each element", () => {
    expect([all([]), all([1, "a"]), all([1, []])]).toEqual([true, true, false]);
    expect([any([]), any([0, "a"]), any([0, []])]).toEqual([false, true, false]);
  });
});

describe("min and max", () => {
  test("of an iterable or of arguments", () => {
    expect([min([3, 1, 2]), max([3, 1, 2]), min(2, 1), max("a", "b"), max(1, 2.5, 2)]).toEqual([1, 3, 1, "b", 2.5]);
    expect(max({ a: 1, b: 0 } as never)).toBe("b");
    expect(
      min([
        [1, "b"],
        [1, "a"],
      ]),
    ).toEqual([1, "a"]);
    expect(repr(max(1, float(2)))).toBe("2.0");
  });

  test("with key and default", () => {
    expect(max(["aa", "b", "cc"], { key: len })).toBe("aa");
    expect(min("aa", "b", { key: len })).toBe("b");
    expect(max([], { default: null })).toBe(null);
    expect(() => max([])).toThrow(new ValueError("max() arg is an empty sequence"));
    expect(() => min(1, "a" as never)).toThrow(new TypeError("'<' not supported between instances of 'str' and 'int'"));
  });
});

describe("sorted", () => {
  test("is stable, by key, in either direction", () => {
    expect(sorted([3, 1, 2])).toEqual([1, 2, 3]);
    expect(sorted([10, 9, 1])).toEqual([1, 9, 10]);
    const words = ["bb", "a", "cc", "d"];
    expect(sorted(words, { key: len })).toEqual(["a", "d", "bb", "cc"]);
    expect(sorted(words, { key: len, reverse: true })).toEqual(["bb", "cc", "a", "d"]);
    expect(sorted({ b: 1, a: 2 } as never)).toEqual(["a", "b"]);
    expect(words).toEqual(["bb", "a", "cc", "d"]);
  });

  test("compares lists by their first difference", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer())), (pairs) => {
        const ordered = sorted(pairs);
        for (let i = 1; i < ordered.length; i++) {
          const [a, b] = [ordered[i - 1], ordered[i]];
          expect(a[0] < b[0] || (a[0] === b[0] && a[1] <= b[1])).toBe(true);
        }
      }),
    );
  });
});

describe("isinstance", () => {
  test("knows Python's builtin types and classes", () => {
    expect([isinstance(2, int), isinstance(2n, int), isinstance(true, int), isinstance(0.5, int)]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect([isinstance(0.5, float), isinstance(float(2), float), isinstance(2, float)]).toEqual([true, true, false]);
    expect([isinstance("a", str), isinstance("a", String), isinstance(1, str)]).toEqual([true, true, false]);
    expect([isinstance(true, bool), isinstance(1, bool)]).toEqual([true, false]);
    expect([isinstance([], list), isinstance([], Array), isinstance([], tuple), isinstance({}, list)]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect([isinstance({}, Object), isinstance(new Map(), Object), isinstance([], Object)]).toEqual([
      true,
      true,
      false,
    ]);
    expect([isinstance(complex(1), complex), isinstance(slice(1), slice), isinstance(range(1), range)]).toEqual([
      true,
      true,
      true,
    ]);
    expect([isinstance(new Map(), Map), isinstance(1, [str, int]), isinstance(null, [str, int])]).toEqual([
      true,
      true,
      false,
    ]);
    expect(() => isinstance(1, 2 as never)).toThrow(TypeError);
  });

  test("narrows the type", () => {
    const x: unknown = "a";
    if (isinstance(x, str)) expectTypeOf(x).toBeString();
    if (isinstance(x, Map)) expectTypeOf(x).toExtend<Map<unknown, unknown>>();
  });
});

describe("slice", () => {
  test("indices are Python's", () => {
    expect(slice(1, 3).indices(10)).toEqual([1, 3, 1]);
    expect(slice(null).indices(10)).toEqual([0, 10, 1]);
    expect(slice(-3, null).indices(10)).toEqual([7, 10, 1]);
    expect(slice(null, null, -1).indices(10)).toEqual([9, -1, -1]);
    expect(slice(20, -20, -3).indices(10)).toEqual([9, -1, -3]);
    expect(slice(2, 100).indices(0)).toEqual([0, 0, 1]);
    expect(slice({ item: () => 2 }).indices(5)).toEqual([0, 2, 1]);
    expect(() => slice(null, null, 0).indices(3)).toThrow(new ValueError("slice step cannot be zero"));
  });
});

describe("copy.deepcopy", () => {
  test("copies what is inside, keeps what is shared, and the class", () => {
    class Point {
      x = [1];
      get first() {
        return this.x[0];
      }
    }
    const shared = { a: 1 };
    const original = {
      list: [shared, shared],
      map: new Map([[1, shared]]),
      set: new Set([1]),
      point: new Point(),
      data: new Float32Array(2),
    };
    const made = deepcopy(original);
    expect(made).toEqual(original);
    expect(made.list[0]).not.toBe(shared);
    expect(made.list[1]).toBe(made.list[0]);
    expect(made.map.get(1)).toBe(made.list[0]);
    expect(made.point).toBeInstanceOf(Point);
    expect(made.point.x).not.toBe(original.point.x);
    expect(made.point.first).toBe(1);
    expect(made.data).not.toBe(original.data);
    expect(copy.deepcopy).toBe(deepcopy);
  });

  test("of an object inside itself", () => {
    const original: unknown[] = [];
    original.push(original);
    const made = deepcopy(original);
    expect(made[0]).toBe(made);
    expect(made).not.toBe(original);
  });

  test("uses __deepcopy__, once for each object, and leaves what cannot change", () => {
    const item = { __deepcopy__: vi.fn((memo: Map<unknown, unknown>) => ({ known: memo.size })) };
    const made = deepcopy([item, item]);
    expect(item.__deepcopy__).toHaveBeenCalledTimes(1);
    expect(made[0]).toBe(made[1]);
    const frozen = Object.freeze(new (class DType {})());
    for (const x of [1, "a", null, float(2), complex(1, 2), slice(1), frozen, print]) expect(deepcopy(x)).toBe(x);
  });
});

describe("copy.copy", () => {
  test("makes a new container with the same elements", () => {
    const original = { list: [1], map: new Map([[1, {}]]) };
    const made = copy.copy(original);
    expect(made).not.toBe(original);
    expect(made.list).toBe(original.list);
    expect(copy.copy(original.map).get(1)).toBe(original.map.get(1));
    expect(copy.copy([1, 2])).toEqual([1, 2]);
    expect(copy.copy({ __copy__: () => "its own" })).toBe("its own");
  });
});
