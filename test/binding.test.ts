// biome-ignore-all lint/suspicious/noExplicitAny: arguments that the types refuse
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as torch from "tstorch";
import { describe, expect, test } from "vitest";
import { native } from "../dist/binding.js";

interface Result {
  status: number | null;
  signal: string | null;
  output: string;
}

/** Runs a script in a process of its own. */
function run(script: string, ...flags: string[]): Promise<Result> {
  const child = spawn(
    process.execPath,
    [...flags, "--input-type=module", "-e", `import * as torch from "tstorch";${script}`],
    {
      cwd: new URL("..", import.meta.url),
      env: { ...process.env, OMP_NUM_THREADS: "1" },
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  return new Promise((done) => child.on("close", (status, signal) => done({ status, signal, output })));
}

const ends = async (script: string, output: string, ...flags: string[]) =>
  expect(await run(script, ...flags)).toEqual({ status: 0, signal: null, output });

describe("native functions", () => {
  test("refuse wrong arguments with an error", () => {
    const calls = native as unknown as Record<string, (...args: unknown[]) => unknown>;
    // these change the state of the process
    const skipped = new Set([
      "initialise",
      "setFrame",
      "newSlab",
      "emptyCache",
      "setSetting",
      "setDefaultDtype",
      "saveThreadState",
      "synchronize",
      "setDevice",
    ]);
    // some take "a" for the name of a file that they write
    const home = process.cwd();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-binding-"));
    process.chdir(folder);
    const values = [undefined, null, -1, Number.NaN, "a", {}, [], Symbol("a"), 2n ** 70n];
    for (const name of Object.keys(calls)) {
      if (skipped.has(name)) continue;
      for (const value of values) {
        for (const count of [1, 3]) {
          try {
            calls[name](...new Array(count).fill(value));
          } catch (error) {
            expect(error, name).toBeInstanceOf(Error);
          }
        }
      }
    }
    process.chdir(home);
    fs.rmSync(folder, { recursive: true });
    native.runBackwardOnHelperThread(false);
    native.setGradEnabled(true);
    expect(torch.ones(2).add(1).tolist()).toEqual([2, 2]);
  });

  test("tell one kind of handle from another", () => {
    const node = native.gradFn as unknown as (handle: unknown) => unknown;
    const generator = native.newGenerator(0, -1);
    expect(() => node(generator)).toThrow(new TypeError("expected a Tensor"));
    expect(() => native.generatorSeed(native.saveThreadState() as any)).toThrow("expected a torch.Generator");
    expect(() => native.nodeName(generator as any)).toThrow("expected a graph node");
  });

  test("live tensors are counted until they are freed", () => {
    const before = native.liveTensors();
    const made = Array.from({ length: 10 }, () => torch.ones(1));
    expect(native.liveTensors()).toBe(before + 10);
    for (const x of made) x.dispose();
    expect(native.liveTensors()).toBe(before);
  });
});

// A script that JavaScript's own means could break must end by itself, not by a signal.
describe("no crash", () => {
  test("user code runs while arguments are read", () =>
    ends(
      `
      const again = () => torch.cat([torch.ones(3), torch.ones(2)]);
      const list = (values) => new Proxy(values, { get(target, key, receiver) { again(); return Reflect.get(target, key, receiver); } });
      const Float = torch.py.float(2).constructor;
      class Odd extends Float { valueOf() { again(); return 3.5; } }
      class Broken extends Float { valueOf() { throw new Error("mine"); } }
      const dtype = Object.create(torch.float32, { code: { get() { again(); return 7; } } });
      const device = Object.create(torch.device("cpu"), { code: { get() { again(); return 0; } } });
      const generator = Object.create(torch.Generator.prototype);
      const tensor = new Proxy(torch.ones(1), { getPrototypeOf(target) { again(); return Reflect.getPrototypeOf(target); } });
      const calls = [
        () => torch.zeros(list([2, 3])).shape,
        () => torch.cat(list([torch.ones(1), torch.ones(2)])).shape,
        () => torch.sum(torch.ones(2, 3), { get dim() { again(); return 1; } }).shape,
        () => torch.add(torch.ones(2), new Odd(1)).tolist(),
        () => torch.add(torch.ones(2), torch.ones(2), { alpha: new Odd(1) }).tolist(),
        () => torch.add(torch.ones(2), new Broken(1)),
        () => torch.ones(1, { dtype }),
        () => torch.ones(1, { device }),
        () => torch.rand(1, { generator }),
        () => torch.add(torch.ones(1), tensor),
        () => torch.add(Object.create(torch.Tensor.prototype), 1),
        () => torch.ones(5).index(Object.assign(Object.create(torch.py.slice(1, 3)), { start: tensor })),
      ];
      for (const call of calls) {
        try { call(); } catch (error) { if (!(error instanceof Error)) throw error; }
        if (torch.add(torch.ones(2), 1).sum().item() !== 4) throw new Error("broken after " + call);
      }
      console.log("ok");
    `,
      "ok\n",
    ));

  test("a keyword's getter that changes its mind does not spoil later calls", () =>
    ends(
      `
      const x = torch.ones(2, 3);
      for (const values of [[1, undefined], [undefined, 1], [1, null], [1, "a"]]) {
        let reads = 0;
        try { torch.sum(x, { get dim() { return values[Math.min(reads++, 1)]; } }); } catch {}
      }
      console.log(torch.sum(x, { dim: 1 }).tolist().join(), torch.sum(x, {}).item(), torch.sum(x).item(), torch.sum(x, { dim: null }).item());
    `,
      "3,3 6 6 6\n",
    ));

  test("buffers that shrink, move, or go", () =>
    ends(
      `
      const attempt = (call) => { try { call(); } catch (error) { if (!(error instanceof Error)) throw error; } };
      attempt(() => {
        const buffer = new ArrayBuffer(1 << 20, { maxByteLength: 1 << 24 });
        const x = torch.from_numpy(new Float32Array(buffer, 0, 1 << 18));
        buffer.resize(0);
        x.fill_(1);
      });
      attempt(() => {
        let buffer = new ArrayBuffer(1 << 26);
        const x = torch.from_numpy(new Float32Array(buffer));
        buffer.transfer?.();
        buffer = null;
        for (let i = 0; i < 4; i++) gc();
        x.fill_(1);
      });
      attempt(() => {
        const x = torch.zeros(1 << 22);
        const { data } = x.numpy();
        attempt(() => x.resize_(1 << 24));
        data.fill(1);
      });
      attempt(() => {
        const x = torch.zeros(1 << 22);
        let moved = x.numpy().data.buffer.transfer?.();
        for (let i = 0; i < 4; i++) gc();
        if (moved) new Float32Array(moved).fill(1);
      });
      console.log("ok");
    `,
      "ok\n",
      "--expose-gc",
    ));

  test("graphs, hooks and backward passes of great depth", () =>
    ends(
      `
      const x = torch.ones(1, { requires_grad: true });
      let y = x;
      for (let i = 0; i < 100_000; i++) y = y.add(1);
      y.backward();
      y = x;
      for (let i = 0; i < 100_000; i++) y = y.mul(1);
      y.dispose();
      let count = 0;
      const z = x.mul(2);
      for (let i = 0; i < 100_000; i++) z.register_hook(() => { count++; });
      z.backward();
      console.log(x.grad.item(), count);
      const nest = (depth) => torch.enable_grad(() => {
        const leaf = torch.ones(1, { requires_grad: true });
        const made = leaf.mul(2);
        made.register_hook(() => { if (depth > 0) nest(depth - 1); });
        made.backward();
        return leaf.grad.item();
      });
      console.log(nest(100));
      const again = x.mul(2);
      again.register_hook(() => again.backward(null, { retain_graph: true }));
      try { again.backward(null, { retain_graph: true }); } catch (error) { console.log(error instanceof Error); }
    `,
      "3 100000\n2\ntrue\n",
    ));

  test("sizes and positions that are far too large", () =>
    ends(
      `
      const huge = [2 ** 40, 2 ** 53, 2n ** 62n, 2n ** 63n, -1, -(2n ** 63n), NaN, Infinity, 1e300];
      for (const n of huge) {
        for (const call of [
          () => torch.zeros(n, n), () => torch.empty([n]), () => torch.ones(1).expand(n).sum([0, n]), () => torch.ones(3)[String(n)],
          () => torch.ones(3).index(n), () => torch.ones(3).as_strided([3], [n]), () => torch.ones(3).as_strided([n], [1]),
          () => torch.ones(3).narrow(0, n, n), () => torch.ones(3).repeat(n), () => torch.ones(3).resize_(n), () => torch.ones(2).size(n),
          () => torch.ones(3).select(0, n), () => torch.ones(3).unfold(0, n, n), () => torch.randperm(n), () => torch.eye(n),
          () => torch.arange(n === 2 ** 40 ? 2 ** 52 : n), () => torch.ones(1).view(n), () => torch.bincount(torch.tensor([1]), { minlength: n }),
          () => torch.from_numpy({ data: new Float32Array(4), shape: [n], stride: [n], offset: n }),
          () => torch.frombuffer(new ArrayBuffer(8), { dtype: torch.float32, count: n, offset: n }),
          () => torch.tensor([[1]]).index_put_([torch.tensor([0]), n], 1), () => torch.ones(1).index(torch.py.slice(n, n, n)),
          () => torch.manual_seed(n), () => torch.device("cuda", n), () => torch.ones(2, 2).transpose(n, 0), () => torch.ones(1).sum(n),
        ]) {
          try { call(); } catch (error) { if (!(error instanceof Error)) throw error; }
        }
      }
      console.log("ok");
    `,
      "ok\n",
      "--disable-warning=UserWarning",
    ));

  test("arguments of every kind in every place", () =>
    ends(
      `
      const odd = [undefined, null, Symbol("a"), () => 1, class {}, {}, [], [[]], [, 1], new Map(), Object.create(null), new Date(0),
        new Proxy({}, {}), new Float32Array(2), new DataView(new ArrayBuffer(2)), 2n ** 80n, "\\0", "\\ud800", Object.create(torch.Tensor.prototype),
        Object.create(torch.Generator.prototype), Object.create(torch.device("cpu")), Object.create(torch.py.complex(1, 2)), torch.Tensor.prototype];
      const functions = [torch.add, torch.cat, torch.sum, torch.zeros, torch.tensor, torch.as_tensor, torch.from_numpy, torch.einsum, torch.where,
        torch.rand, torch.Generator, torch.device, torch.Size, torch.no_grad, torch.tidy, torch.autograd.backward, torch.autograd.grad, torch.manual_seed,
        torch.set_rng_state, torch.ones(2).to, torch.ones(2).index, torch.ones(2).index_put_, torch.ones(2).view, torch.ones(2).register_hook,
        torch.ones(2, { requires_grad: true }).register_hook, torch.ones(2).backward, torch.ones(2).type, torch.ones(2).size, torch.ones(2).numpy];
      for (const f of functions) {
        for (const a of odd) {
          for (const args of [[a], [a, a], [[a, a]], [torch.ones(2), a], [torch.ones(2), { dim: a, dtype: a, out: a }], [{ [typeof a]: a }]]) {
            for (const self of [undefined, torch.ones(2), Object.create(torch.Tensor.prototype)]) {
              try { f.apply(self, args); } catch (error) { if (!(error instanceof Error)) throw error; }
            }
          }
        }
      }
      await null;
      console.log(torch.ones(2).add(1).sum().item());
      process.exit();
    `,
      "4\n",
      "--disable-warning=UserWarning",
    ));

  test("memory that is dropped is freed within a synchronous loop", () =>
    ends(
      `
      for (let i = 0; i < 3000; i++) torch.ones(1 << 18).add(1);
      console.log(process.memoryUsage().rss < 1.2e9);
    `,
      "true\n",
    ));
});

describe("worker threads", () => {
  const worker = (body: string) => `
    import { Worker } from "node:worker_threads";
    const source = ${JSON.stringify(`
      import * as torch from "tstorch";
      import { parentPort, workerData } from "node:worker_threads";
      ${body}
    `)};
    const start = (workerData) => new Worker(source, { eval: true, workerData });
  `;

  test("each loads the package and has modes of its own", () =>
    ends(
      `${worker(`
        const x = torch.ones(3, { requires_grad: true });
        x.register_hook((grad) => grad.mul(workerData));
        x.mul(2).sum().backward();
        parentPort.postMessage([torch.is_grad_enabled(), x.grad.tolist()].join());
      `)}
      const mode = torch.no_grad();
      const results = [1, 2, 3].map((n) => new Promise((done, failed) => start(n).on("message", done).on("error", failed)));
      mode.dispose();
      console.log((await Promise.all(results)).join(" "));
    `,
      "true,2,2,2 true,4,4,4 true,6,6,6\n",
    ));

  test("may be terminated at any time", () =>
    ends(
      `${worker(`
        const x = torch.ones(3, { requires_grad: true });
        if (workerData % 2) (await import("${new URL("../dist/binding.js", import.meta.url).pathname}")).native.runBackwardOnHelperThread(true);
        parentPort.postMessage("begun");
        for (;;) {
          const y = x.mul(2);
          y.register_hook((grad) => grad.add(torch.ones(3)));
          y.sum().backward();
          String(torch.cat([x, y]));
          x.numpy({ force: true });
        }
      `)}
      const stop = (n) => new Promise((done) => {
        const thread = start(n);
        thread.on("message", () => setTimeout(() => thread.terminate(), n * 7));
        thread.on("exit", done);
      });
      await Promise.all([0, 1, 2, 3].map(stop));
      await Promise.all([4, 5, 6, 7].map(stop));
      console.log(torch.ones(2).sum().item());
    `,
      "2\n",
    ));
});
