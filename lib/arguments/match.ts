// PythonArgParser's matching: the first signature that takes the arguments wins, in the order of the table.
// Source: torch/csrc/utils/python_arg_parser.cpp, FunctionSignature::parse and PythonArgParser::raw_parse.

import type { Tensor } from "../_tensor.js";
import { TensorBase } from "../tensor_base.js";
import { formatInvalidArguments } from "./invalid_arguments.js";
import * as kinds from "./kinds.js";
import { kindOf, typeName } from "./kinds.js";
import { type Parameter, type ParsedSignature, signatureText, typeText } from "./signature.js";

/** Where the value of a parameter comes from: a positional argument, a keyword, or all positional ones as one list. */
export type Source = { position: number } | { keyword: string } | { varargs: true } | null;

export interface Match {
  readonly signature: ParsedSignature;
  /** One for each parameter; null where its default holds. */
  readonly sources: readonly Source[];
  /** Whether other arguments of the same kinds would match alike. */
  readonly cacheable: boolean;
}

/** The positional arguments and keywords of one call. */
export interface Given {
  readonly args: readonly unknown[];
  readonly keywords: ReadonlyMap<string, unknown>;
}

// Set when a check looked into a tensor, so that its result holds for these arguments alone.
let lookedInside = false;

const integralTypes = /^(u?int\d+)$/;

/** Whether Python's __index__ would serve: an int, or a tensor of one element of an integral or bool type. */
function isIndex(value: unknown): boolean {
  const kind = kindOf(value);
  if (kind === kinds.INT) return true;
  if (kind !== kinds.TENSOR) return false;
  lookedInside = true;
  return isIndexTensor(value as Tensor);
}

/** Whether a tensor may stand for an int: one element of an integral or bool type. */
export function isIndexTensor(tensor: Tensor): boolean {
  return tensor.numel() === 1 && (tensor.dtype.name === "bool" || integralTypes.test(tensor.dtype.name));
}

function isFloatTensor(value: unknown): boolean {
  lookedInside = true;
  const tensor = value as Tensor;
  return tensor.dim() === 0 && !tensor.requires_grad;
}

const isNumberKind = (kind: number) =>
  kind === kinds.INT || kind === kinds.FLOAT || kind === kinds.BOOL || kind === kinds.COMPLEX;

const isListKind = (kind: number) => kind >= kinds.EMPTY_LIST && kind < kinds.OBJECT;

function isIntList(value: unknown, kind: number): boolean {
  if (kind === kinds.EMPTY_LIST || kind === kinds.LIST + kinds.INT) return true;
  return kind === kinds.LIST + kinds.TENSOR && isIndex((value as readonly unknown[])[0]);
}

/** Throws Python's TypeError unless all elements are tensors; the parameters of a signature are counted from 0. */
export function checkTensors(list: readonly unknown[], parameter: number): void {
  for (let i = 0; i < list.length; i++) {
    if (list[i] instanceof TensorBase) continue;
    throw new TypeError(`expected Tensor as element ${i} in argument ${parameter}, but got ${typeName(list[i])}`);
  }
}

