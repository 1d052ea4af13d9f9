// biome-ignore-all lint/suspicious/noExplicitAny: arguments that the types refuse
import { createHash } from "node:crypto";
import * as torch from "tstorch";
import { beforeEach, describe, expect, test } from "vitest";

const { Generator, tensor, ones } = torch;
const loose = torch as any;

/** Compares with the digits that Python printed. */
function near(actual: torch.Tensor, expected: number[], digits = 6) {
  const values = actual.tolist() as number[];
  expect(values).toHaveLength(expected.length);
  for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i], digits);
}

describe("the numbers are Python's", () => {
  beforeEach(() => {
    torch.manual_seed(1234);
  });

  test("rand, randn, randint, randperm", () => {
    near(torch.rand(3), [0.02897924, 0.40189856, 0.25984418]);
    near(torch.randn(3), [1.24471486, -0.55608034, -0.044578]);
    expect(torch.randint(10, [5]).tolist()).toEqual([1, 4, 2, 3, 2]);
    expect(torch.randperm(8).tolist()).toEqual([4, 2, 1, 5, 6, 3, 0, 7]);
  });

  test("many at once, and other dtypes", () => {
    near(torch.randn(20).index([0, 1, 19]), [-0.11171857, -0.49659011, -0.99185735]);
    near(torch.rand(2, { dtype: torch.float64 }), [0.7489177182810536, 0.6491671783420759], 12);
    near(torch.randn(2, { dtype: torch.float64 }), [-0.20389927856298526, 0.8737533428348121], 12);
    near(torch.randn(3, { dtype: torch.bfloat16 }), [-0.6796875, 0.6328125, 0.1923828125]);
    near(torch.rand(3, { dtype: torch.float16 }), [0.68408203125, 0.765625, 0.9150390625]);
    near(
      torch.view_as_real(torch.randn(2, { dtype: torch.complex64 })).flatten(),
      [0.06492812, 0.06289388, 0.17154118, -0.54606813],
    );
  });

  test("in place", () => {
    near(torch.empty(3).normal_(1, 2), [1.09226096, 1.80480564, -1.02305818]);
    near(torch.empty(3).uniform_(-1, 1), [0.34761226, -0.33707607, 0.56741607]);
    near(torch.empty(8).bernoulli_(0.3), [0, 0, 0, 1, 0, 0, 1, 0]);
    near(torch.empty(2).exponential_(2), [0.81955403, 0.12421146]);
    near(torch.empty(3).geometric_(0.2), [2, 3, 5]);
    near(torch.empty(2).cauchy_(), [-0.28349864, 0.38080025]);
    near(torch.empty(2).log_normal_(), [4.1932516, 7.9640207]);
    expect(torch.empty(4, { dtype: torch.int64 }).random_(5).tolist()).toEqual([4, 3, 0, 2]);
    expect(torch.empty(4, { dtype: torch.int64 }).random_(5, 100).tolist()).toEqual([76, 34, 13, 88]);
  });

  test("sampling, and dropout's masks", () => {
    const weights = tensor([0.1, 0.2, 0.3, 0.4]);
    near(torch.bernoulli(torch.full([6], 0.4)), [1, 0, 1, 1, 1, 0]);
    near(torch.dropout(ones(8), 0.5, true), [2, 2, 2, 2, 2, 2, 0, 0]);
    expect(torch.multinomial(weights, 3).tolist()).toEqual([0, 3, 2]);
    expect(torch.multinomial(weights, 6, { replacement: true }).tolist()).toEqual([2, 2, 1, 3, 3, 1]);
    near(torch.normal(torch.zeros(3), ones(3)), [-0.47898382, 0.85389844, -0.22851154]);
    near(torch.normal(0, 1, [3]), [0.3081061, 1.11712134, 0.15849662]);
    near(torch.poisson(torch.full([4], 3.5).sub(0.5)), [4, 4, 2, 3]);
    near(torch.rand_like(ones(2)), [0.22394311, 0.67724109]);
    near(torch.randint_like(ones(3), 5), [2, 3, 4]);
    near(
      torch.rrelu(
        tensor([-1.5, -2])
          .round()
          .add(tensor([1, 0])),
        { training: true },
      ),
      [-0.30379978, -0.64582998],
    );
    near(torch.alpha_dropout(ones(3), 0.5, true), [-0.77919394, 1.66559887, -0.77919394]);
  });

  test("integers of a wide range", () => {
    torch.manual_seed(42);
    torch.rand(2);
    expect(torch.randint(2 ** 40, [2]).tolist()).toEqual([395924837646, 458615280711]);
    expect(torch.randint(-5, 5, [4]).tolist()).toEqual([-5, -1, -5, -2]);
  });

  test("of a generator given by keyword", () => {
    const generator = Generator().manual_seed(7);
    near(torch.rand(2, { generator }), [0.53492254, 0.19880319]);
    near(torch.randn(2, { generator }), [-0.29524603, 1.96854782]);
    expect(torch.randint(100, [3], { generator }).tolist()).toEqual([87, 79, 88]);
    expect(torch.randperm(5, { generator }).tolist()).toEqual([1, 3, 0, 2, 4]);
    near(torch.empty(2).normal_({ generator }), [-1.1912973, -1.65176582]);
    near(torch.bernoulli(torch.full([4], 0.5), { generator }), [1, 0, 1, 0]);
    expect(torch.multinomial(ones(5), 2, { generator }).tolist()).toEqual([3, 0]);
    near(torch.rand(1), [0.02897924]); // the default generator was not touched
  });
});

