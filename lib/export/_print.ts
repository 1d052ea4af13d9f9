// GraphModule.print_readable() of torch/fx/graph_module.py: a program's graph as Python code.

import type { Argument, Graph, Node, SymArgument, SymInt } from "../_export/serde/schema.js";
import {
  deserialize_device,
  deserialize_layout,
  deserialize_memory_format,
  deserialize_scalar_type,
} from "../_export/serde/serialize.js";
import { float } from "../_export/serde/sym_ops.js";
import { SymExpr } from "../_export/serde/sympy.js";
import { Complex } from "../python/complex.js";
import { repr } from "../python/repr.js";

/** How Python writes the operators of sizes. */
const OPERATORS: Readonly<Record<string, string>> = {
  add: "+",
  sub: "-",
  mul: "*",
  floordiv: "//",
  truediv: "/",
  mod: "%",
  pow: "**",
  lshift: "<<",
  rshift: ">>",
  and_: "&",
  or_: "|",
  eq: "==",
  ne: "!=",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
};

const indented = (text: string, by: string) =>
  text
    .split("\n")
    .map((line, i) => (i > 0 && line !== "" ? by + line : line))
    .join("\n");

/** A value in the code: its text, and the names that are read in it. */
interface Code {
  readonly text: string;
  readonly names: readonly string[];
}

const plain = (x: unknown): Code => ({ text: repr(x), names: [] });
/** Names of inputs that Python's builtin functions have: fx gives them others. */
const BUILTINS = new Set(
  "abs all any ascii bin bool bytearray bytes callable chr classmethod compile complex delattr dict dir divmod enumerate eval exec filter float format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len list locals map max memoryview min next object oct open ord pow print property range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip".split(
    " ",
  ),
);
const renamed = (name: string) => (BUILTINS.has(name) ? `${name}_1` : name);

const named = (name: string): Code => ({ text: renamed(name), names: [renamed(name)] });
const listed = (items: readonly Code[]): Code => ({
  text: `[${items.map(({ text }) => text).join(", ")}]`,
  names: items.flatMap(({ names }) => names),
});

function symbol(x: SymArgument): Code {
  if (x.type === "as_name") return named(x.value);
  return plain(x.type === "as_float" ? float(x.value) : x.value);
}

function codeOf(arg: Argument): Code {
  switch (arg.type) {
    case "as_none":
      return plain(null);
    case "as_tensor":
    case "as_custom_obj":
    case "as_graph":
      return named(arg.value.name);
    case "as_tensors":
      return listed(arg.value.map(({ name }) => named(name)));
    case "as_nested_tensors":
      return listed(arg.value.map((inner) => listed(inner.map(({ name }) => named(name)))));
    case "as_optional_tensor":
      return arg.value.type === "as_none" ? plain(null) : named(arg.value.value.name);
    case "as_optional_tensors":
      return listed(arg.value.map((one) => (one.type === "as_none" ? plain(null) : named(one.value.name))));
    case "as_sym_int":
    case "as_sym_float":
    case "as_sym_bool":
      return symbol(arg.value);
    case "as_sym_ints":
    case "as_sym_floats":
    case "as_sym_bools":
      return listed(arg.value.map((one: SymArgument) => symbol(one)));
    case "as_float":
      return plain(float(arg.value));
    case "as_floats":
      return listed(arg.value.map((one) => plain(float(one))));
    case "as_complex":
      return plain(new Complex(arg.value.real, arg.value.imag));
    case "as_scalar_type":
      return { text: String(deserialize_scalar_type(arg.value)), names: [] };
    case "as_memory_format":
      return { text: String(deserialize_memory_format(arg.value)), names: [] };
    case "as_layout":
      return { text: String(deserialize_layout(arg.value)), names: [] };
    case "as_device":
      return plain(deserialize_device(arg.value));
    case "as_operator":
      return { text: arg.value, names: [] };
    default:
      return plain(arg.value);
  }
}

const sizeText = (size: SymInt) =>
  size.type === "as_int" ? String(size.value) : String(new SymExpr(size.value.expr_str));

/** What Python writes behind a name: the dtype and shape of a tensor, the expression of a size. */
function annotation(name: string, graph: Graph): string {
  const tensor = graph.tensor_values.get(name);
  if (tensor) {
    return `: "${deserialize_scalar_type(tensor.dtype).abbr}[${tensor.sizes.map(sizeText).join(", ")}]"`;
  }
  const size = graph.sym_int_values.get(name) ?? graph.sym_float_values.get(name) ?? graph.sym_bool_values.get(name);
  return size?.type === "as_expr" ? `: "Sym(${new SymExpr(size.value.expr_str)})"` : "";
}

/** The name of an input; null for a constant. */
function inputName(input: Argument): string | null {
  if (input.type === "as_tensor" || input.type === "as_custom_obj") return input.value.name;
  const isSymbol = input.type === "as_sym_int" || input.type === "as_sym_float" || input.type === "as_sym_bool";
  return isSymbol && input.value.type === "as_name" ? input.value.value : null;
}

/** One line of code, before it is known which names it is the last to use. */
interface Line {
  readonly name: string;
  readonly text: string;
  readonly uses: readonly string[];
  readonly comment: string;
}

