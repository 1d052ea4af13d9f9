// biome-ignore-all lint/suspicious/noExplicitAny: arguments that the types refuse
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import ndarray from "ndarray";
import * as torch from "tstorch";
import { complex, float } from "tstorch/python";
import { afterEach, describe, expect, test, vi } from "vitest";

const { tensor } = torch;
const loose = torch as any;

const arrays = [
  [Float32Array, torch.float32],
  [Float64Array, torch.float64],
  [Int8Array, torch.int8],
  [Int16Array, torch.int16],
  [Int32Array, torch.int32],
  [BigInt64Array, torch.int64],
  [Uint8Array, torch.uint8],
  [Uint8ClampedArray, torch.uint8],
  [Uint16Array, torch.uint16],
  [Uint32Array, torch.uint32],
  [BigUint64Array, torch.uint64],
] as const;

/** Runs a script in a process of its own and returns its exit code and what it wrote. */
function run(script: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--expose-gc", "--input-type=module", "-e", `import * as torch from "tstorch";${script}`],
    { encoding: "utf8", cwd: new URL("..", import.meta.url) },
  );
  return { status, output: stdout + stderr };
}

afterEach(() => vi.restoreAllMocks());

describe("torch.tensor()", () => {
  test("infers the dtype", () => {
    expect(tensor(1).dtype).toBe(torch.int64);
    expect(tensor(1.5).dtype).toBe(torch.float32);
    expect(tensor(float(1)).dtype).toBe(torch.float32);
    expect(tensor(true).dtype).toBe(torch.bool);
    expect(tensor(complex(1, 2)).dtype).toBe(torch.complex64);
    expect(tensor([1, 2]).dtype).toBe(torch.int64);
    expect(tensor([1, 2.5]).dtype).toBe(torch.float32);
    expect(tensor([true, 2]).dtype).toBe(torch.int64);
    expect(tensor([true, 2.5]).dtype).toBe(torch.float32);
    expect(tensor([1, complex(0, 1)]).dtype).toBe(torch.complex64);
    expect(tensor([]).dtype).toBe(torch.float32);
    expect(tensor(5n).dtype).toBe(torch.int64);
    expect(tensor([Number.NaN, 1]).dtype).toBe(torch.float32);
    expect(tensor(-0).dtype).toBe(torch.float32);
  });

  test("a dtype of no numbers is refused", () => {
    expect(() => tensor([1], { dtype: torch.quint8 })).toThrow("store_scalar: invalid type");
    expect(() => tensor([1], { dtype: torch.bits8 })).toThrow("store_scalar: invalid type");
  });

  test("infers the shape", () => {
    expect([...tensor(1).shape]).toEqual([]);
    expect([...tensor([]).shape]).toEqual([0]);
    expect([...tensor([[], []]).shape]).toEqual([2, 0]);
    expect([...tensor([[[1], [2]]]).shape]).toEqual([1, 2, 1]);
    expect([...tensor([new Float32Array(3), new Float32Array(3)]).shape]).toEqual([2, 3]);
    expect([...tensor([tensor(1), tensor(2)]).shape]).toEqual([2]);
  });

  test("keywords", () => {
    expect(tensor([1, 2], { dtype: torch.float64 }).tolist()).toEqual([1, 2]);
    expect(tensor([1.9, -1.9], { dtype: torch.int32 }).tolist()).toEqual([1, -1]);
    expect(tensor([0, 2], { dtype: torch.bool }).tolist()).toEqual([false, true]);
    expect(tensor(1.5, { requires_grad: true }).requires_grad).toBe(true);
    expect(tensor(1, { device: "meta" }).is_meta).toBe(true);
    expect(tensor([1, 2], { dtype: torch.complex128 }).tolist()).toEqual([complex(1, 0), complex(2, 0)]);
    expect(() => tensor(1, { requires_grad: true })).toThrow(
      "Only Tensors of floating point and complex dtype can require gradients",
    );
  });

  test("numbers among tensors take part in promotion", () => {
    expect(tensor([tensor(1, { dtype: torch.int32 }), 2.5]).tolist()).toEqual([1, 2.5]);
    expect(tensor([tensor(1, { dtype: torch.int8 }), tensor(1, { dtype: torch.int16 })]).dtype).toBe(torch.int16);
    expect(tensor([tensor(1, { dtype: torch.int8 }), 3]).dtype).toBe(torch.int64);
    expect(tensor([tensor(1, { dtype: torch.float16 }), tensor(1, { dtype: torch.int16 })]).dtype).toBe(torch.float16);
    expect(tensor([new Int32Array([1]), new Float64Array([1])]).dtype).toBe(torch.float64);
  });

  test("bigints", () => {
    expect(tensor([2n ** 62n, -(2n ** 63n)]).tolist()).toEqual([2n ** 62n, -(2n ** 63n)]);
    expect(tensor([2n ** 60n, 0.5]).tolist()).toEqual([2 ** 60, 0.5]);
    expect(tensor([2n ** 60n, Number.NaN]).tolist()).toEqual([2 ** 60, Number.NaN]);
    expect(tensor([2n ** 64n - 1n], { dtype: torch.uint64 }).item()).toBe(2n ** 64n - 1n);
    expect(tensor(2n ** 70n, { dtype: torch.float64 }).item()).toBe(2 ** 70);
    for (const value of [2n ** 63n, 2n ** 70n, [2n ** 63n, -1], -(2n ** 63n) - 1n]) {
      expect(() => tensor(value)).toThrow("Overflow when unpacking long long");
    }
    expect(() => tensor([2n ** 63n], { dtype: torch.int64 })).toThrow("Overflow when unpacking long long");
  });

  test("values that the dtype cannot hold", () => {
    const overflow = (name: string) => `value cannot be converted to type ${name} without overflow`;
    expect(() => tensor(300, { dtype: torch.uint8 })).toThrow(overflow("uint8"));
    expect(() => tensor(128, { dtype: torch.int8 })).toThrow(overflow("int8"));
    expect(() => tensor(2 ** 31, { dtype: torch.int32 })).toThrow(overflow("int32"));
    expect(() => tensor(Number.NaN, { dtype: torch.int32 })).toThrow(overflow("int32"));
    expect(() => tensor(Number.NaN, { dtype: torch.int64 })).toThrow(overflow("int64"));
    expect(() => tensor(Number.POSITIVE_INFINITY, { dtype: torch.int64 })).toThrow(overflow("int64"));
    expect(() => tensor(1e30, { dtype: torch.int64 })).toThrow(overflow("int64"));
    expect(tensor(-1, { dtype: torch.uint8 }).item()).toBe(255);
    expect(tensor(-1, { dtype: torch.uint32 }).item()).toBe(2 ** 32 - 1);
    expect(tensor(1e10, { dtype: torch.float16 }).item()).toBe(Number.POSITIVE_INFINITY);
    expect(tensor(Number.NaN, { dtype: torch.bool }).item()).toBe(true);
  });

  test("errors", () => {
    expect(() => tensor([[1, 2], [3]])).toThrow(new torch.ValueError("expected sequence of length 2 at dim 1 (got 1)"));
    expect(() => tensor([[1], 2])).toThrow("not a sequence");
    expect(() => tensor([1, [2]])).toThrow("'list' object cannot be interpreted as an integer");
    expect(() => tensor([1.5, [2]])).toThrow("must be real number, not list");
    expect(() => tensor("a" as any)).toThrow("new(): invalid data type 'str'");
    expect(() => tensor([1, "a"] as any)).toThrow("new(): invalid data type 'str'");
    expect(() => tensor(["a"] as any)).toThrow("too many dimensions 'str'");
    expect(() => tensor(null as any)).toThrow("Could not infer dtype of NoneType");
    expect(() => tensor([1, null] as any)).toThrow("Could not infer dtype of NoneType");
    expect(() => tensor((() => 0) as any)).toThrow("Could not infer dtype of function");
    expect(() => tensor(Symbol("x") as any)).toThrow(torch.RuntimeError);
    expect(() => loose.tensor()).toThrow('tensor() missing 1 required positional arguments: "data"');
    expect(() => loose.tensor(1, 2)).toThrow("tensor() takes 1 positional argument but 2 were given");
    expect(() => loose.tensor(1, { foo: 2 })).toThrow("tensor() got an unexpected keyword argument 'foo'");
    expect(() => loose.tensor(1, { dtype: "float32" })).toThrow(
      "tensor(): argument 'dtype' must be torch.dtype, not str",
    );
    expect(() => tensor(complex(1, 2), { dtype: torch.float32 })).toThrow("must be real number, not complex");
  });

  test("arrays with holes, and arrays that hold themselves", () => {
    const cyclic: unknown[] = [];
    cyclic[0] = cyclic;
    expect(() => tensor(cyclic as any)).toThrow();
    // biome-ignore lint/suspicious/noSparseArray: holes are what is tested
    expect(() => tensor([1, , 2] as any)).toThrow("Could not infer dtype of NoneType");
    // biome-ignore lint/suspicious/noSparseArray: holes are what is tested
    expect(() => tensor([[1], , [2]] as any)).toThrow("not a sequence");
  });

  test("copies a tensor, and says what to write instead", () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const x = torch.ones(2);
    const y = tensor(x);
    y.add_(1);
    expect(x.tolist()).toEqual([1, 1]);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(String(warn.mock.calls[0][0])).toMatch(/^To copy construct from a tensor, it is recommended to use/);
    expect(warn.mock.calls[0][1]).toBe("UserWarning");
  });
});

