// PyTorch's signature strings, such as `add(Tensor input, Tensor other, *, Scalar alpha=1, Tensor out=None)`.

export type ParameterType =
  | "Tensor"
  | "Scalar"
  | "complex"
  | "double"
  | "int64"
  | "SymInt"
  | "bool"
  | "string"
  | "ints"
  | "SymInts"
  | "floats"
  | "scalars"
  | "tensors"
  | "dtype"
  | "layout"
  | "device"
  | "memory_format"
  | "generator"
  | "storage"
  | "stream"
  | "object";

/** What each type is called in the texts of errors. */
const typeTexts: Record<ParameterType, string> = {
  Tensor: "Tensor",
  Scalar: "Number",
  complex: "complex",
  double: "float",
  int64: "int",
  SymInt: "int",
  bool: "bool",
  string: "str",
  ints: "tuple of ints",
  SymInts: "tuple of ints",
  floats: "tuple of floats",
  scalars: "tuple of Scalars",
  tensors: "tuple of Tensors",
  dtype: "torch.dtype",
  layout: "torch.layout",
  device: "torch.device",
  memory_format: "torch.memory_format",
  generator: "torch.Generator",
  storage: "torch.Storage",
  stream: "Stream",
  object: "object",
};

const parameterTypes: Record<string, ParameterType> = {
  Tensor: "Tensor",
  Scalar: "Scalar",
  int64_t: "int64",
  SymInt: "SymInt",
  DeviceIndex: "int64",
  double: "double",
  complex: "complex",
  bool: "bool",
  "c10::string_view": "string",
  IntArrayRef: "ints",
  SymIntArrayRef: "SymInts",
  "ArrayRef<double>": "floats",
  ScalarList: "scalars",
  TensorList: "tensors",
  "c10::List<::std::optional<Tensor>>": "tensors",
  ScalarType: "dtype",
  Layout: "layout",
  Device: "device",
  MemoryFormat: "memory_format",
  Generator: "generator",
  Storage: "storage",
  Stream: "stream",
  PyObject: "object",
};

export interface Parameter {
  readonly name: string;
  /** Its place among the parameters. */
  readonly index: number;
  readonly type: ParameterType;
  /** The length that a list must have, or to which a single number is repeated; 0 if it may have any. */
  readonly size: number;
  readonly optional: boolean;
  readonly allowNone: boolean;
  readonly allowNumbersAsTensors: boolean;
  readonly keywordOnly: boolean;
  /** NumPy's names for the parameter. */
  readonly aliases: readonly string[];
  /** The default as written, or null. */
  readonly defaultText: string | null;
}

export interface ParsedSignature {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly minArguments: number;
  readonly maxPositional: number;
  readonly deprecated: boolean;
  /** Whether all positional arguments together may be the one list that the function takes: x.view(2, 3). */
  readonly varargs: boolean;
  /** The operator to call, its out= form, and arguments that do not go by name. */
  readonly operator: string;
  readonly out: string | undefined;
  readonly mapping: Readonly<Record<string, string | { value: number }>>;
}

/** One record of the generated table. */
export type Signature = readonly [
  signature: string,
  operator: string,
  out?: string | undefined,
  mapping?: Readonly<Record<string, string | { value: number }>>,
];

const numpyNames: Record<string, readonly string[]> = {
  dim: ["axis"],
  keepdim: ["keepdims"],
  input: ["x", "a", "x1"],
  other: ["x2"],
};

const takesNumbersAsTensors = new Set(
  ["add", "div", "divide", "mul", "multiply", "sub", "subtract", "true_divide", "floor_divide"]
    .flatMap((name) => [name, `${name}_`, `${name}_out`])
    .concat("to", "_to_copy", "copy_", "copy", "_conj"),
);

function parseParameter(text: string, index: number, keywordOnly: boolean, allowNumbersAsTensors: boolean): Parameter {
  const space = text.indexOf(" ");
  const [, base, size, , question] = /^(.*?)(?:\[(\d+)\])?((\?)?)$/.exec(text.slice(0, space)) as RegExpExecArray;
  const [name, ...rest] = text.slice(space + 1).split("=");
  const defaultText = rest.length ? rest.join("=") : null;
  const type = parameterTypes[base];
  if (!type) throw new Error(`unknown parameter type ${base} in ${text}`);
  return {
    name,
    index,
    type,
    size: Number(size ?? 0),
    optional: defaultText !== null,
    allowNone: question === "?" || defaultText === "None",
    allowNumbersAsTensors: allowNumbersAsTensors && type === "Tensor",
    keywordOnly,
    aliases: numpyNames[name] ?? [],
    defaultText,
  };
}

/** Parses one record of the table. */
export function parseSignature([text, operator, out, mapping = {}]: Signature): ParsedSignature {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  const name = text.slice(0, open);
  const numbers = takesNumbersAsTensors.has(name);
  const parameters: Parameter[] = [];
  let keywordOnly = false;
  for (const part of close === open + 1 ? [] : text.slice(open + 1, close).split(", ")) {
    if (part === "*") keywordOnly = true;
    else parameters.push(parseParameter(part, parameters.length, keywordOnly, numbers));
  }
  const maxPositional = parameters.filter((p) => !p.keywordOnly).length;
  return {
    name,
    parameters,
    minArguments: parameters.filter((p) => !p.optional).length,
    maxPositional,
    deprecated: text.slice(close + 1) === "|deprecated",
    varargs: maxPositional === 1 && (parameters[0].type === "ints" || parameters[0].type === "SymInts"),
    operator,
    out,
    mapping,
  };
}

/** A parameter's type in the words of Python's errors. */
export function typeText(parameter: Parameter): string {
  return typeTexts[parameter.type];
}

/** A signature in the words of Python's errors: `(Tensor input, *, Number alpha = 1)`. */
export function signatureText(signature: ParsedSignature): string {
  const parts: string[] = [];
  let star = false;
  for (const parameter of signature.parameters) {
    if (parameter.keywordOnly && !star) parts.push("*");
    star ||= parameter.keywordOnly;
    const suffix = parameter.defaultText === null ? "" : ` = ${parameter.defaultText}`;
    parts.push(`${typeText(parameter)} ${parameter.name}${suffix}`);
  }
  return `(${parts.join(", ")})`;
}
