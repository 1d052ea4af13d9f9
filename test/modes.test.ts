// biome-ignore-all lint/suspicious/noExplicitAny: arguments that the types refuse
import { AsyncResource } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import * as torch from "tstorch";
import { afterEach, describe, expect, test } from "vitest";

const { no_grad, enable_grad, inference_mode, set_grad_enabled, is_grad_enabled, is_inference_mode_enabled } = torch;

const x = torch.ones(2, { requires_grad: true });
/** Whether operations are recorded, as their results tell. */
const records = () => x.mul(2).requires_grad;

afterEach(async () => {
  await sleep(0);
  expect(is_grad_enabled()).toBe(true);
  expect(is_inference_mode_enabled()).toBe(false);
  expect(records()).toBe(true);
});

describe("around a function", () => {
  test("holds inside, and returns what the function returns", () => {
    expect(no_grad(() => [records(), is_grad_enabled()])).toEqual([false, false]);
    expect(no_grad(() => enable_grad(records))).toBe(true);
    expect(no_grad(() => [enable_grad(records), records()])).toEqual([true, false]);
    expect(set_grad_enabled(false, records)).toBe(false);
    expect(no_grad(() => set_grad_enabled(true, records))).toBe(true);
    expect(inference_mode(() => [records(), is_inference_mode_enabled()])).toEqual([false, true]);
    expect(inference_mode(true, records)).toBe(false);
    expect(inference_mode(false, () => [records(), is_inference_mode_enabled()])).toEqual([true, false]);
    expect(inference_mode(() => inference_mode(false, () => [records(), is_inference_mode_enabled()]))).toEqual([
      true,
      false,
    ]);
  });

  test("ends when the function throws", () => {
    const error = new Error("mine");
    for (const mode of [no_grad, enable_grad, inference_mode]) {
      expect(() =>
        mode(() => {
          throw error;
        }),
      ).toThrow(error);
      expect(records()).toBe(true);
    }
  });

  test("refuses what is no function", () => {
    expect(() => no_grad(5 as any)).toThrow(TypeError);
    expect(() => (set_grad_enabled as any)()).toThrow(TypeError);
    expect(() => set_grad_enabled("a" as any)).toThrow(TypeError);
    expect(() => inference_mode("a" as any)).toThrow(TypeError);
  });
});

describe("with using", () => {
  test("holds until the end of the block", () => {
    {
      using _ = no_grad();
      expect(records()).toBe(false);
      {
        using _ = enable_grad();
        expect(records()).toBe(true);
      }
      expect(records()).toBe(false);
      {
        using _ = inference_mode();
        expect(is_inference_mode_enabled()).toBe(true);
      }
      expect(is_inference_mode_enabled()).toBe(false);
    }
    expect(records()).toBe(true);
    {
      using _ = set_grad_enabled(false);
      expect(records()).toBe(false);
    }
  });

  test("ends when the block throws, and is left once", () => {
    expect(() => {
      using _ = no_grad();
      throw new Error("mine");
    }).toThrow("mine");
    expect(records()).toBe(true);
    const entered = no_grad();
    entered.dispose();
    expect(records()).toBe(true);
    no_grad(() => entered.dispose());
  });

  test("an await inside is an error, and the mode does not outlive it", async () => {
    const seen: boolean[] = [];
    const body = async () => {
      using _ = no_grad();
      seen.push(records());
      await sleep(1);
      seen.push(records());
    };
    const refused = expect(body()).rejects.toThrow(
      "torch.no_grad was still entered by `using` at an await, where it would hold for other code too; write torch.no_grad(async () => { ... })",
    );
    await sleep(0);
    expect(records()).toBe(true);
    await refused;
    expect(seen).toEqual([false, true]);
  });

  test("set_grad_enabled() as a statement holds for good", () => {
    set_grad_enabled(false);
    expect(records()).toBe(false);
    set_grad_enabled(true);
    expect(records()).toBe(true);
  });
});