describe("torch.Generator", () => {
  test("begins with Python's seed and state", () => {
    const g = Generator();
    expect(g.initial_seed()).toBe(67280421310721);
    expect(g.device.type).toBe("cpu");
    expect(String(g)).toMatch(/^<torch\._C\.Generator object/);
    const state = g.get_state();
    expect([...state.shape]).toEqual([5056]);
    expect(state.dtype).toBe(torch.uint8);
    const digest = createHash("sha256")
      .update(state.numpy().data as never)
      .digest("hex");
    expect(digest.slice(0, 16)).toBe("7dbca2abd059af5d");
    expect(new Generator({ device: "cpu" }).initial_seed()).toBe(67280421310721);
    expect(Generator("cpu")).toBeInstanceOf(Generator);
  });

  test("seeds", () => {
    const g = Generator();
    expect(g.manual_seed(-1)).toBe(g);
    expect(g.initial_seed()).toBe(2n ** 64n - 1n);
    expect(g.manual_seed(2n ** 64n - 1n).initial_seed()).toBe(2n ** 64n - 1n);
    expect(g.manual_seed(5n).initial_seed()).toBe(5);
    expect(() => g.manual_seed(2n ** 64n)).toThrow(new torch.ValueError("Overflow when unpacking long long"));
    expect(() => g.manual_seed(-(2n ** 63n) - 1n)).toThrow("Overflow when unpacking long long");
    expect(() => g.manual_seed(1.5)).toThrow(new torch.RuntimeError("manual_seed expected a long, but got float"));
    expect(() => g.manual_seed("a" as any)).toThrow("manual_seed expected a long, but got str");
    expect(() => g.manual_seed(undefined as any)).toThrow();
    const seeds = new Set([g.seed(), g.seed(), g.seed()]);
    expect(seeds.size).toBe(3);
    expect(seeds.has(g.initial_seed())).toBe(true);
  });

  test("get_state() and set_state()", () => {
    const g = Generator().manual_seed(3);
    torch.rand(5, { generator: g });
    torch.randn(1, { generator: g });
    const state = g.get_state();
    const next = torch.randn(40, { generator: g });
    expect(torch.equal(g.get_state(), state)).toBe(false);
    g.set_state(state);
    expect(torch.equal(torch.randn(40, { generator: g }), next)).toBe(true);
    g.set_state(state);
    const copy = g.clone_state();
    expect(torch.equal(torch.randn(40, { generator: copy }), next)).toBe(true);
    expect(torch.equal(torch.randn(40, { generator: g }), next)).toBe(true);
    expect(() => g.set_state(tensor([1]))).toThrow(new TypeError("RNG state must be a torch.ByteTensor"));
    expect(() => g.set_state([1] as any)).toThrow(new TypeError("expected a torch.ByteTensor, but got list"));
    expect(() => g.set_state(tensor([1], { dtype: torch.uint8 }))).toThrow(
      "Expected a CPUGeneratorImplState of size 5056 but found the input RNG state size to be 1",
    );
  });

  test("errors", () => {
    expect(() => Generator("foo")).toThrow(torch.RuntimeError);
    expect(() => Generator("meta")).toThrow("META device type not an accelerator.");
    expect(() => loose.Generator({ foo: 1 })).toThrow(TypeError);
    expect(() => loose.Generator(null)).toThrow(TypeError);
    expect(() => loose.rand(2, { generator: 5 })).toThrow(
      /^rand\(\) received an invalid combination of arguments - got \(int, generator=int\), but expected one of:/,
    );
    expect(() => loose.rand(2, { generator: Object.create(Generator.prototype) })).toThrow(TypeError);
  });
});

