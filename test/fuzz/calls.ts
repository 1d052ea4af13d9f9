// The calls as TypeScript: call number `index` of a seed is always the same text, whatever was called before.

import type { Parameter, ParsedSignature } from "../../lib/arguments/signature.js";
import { type Entry, entries } from "./table.js";

/** What the texts of calls lean on, besides `torch`. */
export const helpers = {
  disposed: <T extends Disposable>(x: T) => {
    x[Symbol.dispose]();
    return x;
  },
  throwing: () =>
    new Proxy([1, 2], {
      get() {
        throw new RangeError("from a proxy");
      },
    }),
  getter: (name: string) =>
    Object.defineProperty({}, name, {
      enumerable: true,
      get() {
        throw new RangeError("from a getter");
      },
    }),
  cyclic: () => {
    const list: unknown[] = [];
    list.push(list);
    return list;
  },
  disposing: (x: Disposable) => ({
    length: 1,
    get 0() {
      x[Symbol.dispose]();
      return 1;
    },
  }),
};

/** Numbers from 0 to 1 that a seed and a call's index give (mulberry32). */
function numbers(seed: number, index: number): () => number {
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const shapes = ["", "0", "1", "3", "2, 3", "3, 3", "0, 3", "2, 0", "1, 2, 3", "2, 3, 3", "2, 3, 4, 4", "1, 2, 3, 4, 4"];
const ints = ["0", "1", "2", "3", "-1", "-2", "5", "4"];
const extremes = [
  "100",
  "-100",
  "2 ** 31",
  "2 ** 40",
  "-(2 ** 40)",
  "2 ** 53",
  "2n ** 63n - 1n",
  "-(2n ** 63n)",
  "2n ** 64n",
];
const floats = ["0.5", "-1.5", "torch.py.float(1)", "0", "1", "1e300", "NaN", "Infinity", "-Infinity", "1e-300"];
const strings = [
  "mean",
  "sum",
  "none",
  "floor",
  "trunc",
  "reflect",
  "linear",
  "bilinear",
  "L",
  "ortho",
  "ij",
  "amax",
  "",
  "cpu",
  "x",
];
const dtypes = [
  "float32",
  "float64",
  "float16",
  "bfloat16",
  "int64",
  "int32",
  "int16",
  "int8",
  "uint8",
  "bool",
  "complex64",
  "complex128",
  "complex32",
  "uint16",
  "uint32",
  "uint64",
  "float8_e4m3fn",
  "float8_e5m2",
  "quint8",
  "qint8",
  "qint32",
];
const layouts = ["strided", "sparse_coo", "sparse_csr", "sparse_csc", "sparse_bsr", "sparse_bsc", "_mkldnn"];
const formats = ["contiguous_format", "preserve_format", "channels_last", "channels_last_3d"];
const devices = ['"cpu"', '"meta"', '"cuda"', '"nonsense"', '"cpu:7"', 'torch.device("cpu")'];
const oddities = [
  "undefined",
  "null",
  "true",
  "NaN",
  "-0",
  "1n",
  '""',
  '"\\u0000"',
  "Symbol()",
  "() => 1",
  "class {}",
  "new Date(0)",
  "new Map()",
  "new Set([1])",
  "{}",
  "{ nonsense: 1 }",
  "Object.create(null)",
  "throwing()",
  "{ valueOf() { throw new RangeError(); } }",
  'getter("dim")',
  'getter("out")',
  'getter("length")',
  "cyclic()",
  "[[1, 2], [3]]",
  "[[[[[[[[]]]]]]]]",
  "[, 1]",
  "[null]",
  "[undefined]",
  "new Float32Array(3)",
  "new BigInt64Array(2)",
  "new DataView(new ArrayBuffer(8))",
  "new ArrayBuffer(8)",
  "new Array(1e4)",
  "torch.py.complex(1, 2)",
  "torch.py.slice(1, 2)",
  "torch",
  "torch.float32",
  "torch.strided",
  "torch.Tensor",
  "torch.Size([2])",
  "disposed(torch.ones(2))",
  "Object.create(torch.Tensor.prototype)",
  "new Proxy(torch.ones(2), {})",
  "torch.nn.Linear(1, 1)",
  "torch.Generator()",
  "torch.ones(2).untyped_storage()",
  "disposing(torch.ones(2))",
  "/x/",
  "new Error()",
  "2 ** 31",
  "1e300",
];

class Writer {
  readonly #random: () => number;
  /** The shape that most tensors of one call have. */
  readonly #shape: string;
  readonly #dtype: string;

  constructor(random: () => number) {
    this.#random = random;
    this.#shape = this.pick(shapes);
    this.#dtype = this.chance(0.6) ? "float32" : this.pick(dtypes);
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.#random() * choices.length)];
  }

  tensor(): string {
    const shape = this.chance(0.7) ? this.#shape : this.pick(shapes);
    const dtype = `torch.${this.chance(0.8) ? this.#dtype : this.pick(dtypes)}`;
    const options = `{ dtype: ${dtype} }`;
    if (/\.q/.test(dtype)) return `torch.quantize_per_tensor(torch.ones([${shape}]), 0.5, 1, ${dtype})`;
    const plain = this.pick([
      `torch.ones([${shape}], ${options})`,
      `torch.zeros([${shape}], ${options})`,
      `torch.full([${shape}], -1).to(${dtype})`,
      `torch.full([${shape}], ${this.pick([...ints, ...floats, ...extremes.slice(0, 5)])}).to(${dtype})`,
      `torch.arange(${(shape.match(/\d+/g) ?? []).reduce((n, d) => n * Number(d), 1)}).reshape([${shape}]).to(${dtype})`,
    ]);
    if (this.chance(0.6)) return plain;
    const float = `torch.ones([${shape}])`;
    return this.pick([
      `${plain}.T`,
      `torch.ones([], ${options}).expand([${shape}])`,
      `${plain}.conj()`,
      `torch._neg_view(${plain})`,
      `${float}.requires_grad_()`,
      `${float}.to_sparse()`,
      `torch.ones(3, 3).to_sparse_csr()`,
      `torch.ones(3, 3).to_sparse_csc()`,
      `torch.ones(4, 4).to_sparse_bsr([2, 2])`,
      `torch.empty([${shape}], { dtype: ${dtype}, device: "meta" })`,
      `torch._efficientzerotensor([${shape}])`,
      `torch.nested.nested_tensor([torch.ones(2, 3), torch.ones(1, 3)])`,
      `disposed(torch.ones([${shape}]))`,
      `torch.ones(2, 3, 4, 4).to({ memory_format: torch.channels_last })`,
      `torch.quantize_per_channel(torch.ones(2, 3), torch.ones(2), torch.zeros(2), 0, torch.qint8)`,
      `${float}.to_mkldnn()`,
      `torch.empty([0])`,
    ]);
  }

  int(): string {
    return this.chance(0.85) ? this.pick(ints) : this.pick(extremes);
  }

  list(size: number, element: () => string): string {
    const length = size > 0 && this.chance(0.8) ? size : this.pick([0, 1, 2, 2, 3, 4]);
    return `[${Array.from({ length }, element).join(", ")}]`;
  }

  value(parameter: Parameter): string {
    if (this.chance(0.05)) return this.pick(oddities);
    if (parameter.allowNone && this.chance(0.2)) return "null";
    switch (parameter.type) {
      case "Tensor":
        return this.chance(0.03) ? this.int() : this.tensor();
      case "tensors":
        return this.list(parameter.size, () => this.tensor());
      case "int64":
      case "SymInt":
        return this.int();
      case "Scalar":
      case "complex":
        return this.chance(0.5) ? this.int() : this.chance(0.8) ? this.pick(floats) : "torch.py.complex(1, -2)";
      case "double":
        return this.pick(floats);
      case "bool":
        return this.pick(["true", "false"]);
      case "string":
        return JSON.stringify(this.pick(strings));
      case "ints":
      case "SymInts":
        return this.chance(0.15) ? this.int() : this.list(parameter.size, () => this.int());
      case "floats":
        return this.list(parameter.size, () => this.pick(floats));
      case "scalars":
        return this.list(parameter.size, () => this.pick([...ints, ...floats]));
      case "dtype":
        return `torch.${this.pick(dtypes)}`;
      case "layout":
        return `torch.${this.pick(layouts)}`;
      case "memory_format":
        return `torch.${this.pick(formats)}`;
      case "device":
        return this.pick(devices);
      case "generator":
        return "torch.Generator()";
      default:
        return this.pick(oddities);
    }
  }

  arguments({ parameters }: ParsedSignature): string {
    const positional: string[] = [];
    const keywords: string[] = [];
    for (const parameter of parameters) {
      if (parameter.optional && this.chance(parameter.name === "out" ? 0.85 : 0.5)) continue;
      const inOrder = positional.length === parameter.index && !parameter.keywordOnly;
      if (inOrder && this.chance(0.9)) positional.push(this.value(parameter));
      else keywords.push(`${parameter.name}: ${this.value(parameter)}`);
    }
    if (this.chance(0.05)) positional.pop();
    if (this.chance(0.05)) positional.push(this.pick(oddities));
    if (this.chance(0.02)) keywords.push(`nonsense: ${this.pick(oddities)}`);
    return [...positional, ...(keywords.length ? [`{ ${keywords.join(", ")} }`] : [])].join(", ");
  }
}

export interface Call {
  readonly name: string;
  readonly text: string;
}

/** The signatures in their order, over and over, so that none is left out. */
const signatures: [Entry, ParsedSignature][] = entries.flatMap((entry) =>
  entry.signatures.map((signature): [Entry, ParsedSignature] => [entry, signature]),
);
export const signatureCount = signatures.length;

export function callAt(seed: number, index: number): Call {
  const [{ callee, isMethod }, signature] = signatures[index % signatures.length];
  const writer = new Writer(numbers(seed, index));
  const self = isMethod ? writer.tensor() : "";
  return { name: callee, text: `${self}${callee}(${writer.arguments(signature)})` };
}