describe("typed arrays", () => {
  test.each(arrays)("%o and %s share their memory", (constructor, dtype) => {
    const big = constructor === BigInt64Array || constructor === BigUint64Array;
    const value = (n: number) => (big ? BigInt(n) : n) as never;
    const array = new constructor(4);
    array.fill(value(1));
    const x = torch.from_numpy(array);
    expect(x.dtype).toBe(dtype);
    x["1:3"].fill_(7);
    expect(Array.from(array as Iterable<number | bigint>, Number)).toEqual([1, 7, 7, 1]);
    array[0] = value(5);
    expect(x.tolist()).toEqual([5, 7, 7, 1]);
    const back = x.numpy().data as any;
    expect(back.constructor).toBe(constructor === Uint8ClampedArray ? Uint8Array : constructor);
    back[3] = value(9);
    expect(x[3].item()).toBe(9);
    expect(Number(array[3])).toBe(9);
    const copy = tensor(array);
    expect(copy.dtype).toBe(dtype);
    copy.fill_(0);
    expect(x[0].item()).toBe(5);
    expect(torch.as_tensor(array).data_ptr()).toBe(x.data_ptr());
  });

  test("a part of a buffer, and Node's Buffer", () => {
    const all = new Float64Array([0, 1, 2, 3]);
    const x = torch.from_numpy(all.subarray(1, 3));
    x.mul_(10);
    expect([...all]).toEqual([0, 10, 20, 3]);
    expect(torch.from_numpy(Buffer.from("abc")).tolist()).toEqual([97, 98, 99]);
  });

  test("npm's ndarrays, both ways", () => {
    const array = ndarray(new Float32Array([0, 1, 2, 3, 4, 5]), [2, 3]);
    const x = torch.from_numpy(array);
    expect(x.tolist()).toEqual([[0, 1, 2], [3, 4, 5]]); // biome-ignore format: one row
    const transposed = torch.from_numpy(array.transpose(1, 0));
    expect(transposed.tolist()).toEqual([[0, 3], [1, 4], [2, 5]]); // biome-ignore format: one row
    array.set(1, 2, 9);
    expect(transposed["2, 1"].item()).toBe(9);
    const { data, shape, stride, offset } = x["1:, ::2"].numpy();
    const back = ndarray(data, [...shape], [...stride], offset);
    expect([back.get(0, 0), back.get(0, 1)]).toEqual([3, 9]);
    back.set(0, 0, -1);
    expect(x["1, 0"].item()).toBe(-1);
    expect(() => torch.from_numpy(array.step(-1, 1))).toThrow(
      "At least one stride in the given numpy array is negative",
    );
  });

  test("an ndarray cannot reach out of its data", () => {
    const data = new Float32Array(100).subarray(4, 8);
    const reach = (shape: number[], stride: number[], offset: number) =>
      torch.from_numpy({ data, shape, stride, offset });
    expect([...reach([2, 2], [2, 1], 0).shape]).toEqual([2, 2]);
    expect(() => reach([5], [1], 0)).toThrow(torch.ValueError);
    expect(() => reach([1], [1], -1)).toThrow(torch.ValueError);
    expect(() => reach([2], [4], 0)).toThrow(torch.ValueError);
    expect(() => reach([-1], [1], 0)).toThrow(torch.ValueError);
    expect(() => reach([1.5], [1], 0)).toThrow(TypeError);
    expect(() => reach([1], [1], Number.NaN)).toThrow(TypeError);
    expect(() => reach([1, 2], [1], 0)).toThrow(torch.ValueError);
    expect(() => reach([2 ** 32 + 1], [2 ** 32], 0)).toThrow();
  });

  test("what cannot be shared", () => {
    const transferred = new ArrayBuffer(8);
    const view = new Float32Array(transferred);
    structuredClone(transferred, { transfer: [transferred] });
    expect(() => torch.from_numpy(view)).toThrow(torch.ValueError);
    expect(() => torch.from_numpy(new Float32Array(new SharedArrayBuffer(8)))).toThrow(TypeError);
    expect(() => torch.from_numpy(new DataView(new ArrayBuffer(8)))).toThrow("expected np.ndarray (got DataView)");
    expect(() => torch.from_numpy([1, 2] as any)).toThrow("expected np.ndarray (got list)");
    expect(() => torch.from_numpy(torch.ones(1) as any)).toThrow("expected np.ndarray (got Tensor)");
    class Lying extends Float32Array {
      override get length() {
        return 1e9;
      }
    }
    expect(() => torch.from_numpy(new Lying(2))).toThrow(torch.ValueError);
  });

  test("a buffer that may shrink is refused", () => {
    const buffer = new (ArrayBuffer as any)(8, { maxByteLength: 16 });
    expect(() => torch.from_numpy(new Float32Array(buffer))).toThrow(TypeError);
    expect(() => torch.frombuffer(buffer, { dtype: torch.float32 })).toThrow(TypeError);
    expect(tensor(new Float32Array(buffer)).tolist()).toEqual([0, 0]);
  });

  test("shared memory stays with the tensor when a buffer is transferred", () => {
    const array = new Float32Array(1024).fill(1);
    const x = torch.from_numpy(array);
    const { port1 } = new MessageChannel();
    try {
      port1.postMessage(array.buffer, [array.buffer]);
    } catch (error) {
      expect((error as Error).name).toBe("DataCloneError");
    }
    port1.close();
    expect(array.length).toBe(1024);
    expect(x.sum().item()).toBe(1024);
    const given = x.clone().numpy().data.buffer as any;
    for (const buffer of [array.buffer as any, given]) {
      if (typeof buffer.transfer !== "function") continue;
      expect(() => buffer.transfer()).toThrow(TypeError);
      expect(() => buffer.transferToFixedLength()).toThrow(TypeError);
    }
  });

  test("a process that holds shared memory ends", () => {
    const { status, output } = run(`
      const given = torch.ones(8).numpy();
      globalThis.kept = [given, torch.from_numpy(given.data), torch.from_numpy(new Float32Array(8))];
      console.log("ok");
    `);
    expect(status, output).toBe(0);
    expect(output).toBe("ok\n");
  });

  test("a tensor whose memory was handed out cannot be resized away from it", () => {
    const { status, output } = run(`
      const x = torch.zeros(1 << 20);
      const { data } = x.numpy();
      try { x.resize_(1 << 22); } catch (error) { console.log(error.message); }
      data.fill(1);
      console.log(data.length, x.sum().item());
    `);
    expect(status, output).toBe(0);
    expect(output).toBe("Trying to resize storage that is not resizable\n1048576 1048576\n");
  });

  test("tolist() leaves a tensor resizable", () => {
    const x = torch.zeros(2, { dtype: torch.float64 });
    x.tolist();
    expect([...x.resize_(100).shape]).toEqual([100]);
  });

  test("the memory lives as long as either side", () => {
    const { status, output } = run(`
      let x = torch.from_numpy(new Float32Array(1 << 20).fill(2));
      let { data } = torch.ones(1 << 20).numpy();
      for (let i = 0; i < 4; i++) { gc(); await new Promise((done) => setTimeout(done, 5)); torch.ones(1 << 20); }
      console.log(x.sum().item(), data.reduce((a, b) => a + b, 0));
      data = null;
      x = x.numpy().data;
      for (let i = 0; i < 4; i++) { gc(); await new Promise((done) => setTimeout(done, 5)); }
      console.log(x[0] + x[x.length - 1]);
    `);
    expect(status, output).toBe(0);
    expect(output).toBe("2097152 1048576\n4\n");
  });
});