describe("the default generator", () => {
  test("manual_seed() returns it", () => {
    expect(torch.manual_seed(42)).toBe(torch.default_generator);
    expect(torch.initial_seed()).toBe(42);
    expect(torch.default_generator.initial_seed()).toBe(42);
    expect(torch.manual_seed(-1).initial_seed()).toBe(2n ** 64n - 1n);
    expect(torch.manual_seed(1.5).initial_seed()).toBe(1);
    expect(loose.manual_seed(true).initial_seed()).toBe(1);
    expect(() => torch.manual_seed(Number.NaN)).toThrow(new torch.ValueError("cannot convert float NaN to integer"));
    expect(() => loose.manual_seed("a")).toThrow(torch.ValueError);
    expect(() => torch.manual_seed(2n ** 64n)).toThrow("Overflow when unpacking long long");
  });

  test("get_rng_state() and set_rng_state()", () => {
    const state = torch.get_rng_state();
    const x = torch.rand(2);
    torch.set_rng_state(state);
    expect(torch.equal(torch.rand(2), x)).toBe(true);
    expect(() => torch.set_rng_state([1] as any)).toThrow("expected a torch.ByteTensor, but got list");
  });

  test("seed() takes one from the system", () => {
    const taken = torch.seed();
    expect(torch.initial_seed()).toBe(taken);
    const x = torch.rand(2);
    torch.manual_seed(taken);
    expect(torch.equal(torch.rand(2), x)).toBe(true);
  });
});

test("errors of the functions", () => {
  expect(() => torch.randint(5, 5, [2])).toThrow("random_ expects 'from' to be less than 'to', but got from=5 >= to=5");
  expect(() => torch.normal(0, -1, [2])).toThrow("normal expects std >= 0.0, but found std -1");
  expect(() => torch.multinomial(ones(2), 3)).toThrow(
    "cannot sample n_sample > prob_dist.size(-1) samples without replacement",
  );
  expect(() => torch.dropout(ones(2), 1.5, true)).toThrow("dropout probability has to be between 0 and 1, but got 1.5");
  expect(() => torch.randperm(-1)).toThrow("Trying to create tensor with negative dimension -1: [-1]");
});

describe("fork_rng()", () => {
  test("sets the generator back", () => {
    torch.manual_seed(0);
    const expected = torch.rand(2).tolist();
    torch.manual_seed(0);
    const inside = torch.random.fork_rng(() => torch.rand(2).tolist());
    expect(inside).toEqual(expected);
    expect(torch.rand(2).tolist()).toEqual(expected);
    {
      using _ = torch.random.fork_rng();
      torch.manual_seed(5);
    }
    torch.manual_seed(0);
    torch.random.fork_rng({ enabled: false }, () => torch.rand(2));
    expect(torch.rand(2).tolist()).not.toEqual(expected);
  });
});
