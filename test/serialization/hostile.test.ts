import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import torch from "tstorch";
import { describe, expect, test } from "vitest";
import { checkpoint, p, zip } from "./helpers/archive.js";

const { EOFError, RuntimeError, UnpicklingError } = torch;
const load = (body: string, storages?: { [key: string]: Uint8Array }) =>
  torch.load(checkpoint(p.pickle(body), storages));
const floats = new Uint8Array(16);
const view = (numel: string, offset: string, size: string, stride: string) =>
  p.tensor(p.storage("0", numel), offset, size, stride);

/** The error must be of a class and name what is wrong. */
function refused(call: () => unknown, type: unknown, text: string | RegExp): void {
  let caught: unknown;
  try {
    call();
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(type);
  expect((caught as Error).message).toMatch(text);
}

describe("what a pickle may name", () => {
  test.each(["posix.system", "os.system", "nt.system", "sys.exit"])("%s is blocked", (name) => {
    const text = new RegExp(`unsupported GLOBAL ${name} whose module ${name.split(".")[0]} is blocked`);
    refused(() => load(p.call(name, p.text("true"))), UnpicklingError, text);
  });

  test.each(["builtins.eval", "__builtin__.exec", "subprocess.Popen", "torch.hub.load", "torch.load", "__proto__.x"])(
    "%s is not on the list",
    (name) => {
      refused(() => load(p.call(name, p.text("1"))), UnpicklingError, "was not an allowed global by default");
    },
  );

  test("what is allowed cannot be used as a function where it is none", () => {
    refused(() => load(`${p.global("torch.float32")})R`), UnpicklingError, "unrecognized function");
    refused(() => load("K\x01)R"), UnpicklingError, "unrecognized function <class 'int'>");
    refused(() => load("K\x01)\x81"), UnpicklingError, "Can only create new object");
    refused(() => load("]}b"), UnpicklingError, "Can only build Tensor, Parameter, OrderedDict");
    const wrapper = p.call(
      "torch._tensor._rebuild_from_type_v2",
      p.global("torch.Size"),
      p.global("torch.Tensor"),
      ")",
      "}",
    );
    refused(() => load(wrapper), UnpicklingError, "is to be rebuilt by");
  });

  test("nothing is allowed for others by allowing it for a while", () => {
    class Thing {}
    torch.serialization.safe_globals([[Thing, "a.Thing"]], () => {
      expect(load(`${p.global("a.Thing")})\x81`)).toBeInstanceOf(Thing);
    });
    refused(() => load(`${p.global("a.Thing")})\x81`), UnpicklingError, "Unsupported global: GLOBAL a.Thing");
  });

  test("keys of dicts never reach a prototype", () => {
    const made = load(`}(${p.text("__proto__")}}(${p.text("polluted")}K\x01u${p.text("constructor")}K\x02u`);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.keys(made)).toEqual(["__proto__", "constructor"]);
  });
});

describe("the pickle's stack and memo", () => {
  test.each([
    ["an empty stack", "", "unexpected end of the pickle's stack"],
    ["a tuple of nothing", "\x85", "unexpected end of the pickle's stack"],
    ["no mark", "t", "could not find MARK"],
    ["an index that was never put", "h\x05", "Memo value not found at index 5"],
    ["another protocol's operand", "\x95", "Unsupported operand 149"],
    ["appending to a dict", "}K\x01a", "Can only append to lists, but got <class 'dict'>"],
    ["setting an item of a list", "]K\x01K\x02s", "Can only SETITEM for dict"],
    ["an odd number of items", "}(K\x01u", "odd number of items"],
    ["an id that is no tuple", "K\x01Q", "persistent_load id must be tuple"],
    ["text that is not UTF-8", "X\x01\0\0\0\xff", "is not UTF-8"],
  ])("%s", (_, body, text) => {
    refused(() => load(body), UnpicklingError, text);
  });

  test("a list as a key", () => {
    refused(() => load("}]K\x02s"), TypeError, "unhashable type: 'list'");
  });

  test("counts beyond the file", () => {
    refused(() => load("X\xff\xff\xff\x7fabc"), EOFError, "Ran out of input");
    refused(() => load("\x8a\xffabc"), EOFError, "Ran out of input");
    refused(() => torch.load(checkpoint("\x80\x02")), EOFError, "Ran out of input");
    refused(() => torch.load(checkpoint("\x80\x02ctorch")), EOFError, "Ran out of input");
    refused(() => load(`c${"x".repeat(10_000)}\nname\n`), EOFError, "longer than 4096 bytes");
  });

  test("deep nesting", () => {
    refused(() => load("]".repeat(100_000) + "a".repeat(99_999)), UnpicklingError, "nested more than 1000 deep");
    refused(() => load(`)${"\x85".repeat(100_000)}`), UnpicklingError, "nested more than 1000 deep");
    refused(() => load("(".repeat(100_000)), UnpicklingError, "unexpected end of the pickle's stack");
  });

  test("a memo bomb stays what it is: shared", () => {
    // 2**60 lists, if they were copied.
    const made = load(
      `]q\0${Array.from({ length: 60 }, (_, i) => `](h${String.fromCharCode(i)}h${String.fromCharCode(i)}eq${String.fromCharCode(i + 1)}`).join("")}`,
    );
    expect(made[0]).toBe(made[1]);
  });

  test("memo numbers cost no memory", () => {
    expect(load("K\x01r\xff\xff\xff\xff")).toBe(1);
  });

  test("a set of a list that holds itself", () => {
    refused(() => load("}q\0K\x01h\0s0"), UnpicklingError, "Unsupported operand 48");
    expect(load("}q\0K\x01h\0s").get(1)).toBeInstanceOf(Map);
  });
});

