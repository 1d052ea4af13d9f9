// A tensor's repr, as torch/_tensor_str.py puts it together.

import { bool, complex64, complex128, type dtype, float64, int64 } from "../dtype.js";
import { RuntimeError } from "../errors.js";
import {
  type layout,
  per_tensor_affine,
  per_tensor_symmetric,
  sparse_bsc,
  sparse_bsr,
  sparse_coo,
  sparse_csc,
  sparse_csr,
  strided,
} from "../layout.js";
import { floatRepr } from "../python/format.js";
import { elementsText } from "./elements.js";
import { options } from "./options.js";
import type { MemberMethod, PrintableTensor } from "./printable.js";

/** What printing must know beyond the tensor itself. */
export interface Surroundings {
  /** torch.get_default_dtype() */
  default_dtype: dtype;
  /** The names of the tensor's class and its base classes. */
  class_names: readonly string[];
  /** The tangent of a dual tensor. */
  tangent?: object | null;
}

/** The text of a tensor's `repr()`, with the given contents in place of its elements; to be called in no_grad mode. */
export function tensorText(self: PrintableTensor, surroundings: Surroundings, contents: string | null = null): string {
  const { default_dtype, class_names, tangent = null } = surroundings;
  const isPlain = class_names[0] === "Tensor" || class_names[0] === "Parameter";
  const prefix = self.is_nested ? "nested_tensor(" : `${isPlain ? "tensor" : class_names[0]}(`;
  const indent = prefix.length;
  const suffixes = self.device.type === "cpu" ? [] : [`device='${self.device}'`];
  suffixes.push(...described(self, default_dtype));
  if (self.layout !== strided) suffixes.push(`layout=${self.layout}`);
  const grad_fn = gradFnName(self);
  if (grad_fn !== null) suffixes.push(`grad_fn=<${grad_fn}>`);
  else if (self.requires_grad) suffixes.push("requires_grad=True");
  if (tangent !== null) suffixes.push(`tangent=${tangent}`);
  const text = addSuffixes(
    prefix + (contents ?? contentsText(self, indent)),
    suffixes,
    indent,
    self.layout === sparse_coo,
  );
  return !isPlain && class_names.includes("Parameter") ? `Parameter(${text})` : text;
}

/** What sparse tensors are made of: the methods that give it. */
const members = new Map<layout, readonly MemberMethod[]>([
  [sparse_coo, ["_indices", "_values"]],
  [sparse_csr, ["crow_indices", "col_indices", "values"]],
  [sparse_bsr, ["crow_indices", "col_indices", "values"]],
  [sparse_csc, ["ccol_indices", "row_indices", "values"]],
  [sparse_bsc, ["ccol_indices", "row_indices", "values"]],
]);

/** What is said of the size, the dtype and the like, which the elements do not show. */
function described(self: PrintableTensor, default_dtype: dtype): string[] {
  if (self.is_nested) return []; // nor has it a shape
  const size = `size=${tupleText(self.shape)}`;
  const isMeta = self.device.type === "meta";
  const default_complex = default_dtype === float64 ? complex128 : complex64;
  const isUsual = [default_dtype, default_complex, int64, bool].includes(self.dtype);
  const dtype = isUsual ? [] : [`dtype=${self.dtype}`];
  if (members.has(self.layout)) return [size, ...(isMeta ? [] : [`nnz=${self._nnz()}`]), ...dtype];
  if (self.is_quantized) return [size, ...dtype, ...quantization(self)];
  // Without elements int64 and bool must be named too.
  const dtypeUnseen = self.dtype === default_dtype ? [] : [`dtype=${self.dtype}`];
  if (isMeta) return [size, ...dtypeUnseen];
  if (self.numel() === 0) return [...(self.shape.length === 1 ? [] : [size]), ...dtypeUnseen];
  return [...(options.edgeitems === 0 ? [size] : []), ...dtype];
}

function quantization(self: PrintableTensor): string[] {
  const scheme = self.qscheme();
  const text = `quantization_scheme=${scheme}`;
  if (scheme === per_tensor_affine || scheme === per_tensor_symmetric) {
    return [text, `scale=${floatRepr(self.q_scale())}`, `zero_point=${self.q_zero_point()}`];
  }
  const [scales, zeroPoints] = [self.q_per_channel_scales(), self.q_per_channel_zero_points()];
  return [text, `scale=${scales}`, `zero_point=${zeroPoints}`, `axis=${self.q_per_channel_axis()}`];
}

function contentsText(self: PrintableTensor, indent: number): string {
  const methods = members.get(self.layout);
  if (methods) return methods.map((method) => memberText(self, method, indent)).join(`,\n${" ".repeat(indent)}`);
  if (self.is_quantized) return elementsText(self.dequantize(), indent);
  if (self.is_nested) return `[\n${self.unbind(0).map(indented).join(",\n")}\n]`;
  if (self.device.type === "meta") return "...";
  return elementsText(self.layout === strided ? self : self.to_dense(), indent);
}

function memberText(self: PrintableTensor, method: MemberMethod, indent: number): string {
  const member = self[method]().detach();
  const prefix = `${method.replace(/^_/, "")}=tensor(`;
  const isMeta = member.device.type === "meta";
  const contents = isMeta ? "..." : elementsText(member, indent + prefix.length);
  return `${prefix}${contents}${isMeta || member.numel() === 0 ? `, size=${tupleText(member.shape)}` : ""})`;
}

function indented(tensor: PrintableTensor): string {
  return String(tensor).replace(/^/gm, "  ");
}

/** The name of the class of grad_fn's node, without its C++ namespace. */
function gradFnName(self: PrintableTensor): string | null {
  try {
    return self.grad_fn?.name().split("::").at(-1) ?? null;
  } catch (error) {
    // A view that was made and then changed without grad mode has none that could be told.
    if (error instanceof RuntimeError) return "Invalid";
    throw error;
  }
}

function tupleText(sizes: readonly number[]): string {
  return sizes.length === 1 ? `(${sizes[0]},)` : `(${sizes.join(", ")})`;
}

function addSuffixes(text: string, suffixes: readonly string[], indent: number, onNewLine: boolean): string {
  let result = text;
  let lineLength = text.length - text.lastIndexOf("\n") + 1;
  suffixes.forEach((suffix, i) => {
    if ((onNewLine && i === 0) || lineLength + suffix.length + 2 > options.linewidth) {
      result += `,\n${" ".repeat(indent)}${suffix}`;
      lineLength = indent + suffix.length;
    } else {
      result += `, ${suffix}`;
      lineLength += suffix.length + 2;
    }
  });
  return `${result})`;
}