/** Where in the original program a node comes from. */
function commentOf({ metadata }: Node): string {
  const lines = (metadata.get("stack_trace") ?? "").trim().split("\n");
  for (let i = lines.length - 2; i >= 0; i--) {
    const found = /^File "(.+)", line (\d+), in (.+)$/.exec(lines[i].trim());
    if (found) return `# File: ${found[1]}:${found[2]} in ${found[3]}, code: ${lines[i + 1].trim()}`;
  }
  return "# No stacktrace found for following nodes";
}

/** The names of a node's outputs where it has several; null where it is its only output. */
function itemsOf({ outputs, target, is_hop_single_tensor_return: isSingle }: Node): (string | null)[] | null {
  const nameOf = (arg: Argument) => codeOf(arg).names[0] ?? null;
  const isListOfOne = target.startsWith("torch.ops.higher_order.") && isSingle === false;
  const [first] = outputs;
  if (outputs.length === 1 && first.type === "as_tensors") return first.value.map(({ name }) => name);
  if (outputs.length > 1 || (outputs.length === 1 && isListOfOne && first.type !== "as_none"))
    return outputs.map(nameOf);
  return null;
}

function callText({ target, inputs }: Node): Code {
  const args = inputs.map(({ name, arg, kind }) => ({ name, isKeyword: kind === 2 && name !== "", ...codeOf(arg) }));
  const names = args.flatMap((arg) => arg.names);
  const operator = target.startsWith("_operator.") ? target.slice("_operator.".length) : "";
  if (operator === "neg" || operator === "pos")
    return { text: `${operator === "neg" ? "-" : "+"}${args[0].text}`, names };
  if (Object.hasOwn(OPERATORS, operator))
    return { text: args.map(({ text }) => text).join(` ${OPERATORS[operator]} `), names };
  const texts = [
    ...args.filter(({ isKeyword }) => !isKeyword).map(({ text }) => text),
    ...args.filter(({ isKeyword }) => isKeyword).map(({ name, text }) => `${name} = ${text}`),
  ];
  return { text: `${target}(${texts.join(", ")})`, names };
}

function linesOf(node: Node, graph: Graph): Line[] {
  const comment = commentOf(node);
  const { text, names } = callText(node);
  const lines: Line[] = node.inputs.flatMap(({ arg }) => {
    if (arg.type !== "as_graph") return [];
    const { name } = arg.value;
    return [{ name, text: `${name} = self.${name}`, uses: [], comment }];
  });
  const items = itemsOf(node);
  const [output] = node.outputs;
  const own = items === null && output ? codeOf(output).names[0] : undefined;
  const name = own ?? node.name ?? "_";
  lines.push({ name, text: `${name}${items === null ? annotation(name, graph) : ""} = ${text}`, uses: names, comment });
  for (const [i, item] of (items ?? []).entries()) {
    if (item === null) continue;
    lines.push({ name: item, text: `${item}${annotation(item, graph)} = ${name}[${i}]`, uses: [name], comment });
  }
  return lines;
}

/** For each line the names that no later one uses, and its own if none uses it. */
function deletions(lines: readonly Line[], outputs: readonly string[]): string[][] {
  const seen = new Set(outputs);
  const result: string[][] = lines.map(() => []);
  for (let i = lines.length - 1; i >= 0; i--) {
    const { name, uses } = lines[i];
    const isUsed = seen.has(name);
    for (const use of uses) {
      if (!seen.has(use)) result[i].push(use);
      seen.add(use);
    }
    if (!isUsed) result[i].push(name);
  }
  return result;
}

/**
 * The code of a graph as a class, with the graphs in it as classes of its own; `constants` has the names of inputs that are
 * constants.
 */
export function printReadable(graph: Graph, name: string, constants: readonly string[] = []): string {
  const lines = graph.nodes.flatMap((node) => linesOf(node, graph));
  const outputs = graph.outputs.map(codeOf);
  const deleted = deletions(
    lines,
    outputs.flatMap(({ names }) => names),
  );
  let code = "";
  const parameters = graph.inputs.map((input, i) => {
    const own = inputName(input);
    if (own === null) return constants[i] || `arg${i}`;
    if (renamed(own) !== own) code += `${renamed(own)} = ${own}\n`;
    return `${own}${annotation(own, graph)}`;
  });
  let comment = "";
  lines.forEach((line, i) => {
    if (line.comment !== comment) code += `${code === "" ? "" : "\n"}${line.comment}\n`;
    comment = line.comment;
    code += line.text + (deleted[i].length > 0 ? `;  ${[...deleted[i], "None"].join(" = ")}` : "");
    code += "\n";
  });
  const results = outputs.map(({ text }) => text);
  const returned = graph.is_single_tensor_return
    ? results[0]
    : `(${results.join(", ")}${results.length === 1 ? "," : ""})`;
  code += `return ${returned}\n`;
  const head = `class ${name}(torch.nn.Module):\n    def forward(${["self", ...parameters].join(", ")}):\n`;
  const body = `${head}${indented(`\n${code}`, "        ").slice(1)}`;
  const inner = graph.nodes.flatMap(({ inputs }) =>
    inputs.flatMap(({ arg }) => (arg.type === "as_graph" ? [printReadable(arg.value.graph, arg.value.name)] : [])),
  );
  return body + inner.map((text) => indented(`\n${text}`, "    ")).join("");
}