describe("storages and views", () => {
  const four = p.int(4);

  test("a storage that is not as large as the pickle says", () => {
    for (const numel of [p.int(5), p.int(3), p.long(2n ** 52n)]) {
      const body = view(numel, "K\0", p.tuple(four), p.tuple(p.int(1)));
      refused(() => load(body, { 0: floats }), RuntimeError, "record size (16 bytes) does not match expected size");
    }
  });

  test("a negative size, and sizes that are no ints", () => {
    const tensor = (size: string, stride: string) => () => load(view(four, "K\0", size, stride), { 0: floats });
    refused(tensor(p.tuple(p.int(-1)), p.tuple(p.int(1))), UnpicklingError, "size must not be negative");
    refused(tensor(p.tuple(four), p.tuple(p.int(-1))), UnpicklingError, "stride must not be negative");
    refused(tensor(p.tuple(p.text("4")), p.tuple(p.int(1))), UnpicklingError, "size must be an int, not str");
    refused(tensor("N", p.tuple(p.int(1))), UnpicklingError, "size must be a tuple, not NoneType");
    refused(tensor(p.tuple(four, four), p.tuple(p.int(1))), UnpicklingError, "2 sizes and 1 strides");
  });

  test("views beyond their storage", () => {
    const tensor = (offset: string, size: string, stride: string) => () =>
      load(view(four, offset, size, stride), { 0: floats });
    refused(tensor("K\0", p.tuple(p.int(5)), p.tuple(p.int(1))), RuntimeError, "out of bounds for storage of size 16");
    refused(tensor("K\x01", p.tuple(four), p.tuple(p.int(1))), RuntimeError, "out of bounds for storage of size 16");
    refused(tensor("K\0", p.tuple(p.int(2)), p.tuple(p.int(4))), RuntimeError, "out of bounds for storage of size 16");
    refused(tensor(p.long(2n ** 62n), p.tuple(p.int(1)), p.tuple(p.int(1))), UnpicklingError, "must be an int");
    const huge = p.tuple(...Array.from({ length: 3 }, () => p.long(2n ** 40n)));
    refused(tensor("K\0", huge, p.tuple("K\0", "K\0", "K\0")), RuntimeError, "overflow");
    refused(tensor("K\x09", p.tuple("K\0"), p.tuple(p.int(1))), RuntimeError, "out of bounds");
  });

  test("a missing record, and a storage of two sizes", () => {
    refused(() => load(view(four, "K\0", ")", ")")), RuntimeError, "failed locating file data/0: file not found");
    const both = `(${p.storage("0", four)}${p.storage("0", p.int(2))}t`;
    refused(() => load(both, { 0: floats }), RuntimeError, "does not match expected size");
  });

  test("ids that are malformed", () => {
    refused(() => load(`${p.tuple(p.text("module"), p.int(1))}Q`), UnpicklingError, "Only persistent_load of storage");
    refused(() => load(`${p.tuple(p.text("storage"))}Q`), UnpicklingError, "the id of a storage is malformed");
    const other = p.tuple(p.text("storage"), p.global("torch.float32"), p.text("0"), p.text("cpu"), four);
    refused(() => load(`${other}Q`, { 0: floats }), UnpicklingError, "the id of a storage is malformed");
  });

  test("quantised tensors that would allocate what the file does not have", () => {
    const params = p.tuple(p.global("torch.per_tensor_affine"), "G?\xf0\0\0\0\0\0\0", "K\0");
    const size = p.tuple(p.long(2n ** 40n));
    const id = p.storage("0", p.int(16), "torch.QInt8Storage");
    const body = p.call("torch._utils._rebuild_qtensor", id, "K\0", size, p.tuple("K\x01"), params, "\x89", "N");
    refused(() => load(body, { 0: floats }), RuntimeError, "out of bounds");
  });

  test("sparse tensors whose indices are out of bounds", () => {
    const indices = p.tensor(
      p.storage("0", p.int(2), "torch.LongStorage"),
      "K\0",
      p.tuple(p.int(2), p.int(1)),
      p.tuple("K\x01", "K\x01"),
    );
    const values = p.tensor(p.storage("1", p.int(1)), "K\0", p.tuple("K\x01"), p.tuple("K\x01"));
    const layout = p.call("torch.serialization._get_layout", p.text("torch.sparse_coo"));
    const body = p.call(
      "torch._utils._rebuild_sparse_tensor",
      layout,
      p.tuple(indices, values, p.tuple("K\x02", "K\x02")),
    );
    const wild = new Uint8Array(BigInt64Array.of(10n ** 9n, 0n).buffer);
    refused(() => load(body, { 0: wild, 1: new Uint8Array(4) }), RuntimeError, "size is inconsistent with indices");
  });
});

