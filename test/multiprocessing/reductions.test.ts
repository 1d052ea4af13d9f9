import { once } from "node:events";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import * as torch from "tstorch";
import { describe, expect, test } from "vitest";
import { collectGarbage, native } from "../../dist/binding.js";

const { ForkingPickler, from_module } = torch.multiprocessing;
const { dumps, loads, release } = ForkingPickler;
const url = new URL("./exports.mjs", import.meta.url);

/** What arrives of a message. */
function sent(message: unknown): unknown {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(message);
  const received = receiveMessageOnPort(port2 as MessagePort)?.message;
  port1.close();
  return received;
}
const passed = <T>(value: T): T => loads(sent(dumps(value))) as T;

describe("ForkingPickler", () => {
  test("tensors share their memory", () => {
    const x = torch.arange(6).view(2, 3).t();
    const y = passed(x);
    expect([y.tolist(), y.stride()]).toEqual([x.tolist(), x.stride()]);
    y.fill_(7);
    expect(x.sum().item()).toBe(42);
    expect(y.is_shared()).toBe(true);
  });

  test("every dtype, layout and class", () => {
    for (const x of [
      torch.ones(2, { dtype: torch.bfloat16 }),
      torch.ones(2, 2).to_sparse(),
      torch.ones(2, 2).to_sparse_csr(),
    ]) {
      const y = passed(x);
      expect([y.dtype, y.layout, String(y)]).toEqual([x.dtype, x.layout, String(x)]);
    }
    const leaf = torch.ones(2, { requires_grad: true });
    expect(passed(leaf).requires_grad).toBe(true);
    const parameter = passed(torch.nn.Parameter(torch.ones(2), false));
    expect([parameter instanceof torch.nn.Parameter, parameter.requires_grad]).toEqual([true, false]);
  });

  test("values in containers, the same ones once", () => {
    const x = torch.ones(2);
    const value = {
      list: [x, 1, 2n, null, undefined, "text", true],
      map: new Map<unknown, unknown>([["x", x]]),
      set: new Set([1]),
      bytes: Uint8Array.of(1, 2),
      types: [torch.float16, torch.device("cpu"), torch.sparse_coo],
      size: torch.Size([2, 3]),
      slice: torch.py.slice(1, 2),
      __tstorch__: "mine",
    };
    const made = passed(value);
    expect(Object.keys(made)).toEqual(expect.arrayContaining(Object.keys(value)));
    expect(made.map.get("x")).toBe(made.list[0]);
    expect(made.list.slice(1)).toEqual(value.list.slice(1));
    expect([...made.set, ...made.bytes]).toEqual([1, 1, 2]);
    expect(made.types).toEqual(value.types);
    expect(String(made.size)).toBe("torch.Size([2, 3])");
    expect(made.__tstorch__).toBe("mine");
    const circle: unknown[] = [];
    circle.push(circle);
    const copy = passed(circle);
    expect(copy[0]).toBe(copy);
    expect(native.sharedCount()).toBe(0);
  });

  test("a generator goes on as it would", () => {
    const generator = torch.Generator().manual_seed(3);
    const copy = passed(generator);
    expect(torch.rand(2, { generator: copy }).tolist()).toEqual(torch.rand(2, { generator }).tolist());
  });

  test("a typed array's memory is moved to memory of its own", () => {
    const array = Float32Array.of(1, 2);
    const x = torch.from_numpy(array);
    const y = passed(x);
    array[0] = 9;
    expect([x.tolist(), y.tolist()]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    x.fill_(3);
    expect(y.tolist()).toEqual([3, 3]);
  });

  test("a message is received once", () => {
    const message = dumps(torch.ones(2));
    loads(message);
    expect(() => loads(message)).toThrow("this tensor was received already");
    expect(() => loads({})).toThrow("this is no message of ForkingPickler.dumps()");
  });

  test("a message that nobody receives can be released", () => {
    const message = dumps([torch.ones(2), torch.ones(3)]);
    expect(native.sharedCount()).toBe(2);
    release(message);
    expect(native.sharedCount()).toBe(0);
    expect(() => loads(message)).toThrow(torch.RuntimeError);
  });

  test("what cannot cross", () => {
    class Mine {}
    expect(() => dumps(() => 1)).toThrow("cannot pickle 'function' object");
    expect(() => dumps([torch.ones(1), new Mine()])).toThrow("cannot pickle 'Mine' object");
    expect(native.sharedCount()).toBe(0);
    expect(() => dumps(torch.ones(1, { requires_grad: true }).mul(2))).toThrow(
      "Cowardly refusing to serialize non-leaf tensor which requires_grad, since autograd does not support crossing process boundaries.",
    );
  });

  test("functions, and objects that from_module() made", async () => {
    const square = await from_module<(x: number) => number>(url, "square");
    expect(passed(square)).toBe(square);
    const net = await from_module<torch.nn.Module>(url, "Net", [3]);
    const copy = passed(net);
    expect(copy).not.toBe(net);
    const [weight, other] = [net, copy].map((one) => one.state_dict()["fc.weight"] as torch.Tensor);
    expect(other.data_ptr()).toBe(weight.data_ptr());
    await expect(from_module(url, "missing")).rejects.toThrow(torch.AttributeError);
  });

  test("a class that is registered", async () => {
    class Point {
      constructor(readonly x: number) {}
    }
    const square = await from_module(url, "square");
    ForkingPickler.register(Point, (point) => [square, [point.x]]);
    expect(passed<unknown>(new Point(3))).toBe(9);
  });
});

describe("memory", () => {
  const external = () => native.externalMemory();
  const size = 8 * 2 ** 20;

  test("counts once, for whom has it, and is freed with the last", () => {
    collectGarbage();
    collectGarbage(); // V8 counts dead ArrayBuffers until the next one
    const before = external();
    const x = torch.zeros(size);
    const y = passed(x);
    expect(external() - before).toBeGreaterThan(4 * size - 2 ** 20);
    expect(external() - before).toBeLessThan(5 * size);
    x.dispose();
    expect(external() - before).toBeGreaterThan(4 * size - 2 ** 20);
    y.dispose();
    torch.zeros(1).dispose();
    expect(external() - before).toBeLessThan(2 ** 20);
  });

  test("outlives the worker that made it", async () => {
    const body = `
      const { parentPort } = require("node:worker_threads");
      import("tstorch").then((torch) => {
        const x = torch.from_numpy(new Float32Array([1, 2, 3]));
        parentPort.postMessage(torch.multiprocessing.ForkingPickler.dumps([x, torch.ones(1000)]));
      });`;
    const worker = new Worker(body, { eval: true });
    const [message] = await once(worker, "message");
    await once(worker, "exit");
    const [x, y] = loads(message) as torch.Tensor[];
    expect([x.tolist(), y.sum().item()]).toEqual([[1, 2, 3], 1000]);
  });
});

test("share_memory_() and is_shared()", () => {
  const x = torch.ones(2);
  expect(x.is_shared()).toBe(false);
  expect(x.share_memory_()).toBe(x);
  expect(x.is_shared()).toBe(true);
});
