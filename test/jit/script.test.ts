// torch/jit/_script.py and _serialization.py: modules that Python scripted and traced; recordings/record.py made them.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import torch, { nn } from "tstorch";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const folder = path.join(import.meta.dirname, "recordings");
const file = (name: string) => path.join(folder, name);
const recorded = JSON.parse(fs.readFileSync(file("record.json"), "utf8"));
const { tensor, ones } = torch;

let temporary: string;
beforeAll(() => {
  temporary = fs.mkdtempSync(path.join(os.tmpdir(), "jit-"));
});
afterAll(() => fs.rmSync(temporary, { recursive: true }));

function thrown(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("it did not throw");
}

describe("a module that Python scripted", () => {
  const load = () => torch.jit.load(file("scripted.pt"));

  test("prints as Python's", () => {
    const m = load();
    expect(String(m)).toBe(recorded.scripted.repr);
    expect(m.code).toBe(recorded.scripted.code);
    expect(m.graph.str(false)).toBe(recorded.scripted.graph);
    expect(m.original_name).toBe("Scripted");
  });

  test("computes what Python's does", () => {
    const m = load();
    const x = tensor([[1, -2]], { dtype: torch.float32 });
    expect(m(x).tolist()).toEqual(recorded.scripted.output);
    expect(m(x, 3, { flag: true }).tolist()).toEqual(recorded.scripted.flagged);
    expect(m(x, { n: 3, flag: true }).tolist()).toEqual(recorded.scripted.flagged);
  });

  test("is a Module with the same state, whose code changes its buffers", () => {
    const m = load();
    expect(m).toBeInstanceOf(nn.Module);
    expect(m).toBeInstanceOf(torch.jit.ScriptModule);
    expect(Object.keys(m.state_dict()).sort()).toEqual([...recorded.scripted.state].sort());
    expect([...m.named_parameters()].map(([name]) => name)).toEqual(["fc.weight", "fc.bias"]);
    expect([...m.named_buffers()].map(([name]) => name)).toEqual(["seen"]);
    expect([...m.named_modules()].map(([name]) => name)).toEqual(["", "fc"]);
    m(ones(1, 2));
    m(ones(1, 2));
    expect(m.seen.item()).toBe(2);
    expect(m.state_dict().seen.item()).toBe(2);
  });

  test("trains: its parameters are those that it computes with", () => {
    const m = load();
    const [weight] = m.parameters();
    expect(weight).toBeInstanceOf(nn.Parameter);
    expect(weight).toBe(m.fc.weight);
    m(ones(1, 2)).sum().backward();
    expect(weight.grad?.tolist()).toEqual([
      [2, 2],
      [2, 2],
      [2, 2],
    ]);
    const optimizer = torch.optim.SGD(m.parameters(), { lr: 0.5 });
    const before = m(ones(1, 2));
    optimizer.step();
    expect(before.sub(m(ones(1, 2))).tolist()).toEqual([[6, 6, 6]]);
  });

  test("moves, is trained and evaluated, and its attributes are set", () => {
    const m = load();
    expect(m.training).toBe(true);
    expect(m.fc.training).toBe(true);
    m.eval();
    expect(m.training || m.fc.training).toBe(false);
    m.double();
    expect(m.seen.dtype).toBe(torch.float64);
    expect(m(ones(1, 2, { dtype: torch.float64 })).dtype).toBe(torch.float64);
    expect(m.count).toBe(4);
    m.count = 7;
    expect(m.count).toBe(7);
    m.names = ["c"];
    expect(m.names).toEqual(["c"]);
    m.fc.weight = nn.Parameter(torch.zeros(3, 2, { dtype: torch.float64 }));
    m.fc.bias = nn.Parameter(torch.ones(3, { dtype: torch.float64 }));
    expect(m(ones(1, 2, { dtype: torch.float64 })).tolist()).toEqual([[2, 2, 2]]);
    m.load_state_dict(load().double().state_dict());
    expect(m.fc.bias.equal(load().double().fc.bias)).toBe(true);
  });

  test("takes and gives values of every type", () => {
    const m = load();
    const x = ones(2);
    const [point, weights, tuple, list] = m.values(x, [1, 2], { a: 1, b: 2.5 });
    expect(point.n).toBe(2);
    expect(point.a).toBe(x);
    expect(torch.py.repr(point)).toBe("Point(a=tensor([1., 1.]), n=2)");
    expect(weights).toEqual({ a: 1, b: 2.5 });
    expect(tuple).toEqual([1, 2.5, "s", null]);
    expect(list).toEqual([2, 4]);
    const [none, sum, complex] = m.optional(null, [1, 2.5], torch.py.complex(1, -2));
    expect([none, sum, String(complex)]).toEqual([true, 3.5, "(1-2j)"]);
    const keys = m.keys(new Map([[3, x]]));
    expect([...keys.keys()]).toEqual([4]);
    expect(String(m.dtype_of("cpu"))).toBe("cpu");
    expect(m.forked(ones(1, 2)).shape).toEqual([1, 3]);
  });

  test("refuses arguments with Python's texts", () => {
    const m = load();
    const x = ones(1, 2);
    const messages: Record<string, () => unknown> = {
      missing: () => m(),
      not_a_tensor: () => m(1),
      not_an_int: () => m(x, 1.5),
      unknown: () => m(x, { y: 1 }),
      none: () => m(x, { n: null }),
      too_many: () => m(x, 1, true, null, x),
      list: () => m.values(x, [1, 2.5], {}),
      dict: () => m.values(x, [1], { a: "b" }),
      attribute: () => {
        m.count = 2.5;
      },
    };
    for (const [name, call] of Object.entries(messages)) {
      const error = thrown(call);
      expect(error).toBeInstanceOf(torch.RuntimeError);
      expect(error.message).toBe(recorded.errors[name]);
    }
  });

  test("says what fails in it and where", () => {
    const m = load();
    const failed = thrown(() => m.fails(ones(2)));
    expect(failed).toBeInstanceOf(torch.jit.Error);
    expect(failed.message).toMatch(/in fails\n[\s\S]*AssertionError: too small/);
    expect(thrown(() => m.mismatch(ones(1, 2))).message).toMatch(
      /mat1 and mat2 shapes cannot be multiplied \(1x2 and 1x2\)/,
    );
    expect(() => m.nothing()).toThrow(TypeError);
  });

  test("is copied with tensors of its own", () => {
    const m = load();
    const copy = torch.py.copy.deepcopy(m);
    copy.fc.weight.data.zero_();
    expect(m.fc.weight.abs().sum().item()).toBeGreaterThan(0);
    expect(copy.count).toBe(4);
  });

  test("runs hooks as other modules do", () => {
    const m = load();
    m.register_forward_hook((_module: unknown, _args: unknown, output: torch.Tensor) => output.mul(0));
    expect(m(ones(1, 2)).abs().tolist()).toEqual([[0, 0, 0]]);
  });
});