describe("archives", () => {
  const pickle = { name: "archive/data.pkl", bytes: p.pickle("K\x01") };
  const broken = (text: string | RegExp, ...records: Parameters<typeof zip>[0]) =>
    refused(() => torch.load(zip([pickle, ...records])), RuntimeError, text);

  test.each(["../evil", "/etc/passwd", "archive/../../x", "C:\\x", "archive/a\0b", "archive/./x"])(
    "the name %j",
    (name) => broken("the name of an entry is not allowed", { name, bytes: "" }),
  );

  test("entries that lie over each other, or out of the file", () => {
    const inner = zip([{ name: "archive/c", bytes: "x" }]).subarray(0, 40);
    const start = 30 + 16 + pickle.bytes.length + 30 + 9;
    const [b, c] = [
      { name: "archive/b", bytes: inner },
      { name: "archive/c", bytes: "x", at: start },
    ];
    broken("archive/b and archive/c overlap", b, c);
    broken("is missing", { name: "archive/b", bytes: "x", at: 3 });
    broken("out of place", { name: "archive/b", bytes: "x", at: 2 ** 31 });
    const larger = (entry: Buffer) => {
      entry.writeUInt32LE(1000, 20);
      entry.writeUInt32LE(1000, 24);
    };
    broken("reaches beyond the end", { name: "archive/b", bytes: "x", central: larger });
  });

  test("names that differ between the header and the directory, and names that come twice", () => {
    broken("has another name", { name: "archive/b", bytes: "x", central: (e) => e.writeUInt16LE(9, 28), at: 0 });
    broken("two entries named archive/data.pkl", pickle);
  });

  test("compressed and encrypted entries", () => {
    broken("is compressed", { name: "archive/b", bytes: "x", central: (entry) => entry.writeUInt16LE(8, 10) });
    broken("is encrypted", { name: "archive/b", bytes: "x", central: (entry) => entry.writeUInt16LE(1, 8) });
    broken("its packed size", { name: "archive/b", bytes: "x", central: (entry) => entry.writeUInt32LE(9, 20) });
  });

  test("files outside of the archive's folder, versions and TorchScript", () => {
    broken("not in a subdirectory: b", { name: "b", bytes: "x" });
    broken("maximum supported version for reading is 10", { name: "archive/version", bytes: "99\n" });
    broken("minimum supported version", { name: "archive/version", bytes: "0\n" });
    broken("Couldn't parse the version", { name: "archive/version", bytes: "x" });
    broken("TorchScript archives", { name: "archive/constants.pkl", bytes: "x" });
    refused(
      () => torch.load(zip([pickle, { name: "archive/byteorder", bytes: "middle" }])),
      torch.ValueError,
      "Unknown endianness type: middle",
    );
  });

  test("zip64, right and wrong", () => {
    expect(torch.load(zip([pickle], { zip64: true }))).toBe(1);
    const file = zip([pickle], { zip64: true });
    file.writeBigUInt64LE(2n ** 63n, file.length - 42 + 8);
    refused(() => torch.load(file), RuntimeError, "which no file can have");
    const cut = zip([pickle], { zip64: true });
    cut.writeUInt32LE(0, cut.length - 42);
    refused(() => torch.load(cut), RuntimeError, "zip64 end of central directory is missing");
    broken("zip64 field of archive/b is missing", {
      name: "archive/b",
      bytes: "x",
      central: (entry) => entry.writeUInt32LE(0xffffffff, 24),
    });
    const many = zip([pickle]);
    many.writeUInt16LE(60_000, many.length - 12);
    refused(() => torch.load(many), RuntimeError, "claims to list 60000 entries");
  });

  test("files that are cut short, at every byte", () => {
    const whole = fs.readFileSync(path.join(import.meta.dirname, "fixtures", "dtypes", "float32.pt"));
    const file = path.join(os.tmpdir(), `tstorch-cut-${process.pid}.pt`);
    for (let length = 0; length < whole.length; length += 7) {
      expect(() => torch.load(whole.subarray(0, length))).toThrow();
    }
    fs.writeFileSync(file, whole.subarray(0, whole.length - 1));
    refused(() => torch.load(file), RuntimeError, "failed finding central directory");
    refused(() => torch.load(file, { mmap: true }), RuntimeError, "failed finding central directory");
    fs.rmSync(file);
  });

  test("big-endian files are turned around", () => {
    const bytes = new Uint8Array(Buffer.from([0x3f, 0x80, 0, 0, 0x40, 0, 0, 0]));
    const tensor = p.tensor(p.storage("0", p.int(2)), "K\0", p.tuple("K\x02"), p.tuple("K\x01"));
    const file = zip([
      { name: "archive/data.pkl", bytes: p.pickle(tensor) },
      { name: "archive/byteorder", bytes: "big" },
      { name: "archive/data/0", bytes },
    ]);
    expect(torch.load(file).tolist()).toEqual([1, 2]);
  });
});

