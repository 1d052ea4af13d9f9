import * as torch from "tstorch";
import { describe, expect, test } from "vitest";

const { slice } = torch.py;
const float32 = { dtype: torch.float32 };

describe("UntypedStorage", () => {
  test("of a size or of bytes", () => {
    expect(torch.UntypedStorage(4).nbytes()).toBe(4);
    expect(torch.UntypedStorage().size()).toBe(0);
    expect(new torch.UntypedStorage([1, 2, 300]).tolist()).toEqual([1, 2, 44]);
    expect(torch.UntypedStorage(2, { device: "meta" }).device.type).toBe("meta");
    expect(() => torch.UntypedStorage(2.5)).toThrow(
      new torch.RuntimeError("torch.UntypedStorage(): Expected a sequence type, but got float"),
    );
  });

  test("is the tensor's memory", () => {
    const x = torch.tensor([1, 2, 3]);
    const storage = x["1:"].untyped_storage();
    expect(storage.nbytes()).toBe(24);
    expect(storage.data_ptr()).toBe(x.data_ptr());
    storage[0] = 7;
    expect(x.tolist()).toEqual([7, 2, 3]);
    expect(() => torch.eye(2).to_sparse().untyped_storage()).toThrow(
      new torch.NotImplementedError("Cannot access storage of SparseTensorImpl"),
    );
  });

  test("elements", () => {
    const storage = torch.UntypedStorage([7, 7, 7, 7]);
    storage[1] = 3;
    storage.__setitem__(slice(2, null), 9);
    expect(storage.tolist()).toEqual([7, 3, 9, 9]);
    expect(storage[-1]).toBe(9);
    expect(storage.__getitem__(slice(1, 3)).tolist()).toEqual([3, 9]);
    expect([...storage.fill_(0)]).toEqual([0, 0, 0, 0]);
    expect(() => storage[9]).toThrow(new torch.IndexError("index 9 out of range for storage of size 4"));
    expect(() => storage.__getitem__("a" as never)).toThrow(
      new TypeError("can't index a torch.UntypedStorage with str"),
    );
  });

  test("copies", () => {
    const storage = torch.UntypedStorage([1, 2]);
    const clone = storage.clone();
    storage[0] = 9;
    expect(clone.tolist()).toEqual([1, 2]);
    expect(storage.copy_(clone).tolist()).toEqual([1, 2]);
    expect(storage.cpu()).toBe(storage);
    expect(() => storage.copy_(torch.UntypedStorage(3))).toThrow(
      new torch.RuntimeError("size does not match, self was 2 bytes but src was 3 bytes"),
    );
  });

  test("grows in place, but does not shrink", () => {
    const x = torch.tensor([1, 2]);
    const storage = x.untyped_storage();
    storage.resize_(32);
    expect(x.untyped_storage().nbytes()).toBe(32);
    expect(x.tolist()).toEqual([1, 2]);
    expect(() => storage.resize_(2)).toThrow(torch.RuntimeError);
  });

  test("prints as Python's does", () => {
    expect(String(torch.UntypedStorage([7, 7]))).toBe(" 7\n 7\n[torch.storage.UntypedStorage(device=cpu) of size 2]");
  });
});

describe("TypedStorage", () => {
  const storage = torch.tensor([1.5, 2]).storage();

  test("elements of the tensor's dtype", () => {
    expect(storage.tolist()).toEqual([1.5, 2]);
    expect([storage.size(), storage.nbytes(), storage.element_size()]).toEqual([2, 8, 4]);
    expect(storage.type()).toBe("torch.FloatStorage");
    expect(storage.untyped().tolist()).toEqual([0, 0, 192, 63, 0, 0, 0, 64]);
    expect(() => storage[5]).toThrow(new torch.IndexError("index 5 out of range for storage of size 2"));
    expect(() => storage.__getitem__(slice(1) as never)).toThrow(
      new torch.RuntimeError("slices are only supported in UntypedStorage.__getitem__"),
    );
  });

  test("writes to the tensor", () => {
    const x = torch.tensor([1.5, 2]);
    x.storage()[0] = 9;
    x.storage().__setitem__(1, 4);
    expect(x.tolist()).toEqual([9, 4]);
  });

  test("prints as Python's does", () => {
    expect(String(storage)).toBe(" 1.5\n 2.0\n[torch.storage.TypedStorage(dtype=torch.float32, device=cpu) of size 2]");
  });

  test("constructors", () => {
    expect(torch.TypedStorage([1, 2], { dtype: torch.int8 }).nbytes()).toBe(2);
    const wrapped = torch.TypedStorage({ wrap_storage: torch.UntypedStorage(8), dtype: torch.float64 });
    expect(wrapped.size()).toBe(1);
    expect(() => torch.TypedStorage({ wrap_storage: torch.UntypedStorage(8) })).toThrow(
      "Argument 'dtype' must be specified",
    );
  });

  test("old classes", () => {
    expect(torch.FloatStorage([1, 2]).dtype).toBe(torch.float32);
    expect(new torch.LongStorage(2).size()).toBe(2);
    expect(storage).toBeInstanceOf(torch.FloatStorage);
    expect(storage).not.toBeInstanceOf(torch.DoubleStorage);
    expect(torch.FloatStorage.dtype).toBe(torch.float32);
    expect(torch.ones(1).storage_type()).toBe(torch.FloatStorage);
    expect(() => (torch.FloatStorage as (...args: unknown[]) => unknown)(1, 2)).toThrow(
      "Too many positional arguments",
    );
  });
});

describe("Tensor.set_", () => {
  const x = () => torch.empty(0, float32);

  test("a storage, a tensor, or nothing", () => {
    const source = torch.tensor([1, 2, 3], float32);
    expect(x().set_(source.untyped_storage()).tolist()).toEqual([1, 2, 3]);
    expect(x().set_(source.storage(), 1, [2]).tolist()).toEqual([2, 3]);
    expect(x().set_(source, 0, [2], [2]).tolist()).toEqual([1, 3]);
    expect(x().set_(source).tolist()).toEqual([1, 2, 3]);
    expect(source.clone().set_().numel()).toBe(0);
  });

  test("errors", () => {
    expect(() => x().set_(torch.tensor([1]))).toThrow(
      new torch.RuntimeError("Could not set tensor of type long int to a tensor of type float"),
    );
    expect(() => x().set_(torch.tensor([1]).storage())).toThrow(
      new torch.RuntimeError(
        "Expected a Storage of type float or an UntypedStorage, but got type Long for argument 1 'storage'",
      ),
    );
    expect(() => x().set_(3 as never)).toThrow(TypeError);
  });
});