describe("files", () => {
  test("hold extra files", () => {
    const extra: Record<string, string | Uint8Array> = { "notes.txt": "" };
    torch.jit.load(file("scripted.pt"), { _extra_files: extra });
    expect(Buffer.from(extra["notes.txt"]).toString()).toBe("héllo");
  });

  test("go round: a path, bytes, a device", () => {
    const m = torch.jit.load(fs.readFileSync(file("scripted.pt")), "cpu");
    const target = path.join(temporary, "m.pt");
    torch.jit.save(m, target, { _extra_files: { "a.bin": new Uint8Array([1, 2, 255]) } });
    const extra: Record<string, string | Uint8Array> = { "a.bin": "" };
    const again = torch.jit.load(target, { map_location: torch.device("cpu"), _extra_files: extra });
    expect([...(extra["a.bin"] as Uint8Array)]).toEqual([1, 2, 255]);
    expect(again.code).toBe(m.code);
    expect(again(ones(1, 2)).equal(m(ones(1, 2)))).toBe(true);
    m.save(target);
    expect(torch.jit.load(m.save_to_buffer()).count).toBe(4);
  });

  test("hold functions as modules", () => {
    const f = torch.jit.load(file("function.pt"));
    expect(f(tensor([0.5]), tensor([1])).item()).toBeCloseTo(Math.sin(0.5) + 1);
  });

  test("that are missing or are something else are refused by name", () => {
    const missing = thrown(() => torch.jit.load("/nowhere/model.pt"));
    expect(missing).toBeInstanceOf(torch.ValueError);
    expect(missing).toMatchObject({
      code: "ENOENT",
      message: "The provided filename /nowhere/model.pt does not exist",
    });
    expect(thrown(() => torch.jit.load(temporary)).message).toBe(`The provided filename ${temporary} is a directory`);
    const state = path.join(temporary, "state.pt");
    torch.save({ a: ones(2) }, state);
    expect(thrown(() => torch.jit.load(state)).message).toBe(
      `${state}: PytorchStreamReader failed locating file constants.pkl: file not found`,
    );
    expect(thrown(() => torch.jit.load(Buffer.from("no archive"))).message).toMatch(
      /^a buffer: PytorchStreamReader failed/,
    );
    expect(thrown(() => torch.jit.load(file("scripted.pt"), 3 as never)).message).toBe(
      "map_location should be either None, string or torch.device, but got type: <class 'int'>",
    );
  });
});