describe("the format before 1.6", () => {
  const magic = `\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.`;
  const head = `${magic}\x80\x02M\xe9\x03.\x80\x02}.`;
  const legacy = (text: string) => torch.load(Buffer.from(text, "latin1"));

  test("empty files, others and archives of tar", () => {
    refused(() => legacy(""), EOFError, "Ran out of input");
    refused(() => legacy("\x80\x02K\x01."), RuntimeError, "Invalid magic number; corrupt file?");
    refused(() => legacy("hello world"), RuntimeError, "begins neither as a zip archive nor as a pickle");
    refused(() => legacy(`${magic}\x80\x02K\x01.`), RuntimeError, "Invalid protocol version: 1");
    const tar = Buffer.alloc(1024);
    tar.write("ustar", 257);
    refused(() => torch.load(tar), RuntimeError, "legacy .tar format");
  });

  test("storages that the file does not hold", () => {
    const id = (numel: string) =>
      `${p.tuple(p.text("storage"), p.global("torch.FloatStorage"), p.text("1"), p.text("cpu"), numel, "N")}Q`;
    refused(() => legacy(`${head}${p.pickle(id(p.long(2n ** 40n)))}`), RuntimeError, "but the file has");
    refused(() => legacy(`${head}${p.pickle(id(p.int(1)))}${p.pickle("]")}`), RuntimeError, "is not in the file");
    const keys = p.pickle(`]${p.text("1")}a`);
    refused(() => legacy(`${head}${p.pickle(id(p.int(1)))}${keys}`), EOFError, "Ran out of input");
    const wrong = `${head}${p.pickle(id(p.int(1)))}${keys}\x02\0\0\0\0\0\0\0aaaa`;
    refused(() => legacy(wrong), RuntimeError, "expected 1 elements got 2");
    refused(() => legacy(`${head}${p.pickle("N")}${keys}`), torch.AssertionError, "not found in deserialized_objects");
  });

  test("a whole module", () => {
    const body = `${p.tuple(p.text("module"), p.text("Net"), p.text("file"), p.text("source"))}Q`;
    refused(() => legacy(`${head}${p.pickle(body)}`), UnpicklingError, "holds a whole model");
  });
});