describe("numpy()", () => {
  test("gives data, shape, stride and offset", () => {
    const x = torch.arange(6).view(2, 3);
    expect(x.numpy()).toEqual({
      data: new BigInt64Array([0n, 1n, 2n, 3n, 4n, 5n]),
      shape: [2, 3],
      stride: [3, 1],
      offset: 0,
    });
    expect(x[1].numpy().data).toEqual(new BigInt64Array([3n, 4n, 5n]));
    expect(x.t().numpy()).toMatchObject({ shape: [3, 2], stride: [1, 3], offset: 0 });
    expect(tensor(5).numpy()).toMatchObject({ data: new BigInt64Array([5n]), shape: [] });
    expect(torch.zeros(0, 3).numpy()).toMatchObject({ data: new Float32Array(0), shape: [0, 3] });
    expect(tensor([true]).numpy().data).toEqual(new Uint8Array([1]));
    expect(tensor(complex(1, 2)).numpy().data).toEqual(new Float32Array([1, 2]));
    expect(torch.ones(1).expand(3).numpy()).toMatchObject({ data: new Float32Array([1]), shape: [3], stride: [0] });
  });

  test("errors, and force", () => {
    const x = torch.ones(2, { requires_grad: true });
    expect(() => x.numpy()).toThrow(
      "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.",
    );
    expect(x.numpy({ force: true }).data).toEqual(new Float32Array([1, 1]));
    expect(() => torch.ones(2, { dtype: torch.bfloat16 }).numpy()).toThrow("Got unsupported ScalarType BFloat16");
    expect(() => torch.ones(2).to_sparse().numpy()).toThrow(TypeError);
    expect(() => torch.ones(2, { device: "meta" }).numpy()).toThrow(
      "can't convert meta device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first.",
    );
    expect(() =>
      tensor([complex(1, 2)])
        .conj()
        .numpy(),
    ).toThrow("Can't call numpy() on Tensor that has conjugate bit set. Use tensor.resolve_conj().numpy() instead.");
    expect(
      tensor([complex(1, 2)])
        .conj()
        .numpy({ force: true }).data,
    ).toEqual(new Float32Array([1, -2]));
  });
});