describe("off the event loop", () => {
  test("forward_async and methods compute on the compute thread", async () => {
    const m = torch.jit.load(file("scripted.pt"));
    const x = ones(1, 2);
    expect((await m.forward_async(x, 3, { flag: true })).equal(m(x, 3, true))).toBe(true);
    const [point] = (await m.values.forward_async(x, [1], {})) as [{ n: number }];
    expect(point.n).toBe(1);
    const all = await Promise.all(Array.from({ length: 20 }, (_, i) => m.forward_async(x, { n: i })));
    expect(all[19].equal(m(x, 19))).toBe(true);
  });

  test("the event loop turns while a graph is computed", async () => {
    const source = "def work(x):\n    for i in range(40):\n        x = torch.tanh(x @ x)\n    return x\n";
    const { work } = torch.jit.CompilationUnit(source);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const result = await work.forward_async(ones(300, 300));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
    expect(result.shape).toEqual([300, 300]);
  });

  test("errors and aborts reject", async () => {
    const m = torch.jit.load(file("scripted.pt"));
    await expect(m.forward_async(1)).rejects.toThrow("Expected a value of type 'Tensor' for argument 'x'");
    await expect(m.fails.forward_async(ones(1))).rejects.toThrow("too small");
    const aborted = AbortSignal.abort(new Error("stop"));
    await expect(m.forward_async(ones(1, 2), { signal: aborted })).rejects.toThrow("stop");
  });

  test("torch.aio.jit.load reads on the compute thread", async () => {
    const m = await torch.aio.jit.load(file("traced.pt"));
    expect(String(m)).toBe(recorded.traced.loaded);
    await expect(torch.aio.jit.load("/nowhere/model.pt")).rejects.toThrow("does not exist");
  });
});

test("a unit of TorchScript's source is compiled", () => {
  const unit = torch.jit.CompilationUnit("def twice(x, n: int = 2):\n    return x * n\n");
  expect(unit.twice(tensor([1, 2])).tolist()).toEqual([2, 4]);
  expect(unit.twice(tensor([1, 2]), { n: 5 }).tolist()).toEqual([5, 10]);
  expect(thrown(() => torch.jit.CompilationUnit("def f(x:")).name).toBe("RuntimeError");
  const m = torch.jit.load(file("scripted.pt"));
  m.define("def plus(self, x: Tensor):\n    return x + self.count\n");
  expect(m.plus(tensor([1])).tolist()).toEqual([5]);
});