describe("around an async function", () => {
  test("holds until it settles, and for nothing else", async () => {
    const running = no_grad(async () => {
      const before = records();
      await sleep(2);
      return [before, records(), is_grad_enabled()];
    });
    expect(records()).toBe(true);
    expect(is_grad_enabled()).toBe(true);
    expect(await running).toEqual([false, false, false]);
    expect(records()).toBe(true);
  });

  test("ends when the function throws", async () => {
    await expect(
      no_grad(async () => {
        throw new Error("at once");
      }),
    ).rejects.toThrow("at once");
    await expect(
      no_grad(async () => {
        await sleep(1);
        throw new Error("later");
      }),
    ).rejects.toThrow("later");
    expect(records()).toBe(true);
  });

  test("many interleave", async () => {
    const wrong: string[] = [];
    const watch = async (name: string, expected: boolean, times: number) => {
      for (let i = 0; i < times; i++) {
        if (records() !== expected) wrong.push(`${name} ${i}`);
        await (i % 3 === 0 ? sleep(1) : i % 3 === 1 ? Promise.resolve() : new Promise(setImmediate));
      }
    };
    await Promise.all([
      watch("free", true, 60),
      no_grad(async () => {
        await watch("no_grad", false, 20);
        await enable_grad(async () => {
          await watch("enabled in no_grad", true, 20);
          await inference_mode(async () => watch("inference", false, 10));
          await watch("enabled again", true, 10);
        });
        await watch("no_grad again", false, 10);
      }),
      enable_grad(async () => watch("enable_grad", true, 60)),
      inference_mode(async () => watch("inference_mode", false, 60)),
      no_grad(async () =>
        Promise.all([watch("a", false, 30), enable_grad(async () => watch("b", true, 30)), watch("c", false, 30)]),
      ),
    ]);
    expect(wrong).toEqual([]);
  });

  test("modes around plain functions inside of it", async () => {
    const seen = await no_grad(async () => {
      await sleep(1);
      const inner = enable_grad(records);
      const after = records();
      await sleep(1);
      const entered = enable_grad();
      const used = records();
      entered.dispose();
      return { inner, after, used, afterUsing: records(), flag: is_grad_enabled() };
    });
    expect(seen).toEqual({ inner: true, after: false, used: true, afterUsing: false, flag: false });
  });

  test("modes around plain functions while another one runs", async () => {
    let done = false;
    const running = no_grad(async () => {
      while (!done) {
        records();
        await sleep(1);
      }
    });
    await sleep(5);
    expect(no_grad(records)).toBe(false);
    expect(enable_grad(records)).toBe(true);
    {
      using _ = inference_mode();
      expect([records(), is_inference_mode_enabled()]).toEqual([false, true]);
    }
    {
      using _ = set_grad_enabled(false);
      expect(records()).toBe(false);
    }
    expect(records()).toBe(true);
    await sleep(3);
    set_grad_enabled(false);
    expect(records()).toBe(false);
    set_grad_enabled(true);
    done = true;
    await running;
    expect(records()).toBe(true);
  });

  test("begun inside a plain mode, it keeps its own only", async () => {
    let running: Promise<boolean[]> | undefined;
    no_grad(() => {
      running = enable_grad(async () => {
        const before = records();
        await sleep(1);
        return [before, records()];
      });
      expect(records()).toBe(false);
    });
    expect(await running).toEqual([true, true]);
  });

  test("begun inside a plain mode inside of another one, it leaves the plain mode alone", async () => {
    const seen = await no_grad(async () => {
      await sleep(1);
      const inner: boolean[] = [];
      let running: Promise<boolean[]> | undefined;
      enable_grad(() => {
        running = inference_mode(async () => {
          const before = records();
          await sleep(1);
          return [before, is_inference_mode_enabled(), is_grad_enabled()];
        });
        inner.push(records(), is_inference_mode_enabled());
        enable_grad(async () => records());
        inner.push(records());
      });
      return [inner, records(), await running, records()];
    });
    expect(seen).toEqual([[true, false, true], false, [false, true, false], false]);
  });

  test("plain modes hold while code of another flow is called in their midst", async () => {
    const outside = new AsyncResource("outside");
    const seen = await no_grad(async () => {
      await sleep(1);
      const inside = new AsyncResource("inside");
      const first = enable_grad(() => [outside.runInAsyncScope(records), records()]);
      inference_mode(() => {
        first.push(outside.runInAsyncScope(() => no_grad(() => inside.runInAsyncScope(is_inference_mode_enabled))));
        first.push(is_inference_mode_enabled());
      });
      return [...first, records()];
    });
    expect(seen).toEqual([true, true, true, true, false]);
  });

  test("`using` in one flow, left at its await, does not disturb another one", async () => {
    const seen: boolean[] = [];
    const running = no_grad(async () => {
      await null;
      for (let i = 0; i < 4; i++) {
        seen.push(records());
        await null;
        seen.push(records());
      }
    });
    const body = async () => {
      using _ = enable_grad();
      await running;
    };
    await expect(body()).rejects.toThrow("torch.enable_grad was still entered by `using` at an await");
    expect(seen).toEqual(new Array(8).fill(false));
  });

  test("set_grad_enabled() as a statement holds for the rest of it, and for nothing else", async () => {
    const seen: boolean[] = [];
    const running = no_grad(async () => {
      await sleep(1);
      set_grad_enabled(true);
      seen.push(records());
      await sleep(3);
      seen.push(records(), await inference_mode(async () => records()), records());
      for (let i = 0; i < 10; i++) set_grad_enabled(i % 2 === 1);
      enable_grad(() => {
        set_grad_enabled(false);
        seen.push(records());
      });
      seen.push(records());
      {
        using _ = set_grad_enabled(false);
        seen.push(records());
      }
      seen.push(records());
    });
    await sleep(2);
    expect(records()).toBe(true);
    await running;
    expect(seen).toEqual([true, true, false, true, false, true, false, true]);
  });

  test("what still runs after it settled has the modes around it", async () => {
    let late: Promise<boolean[]> | undefined;
    const other = no_grad(() => sleep(6)); // a plain function: no mode holds
    await enable_grad(async () => {
      await no_grad(async () => {
        late = (async () => {
          await sleep(2);
          return [records(), is_grad_enabled()];
        })();
      });
      expect(await late).toEqual([true, true]);
    });
    await other;
  });

  test("the mode of a device", async () => {
    const types = await torch.device("meta", async () => {
      const before = torch.ones(1).device.type;
      await sleep(1);
      return [before, torch.ones(1).device.type, torch.device("cpu", () => torch.ones(1).device.type)];
    });
    expect(types).toEqual(["meta", "meta", "cpu"]);
    expect(torch.ones(1).device.type).toBe("cpu");
  });

  test("tensors made from data follow the mode too", async () => {
    const made = await inference_mode(async () => {
      await sleep(1);
      return [
        torch.tensor([1.5]).is_inference(),
        torch.from_numpy(new Float32Array(2)).is_inference(),
        torch.zeros(1).is_inference(),
      ];
    });
    expect(made).toEqual([true, true, true]);
  });

  test("backward(), and hooks, inside", async () => {
    const grads = await enable_grad(async () => {
      await sleep(1);
      const leaf = torch.ones(1, { requires_grad: true });
      let hooked = false;
      const y = leaf.mul(3);
      y.register_hook(() => {
        hooked = true;
      });
      y.backward();
      return [leaf.grad?.item(), hooked];
    });
    expect(grads).toEqual([3, true]);
  });

  test("an async generator function is refused: its body would run outside", () => {
    expect(() =>
      no_grad(async function* () {
        yield records();
      }),
    ).toThrow(torch.RuntimeError);
    expect(() =>
      no_grad(function* () {
        yield records();
      }),
    ).toThrow(torch.RuntimeError);
  });

  test("a bound async function is one too", async () => {
    async function body(this: { times: number }) {
      await sleep(1);
      return [records(), this.times];
    }
    expect(await no_grad(body.bind({ times: 2 }))).toEqual([false, 2]);
  });
});

describe("inference tensors", () => {
  const made = inference_mode(() => torch.ones(1));

  test("cannot take part in autograd", () => {
    expect(made.is_inference()).toBe(true);
    expect(() => made.requires_grad_()).toThrow(
      "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.",
    );
    expect(() => x["0:1"].mul(made)).toThrow("Inference tensors cannot be saved for backward.");
    expect(() => made.add_(1)).toThrow("Inplace update to inference tensor outside InferenceMode is not allowed.");
    expect(made.clone().is_inference()).toBe(false);
  });
});