describe("item() and tolist()", () => {
  const every: [torch.dtype, number, unknown][] = [
    [torch.bool, 1, true],
    [torch.uint8, 200, 200],
    [torch.int8, -5, -5],
    [torch.int16, -300, -300],
    [torch.uint16, 65535, 65535],
    [torch.int32, -70000, -70000],
    [torch.uint32, 2 ** 32 - 1, 2 ** 32 - 1],
    [torch.int64, 2 ** 52, 2 ** 52],
    [torch.uint64, 7, 7],
    [torch.float16, 0.5, 0.5],
    [torch.bfloat16, 1.5, 1.5],
    [torch.float32, 0.1, Math.fround(0.1)],
    [torch.float64, 0.1, 0.1],
    [torch.float8_e5m2, 1.5, 1.5],
    [torch.float8_e4m3fn, 1.5, 1.5],
    [torch.complex64, 1.5, complex(1.5, 0)],
    [torch.complex128, 0.1, complex(0.1, 0)],
    [torch.complex32, 0.5, complex(0.5, 0)],
  ];

  test.each(every)("%s", (dtype, value, expected) => {
    const x = tensor(value, { dtype: torch.float64 }).to(dtype);
    expect(x.item()).toEqual(expected);
    expect(x.tolist()).toEqual(expected);
    expect(x.view(1, 1).tolist()).toEqual([[expected]]);
  });

  test("integers beyond 2**53 are bigints", () => {
    expect(tensor([2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n)]).tolist()).toEqual([2 ** 53 - 1, 2n ** 53n, -(2n ** 53n)]);
    expect(tensor(2n ** 63n - 1n).item()).toBe(2n ** 63n - 1n);
  });

  test("of views, conjugates, and what requires grad", () => {
    const x = torch.arange(6).view(2, 3);
    expect(x.t().tolist()).toEqual([[0, 3], [1, 4], [2, 5]]); // biome-ignore format: one row
    expect(x["::, ::2"].tolist()).toEqual([[0, 2], [3, 5]]); // biome-ignore format: one row
    expect(
      tensor([complex(1, 2)])
        .conj()
        .tolist(),
    ).toEqual([complex(1, -2)]);
    expect(torch.ones(1, { requires_grad: true }).tolist()).toEqual([1]);
    expect(torch.zeros(2, 0).tolist()).toEqual([[], []]);
  });

  test("errors", () => {
    expect(() => torch.ones(2).item()).toThrow("a Tensor with 2 elements cannot be converted to Scalar");
    expect(() => torch.ones(1, { device: "meta" }).item()).toThrow(torch.RuntimeError);
  });

  test("round trips", () => {
    const shape = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 });
    const build = (sizes: number[], next: () => unknown): unknown =>
      sizes.length === 0 ? next() : Array.from({ length: sizes[0] }, () => build(sizes.slice(1), next));
    fc.assert(
      fc.property(shape, fc.infiniteStream(fc.double()), (sizes, stream) => {
        const data = build(sizes, () => stream.next().value);
        expect(tensor(data as number[], { dtype: torch.float64 }).tolist()).toEqual(data);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { minLength: 1 }), (data) => {
        expect((tensor(data).tolist() as unknown[]).map((v) => BigInt(v as number))).toEqual(data);
        expect([...(tensor(data).numpy().data as unknown as BigInt64Array)]).toEqual(data);
      }),
    );
    fc.assert(
      fc.property(fc.float32Array(), (data) => {
        expect(tensor(data).numpy().data).toEqual(data);
        expect(torch.from_numpy(data).tolist()).toEqual(Array.from(data));
      }),
    );
  });
});