/** Whether a parameter takes a value; failedElement gets the index of the element that a list fails for. */
function check(parameter: Parameter, value: unknown, failed: { element: number }): boolean {
  const kind = kindOf(value);
  switch (parameter.type) {
    case "Tensor":
      return kind === kinds.TENSOR || (parameter.allowNumbersAsTensors && isNumberKind(kind));
    case "Scalar":
      return isNumberKind(kind) || (kind === kinds.TENSOR && isFloatTensor(value));
    case "complex":
    case "double":
      if (kind === kinds.COMPLEX) return parameter.type === "complex";
      return isNumberKind(kind) || (kind === kinds.TENSOR && isFloatTensor(value));
    case "int64":
      if (kind === kinds.TENSOR) {
        return isFloatTensor(value) && integralTypes.test((value as Tensor).dtype.name);
      }
      return kind === kinds.INT;
    case "SymInt":
      return isIndex(value);
    case "bool":
      return kind === kinds.BOOL;
    case "string":
      return kind === kinds.STRING;
    case "ints":
    case "SymInts":
      if (isIntList(value, kind)) return true;
      if (isListKind(kind)) failed.element = 0;
      return parameter.size > 0 && !isListKind(kind) && (kind === kinds.INT || isIndex(value));
    case "floats":
      if (kind === kinds.EMPTY_LIST) return true;
      return isListKind(kind) && isNumberKind(kind - kinds.LIST);
    case "scalars":
      if (kind === kinds.EMPTY_LIST) return true;
      if (!isListKind(kind) || !isNumberKind(kind - kinds.LIST)) return false;
      lookedInside = true;
      return (value as unknown[]).every((element) => isNumberKind(kindOf(element)));
    case "tensors":
      if (!isListKind(kind)) return false;
      checkTensors(value as unknown[], parameter.index);
      return true;
    case "dtype":
      return kind === kinds.DTYPE;
    case "layout":
      return kind === kinds.LAYOUT;
    case "device":
      return kind === kinds.DEVICE || kind === kinds.STRING || kind === kinds.INT;
    case "memory_format":
      return kind === kinds.MEMORY_FORMAT;
    case "generator":
      return kind === kinds.GENERATOR;
    case "object":
      return true;
    default:
      return false;
  }
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

function tooManyArguments({ name, minArguments, maxPositional }: ParsedSignature, given: number): TypeError {
  return new TypeError(
    minArguments !== maxPositional
      ? `${name}() takes from ${minArguments} to ${maxPositional} positional arguments but ${given} were given`
      : `${name}() takes ${plural(maxPositional, "positional argument")} but ${given} ${given === 1 ? "was" : "were"} given`,
  );
}

function missingArguments({ name, parameters }: ParsedSignature, from: number): TypeError {
  const missing = parameters.slice(from).filter((p) => !p.optional);
  const names = missing.map((p) => `"${p.name}"`).join(", ");
  // Python's parser has the plural the wrong way round.
  return new TypeError(
    `${name}() missing ${missing.length} required positional argument${missing.length === 1 ? "s" : ""}: ${names}`,
  );
}

function wrongType(
  signature: ParsedSignature,
  parameter: Parameter,
  position: number | null,
  value: unknown,
  failedElement: number,
  args: readonly unknown[],
): TypeError {
  const start = `${signature.name}(): argument '${parameter.name}'`;
  if (position === null) {
    return new TypeError(`${start} must be ${typeText(parameter)}, not ${typeName(value)}`);
  }
  const place = `${start} (position ${position + 1}) must be ${typeText(parameter)}`;
  if (failedElement < 0) return new TypeError(`${place}, not ${typeName(value)}`);
  const list = (Array.isArray(value) ? value : args) as readonly unknown[];
  return new TypeError(`${place}, but found element of type ${typeName(list[failedElement])} at pos ${failedElement}`);
}

function unexpectedKeyword(signature: ParsedSignature, given: Given): TypeError {
  for (const keyword of given.keywords.keys()) {
    const index = signature.parameters.findIndex((p) => p.name === keyword);
    if (index < 0) return new TypeError(`${signature.name}() got an unexpected keyword argument '${keyword}'`);
    if (index < given.args.length) {
      return new TypeError(`${signature.name}() got multiple values for argument '${keyword}'`);
    }
  }
  return new TypeError("invalid keyword arguments");
}

/** Binds arguments to one signature; returns why they do not fit, as the error to throw. */
function bindSignature(signature: ParsedSignature, given: Given): Source[] | (() => TypeError) {
  const { args, keywords } = given;
  const { parameters, varargs } = signature;
  const isOneList = varargs && isIntList(args, kindOf(args));
  if (args.length > signature.maxPositional && !isOneList) return () => tooManyArguments(signature, args.length);
  const sources: Source[] = [];
  let position = 0;
  let remaining = keywords.size;
  for (let i = 0; i < parameters.length; i++) {
    const parameter = parameters[i];
    let value: unknown;
    let keyword: string | undefined;
    if (position < args.length) {
      if (parameter.keywordOnly) return () => tooManyArguments(signature, args.length);
      value = args[position];
    } else {
      keyword = [parameter.name, ...parameter.aliases].find((name) => keywords.has(name));
      value = keyword === undefined ? undefined : keywords.get(keyword);
    }
    const positional = position < args.length;
    const failed = { element: -1 };
    if ((value === undefined && parameter.optional) || (value === null && parameter.allowNone)) {
      sources.push(null);
    } else if (value === undefined) {
      return () => missingArguments(signature, i);
    } else if (check(parameter, value, failed)) {
      sources.push(positional ? { position } : { keyword: keyword as string });
    } else if (isOneList && positional && position === 0) {
      sources.push({ varargs: true });
      position = args.length;
      continue;
    } else {
      const at = positional ? position : null;
      return () => wrongType(signature, parameter, at, value, failed.element, args);
    }
    if (positional) position++;
    else if (value !== undefined) remaining--;
  }
  return remaining > 0 ? () => unexpectedKeyword(signature, given) : sources;
}

const warned = new Set<ParsedSignature>();

function warnDeprecated(signature: ParsedSignature, signatures: readonly ParsedSignature[]): void {
  if (warned.has(signature)) return;
  warned.add(signature);
  const others = signatures.filter((s) => !s.deprecated).map((s) => `\n\t${signature.name}${signatureText(s)}`);
  process.emitWarning(
    `This overload of ${signature.name} is deprecated:\n\t${signature.name}${signatureText(signature)}` +
      (others.length ? `\nConsider using one of the following signatures instead:${others.join("")}` : ""),
    "UserWarning",
  );
}

/**
 * The signature that takes the arguments, and from where each of its parameters gets its value.
 *
 * Throws Python's TypeError if none does.
 */
export function match(signatures: readonly ParsedSignature[], given: Given): Match {
  lookedInside = false;
  for (const signature of signatures) {
    const sources = bindSignature(signature, given);
    if (typeof sources !== "function") {
      if (signature.deprecated) warnDeprecated(signature, signatures);
      return { signature, sources, cacheable: !lookedInside };
    }
    if (signatures.length === 1) throw sources();
  }
  const count = given.args.length + given.keywords.size;
  const plausible = signatures.filter((s) => !s.deprecated && count >= s.minArguments && count <= s.parameters.length);
  if (plausible.length === 1) {
    const sources = bindSignature(plausible[0], given);
    if (typeof sources === "function") throw sources();
  }
  const texts = signatures.filter((s) => !s.deprecated).map(signatureText);
  throw new TypeError(formatInvalidArguments(signatures[0].name, given.args, given.keywords, texts));
}
