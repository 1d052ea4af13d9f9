import * as torch from "tstorch";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { native } from "../../dist/binding.js";

const { saved_tensors_hooks, save_on_cpu, disable_saved_tensors_hooks } = torch.autograd.graph;
type Tensor = torch.Tensor;
const leaf = (...values: number[]) => torch.tensor(values, { dtype: torch.float32, requires_grad: true });

describe.each([
  ["on the calling thread", false],
  ["on another thread", true],
])("saved_tensors_hooks %s", (_, helper) => {
  beforeEach(() => native.runBackwardOnHelperThread(helper));
  afterEach(() => native.runBackwardOnHelperThread(false));

  test("see what is saved, and give it back", () => {
    const seen: unknown[] = [];
    const x = leaf(1, 2);
    const pack = (tensor: Tensor) => {
      seen.push(["pack", tensor.tolist()]);
      return { kept: tensor.mul(10) };
    };
    const unpack = ({ kept }: { kept: Tensor }) => {
      seen.push(["unpack", kept.tolist()]);
      return kept;
    };
    const y = saved_tensors_hooks(pack, unpack, () => x.pow(2).sum());
    y.backward();
    expect(seen).toEqual([
      ["pack", [1, 2]],
      ["unpack", [10, 20]],
    ]);
    expect(x.grad?.tolist()).toEqual([20, 40]);
    x.pow(2);
    expect(seen).toHaveLength(2);
  });

  test("what is packed may be anything", () => {
    for (const packed of [5, "text", null, undefined, Symbol("s"), () => 1]) {
      const x = leaf(3);
      const given: unknown[] = [];
      saved_tensors_hooks(
        () => packed,
        (value: unknown) => {
          given.push(value);
          return torch.ones(1);
        },
        () => x.pow(2),
      ).backward();
      expect(given).toEqual([packed]);
      expect(x.grad?.item()).toBe(2);
    }
  });

  test("errors in them reach the caller", () => {
    const mine = new Error("mine");
    const fail = () => {
      throw mine;
    };
    const x = leaf(1);
    expect(() =>
      saved_tensors_hooks(
        fail,
        (t: Tensor) => t,
        () => x.exp(),
      ),
    ).toThrow(mine);
    const y = saved_tensors_hooks(
      (t) => t,
      fail,
      () => x.exp(),
    );
    expect(() => y.backward()).toThrow(mine);
    expect(x.exp().requires_grad).toBe(true);
    const bad = saved_tensors_hooks(
      (t) => t,
      () => 5 as never,
      () => x.exp(),
    );
    expect(() => bad.backward()).toThrow(
      new TypeError("Output of saved tensor unpack_hook expected to be a Tensor but got result of type int"),
    );
    expect(() =>
      saved_tensors_hooks(
        (t) => t.mul_(2),
        (t: Tensor) => t,
        () => leaf(1).mul(leaf(2)),
      ),
    ).toThrow("A saved tensor pack hook is modifying its input in place.");
  });

  test("the innermost hooks count; by using, by keyword", () => {
    const seen: string[] = [];
    const named = (name: string) => ({
      pack_hook: (t: Tensor) => {
        seen.push(name);
        return t;
      },
      unpack_hook: (t: Tensor) => t,
    });
    const x = leaf(1);
    {
      using _ = saved_tensors_hooks(named("outer"));
      x.exp();
      saved_tensors_hooks(named("inner"), () => x.exp());
      x.exp();
    }
    x.exp();
    expect(seen).toEqual(["outer", "inner", "outer"]);
  });

  test("hold in a graph that backward() makes", () => {
    let packed = 0;
    const x = leaf(2);
    saved_tensors_hooks(
      (t) => {
        packed++;
        return t;
      },
      (t: Tensor) => t,
      () => torch.autograd.grad(x.pow(3), x, { create_graph: true })[0].backward(),
    );
    expect(packed).toBeGreaterThan(1);
    expect(x.grad?.item()).toBe(12);
  });

  test("operators in hooks", () => {
    const x = leaf(1, 2);
    const y = x.mul(1);
    const result = saved_tensors_hooks(
      (t) => torch.stack([t.mul(2), t.add(1)]),
      (t: Tensor) => t[0].div(2),
      () => y.mul_(x.exp()),
    );
    expect(result).toBe(y);
    y.sum().backward();
    expect(x.grad?.tolist()).toEqual([2 * Math.E, 3 * Math.exp(2)].map((v) => expect.closeTo(v, 4)));
  });

  test("torch.tidy() does not free what is packed", () => {
    const x = leaf(2);
    const y = torch.tidy(() =>
      saved_tensors_hooks(
        (t) => t.clone(),
        (t: Tensor) => t,
        () => x.pow(2),
      ),
    );
    y.backward();
    expect(x.grad?.item()).toBe(4);
  });
});

test("around an async function", async () => {
  let packed = 0;
  const x = leaf(1);
  const count = (t: Tensor) => {
    packed++;
    return t;
  };
  const running = saved_tensors_hooks(
    count,
    (t: Tensor) => t,
    async () => {
      await null;
      return x.exp();
    },
  );
  x.exp();
  expect(packed).toBe(0);
  (await running).backward();
  expect(packed).toBe(1);
});

test("save_on_cpu", () => {
  const x = leaf(1, 2);
  for (const options of [{}, { pin_memory: true }]) {
    x.grad = null;
    save_on_cpu(options, () => x.pow(2).sum()).backward();
    expect((x.grad as Tensor | null)?.tolist()).toEqual([2, 4]);
  }
  save_on_cpu(() => x.pow(2).sum()).backward();
  expect((x.grad as Tensor | null)?.tolist()).toEqual([4, 8]);
});

test("disable_saved_tensors_hooks", () => {
  const hooks = () =>
    saved_tensors_hooks(
      (t) => t,
      (t: Tensor) => t,
      () => 1,
    );
  expect(() => disable_saved_tensors_hooks("not here", hooks)).toThrow(new torch.RuntimeError("not here"));
  expect(() =>
    disable_saved_tensors_hooks("outer", () => {
      disable_saved_tensors_hooks("inner", () => 1);
      return hooks();
    }),
  ).toThrow("outer");
  expect(hooks()).toBe(1);
});