describe("torch.as_tensor()", () => {
  test("shares where it can", () => {
    const x = torch.ones(2);
    expect(torch.as_tensor(x)).toBe(x);
    expect(torch.as_tensor(x, { dtype: torch.float64 }).dtype).toBe(torch.float64);
    expect(torch.as_tensor([1, 2.5]).tolist()).toEqual([1, 2.5]);
    expect(() => (torch as any).as_tensor(x, torch.float64)).toThrow(
      new TypeError("as_tensor() takes 1 positional argument but 2 were given"),
    );
    const array = new Float32Array(2);
    torch.as_tensor(array).fill_(3);
    expect([...array]).toEqual([3, 3]);
    torch.as_tensor(array, { dtype: torch.float64 }).fill_(4);
    expect([...array]).toEqual([3, 3]);
  });
});

describe("torch.frombuffer()", () => {
  test("count and offset", () => {
    const bytes = new Uint8Array([1, 0, 2, 0, 3, 0, 4, 0]);
    expect(torch.frombuffer(bytes.buffer, { dtype: torch.int16 }).tolist()).toEqual([1, 2, 3, 4]);
    expect(torch.frombuffer(bytes, { dtype: torch.int16, count: 2, offset: 2 }).tolist()).toEqual([2, 3]);
    expect(torch.frombuffer(bytes, { dtype: torch.int16, offset: 1, count: 1 }).tolist()).toEqual([512]);
    expect((loose.frombuffer(bytes, { dtype: torch.int16, count: 1n, offset: 0n }) as torch.Tensor).tolist()).toEqual([
      1,
    ]);
    torch.frombuffer(bytes, { dtype: torch.uint8 }).zero_();
    expect([...bytes]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(torch.frombuffer(new Float32Array(1), { dtype: torch.float32, requires_grad: true }).requires_grad).toBe(
      true,
    );
  });

  test("errors", () => {
    const bytes = new Uint8Array(8);
    const from =
      (options: object, buffer: unknown = bytes) =>
      () =>
        loose.frombuffer(buffer, { dtype: torch.float32, ...options });
    expect(from({}, new Uint8Array(0))).toThrow("both buffer length (0) and count (-1) must not be 0");
    expect(from({ count: 0 })).toThrow("both buffer length (8) and count (0) must not be 0");
    expect(from({ offset: 8 })).toThrow(
      "offset (8 bytes) must be non-negative and no greater than buffer length (8 bytes) minus 1",
    );
    expect(from({ offset: -1 })).toThrow("offset (-1 bytes) must be non-negative");
    expect(from({ count: 3 })).toThrow(
      "requested buffer length (3 * 4 bytes) after offset (0 bytes) must not be greater than actual buffer length (8 bytes)",
    );
    expect(from({ offset: 1 })).toThrow(
      "buffer length (7 bytes) after offset (1 bytes) must be a multiple of element size (4)",
    );
    expect(from({}, "text")).toThrow("object does not implement Python buffer protocol.");
    expect(() => loose.frombuffer(bytes)).toThrow(TypeError);
  });
});

describe("torch.Tensor()", () => {
  test("makes tensors of sizes, of data, or of nothing", () => {
    expect([...new torch.Tensor(2, 3).shape]).toEqual([2, 3]);
    expect(new torch.Tensor([1, 2]).tolist()).toEqual([1, 2]);
    expect(new torch.Tensor([1, 2]).dtype).toBe(torch.float32);
    expect([...new torch.Tensor().shape]).toEqual([0]);
    expect([...new torch.Tensor(torch.ones(2, 3).shape).shape]).toEqual([2, 3]);
    expect(() => new torch.Tensor("a")).toThrow(TypeError);
    expect(() => new torch.Tensor(-1)).toThrow(torch.RuntimeError);
    expect(new torch.Tensor(torch.ones(1, { dtype: torch.int64 })).dtype).toBe(torch.int64);
  });

  test("may be called without new", () => {
    expect([...loose.Tensor(2, 3).shape]).toEqual([2, 3]);
    expect(loose.Tensor([1, 2])).toBeInstanceOf(torch.Tensor);
  });
});
