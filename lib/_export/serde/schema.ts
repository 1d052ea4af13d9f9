// torch/_export/serde/schema.py: what is in the JSON of an exported program.

import {
  bool,
  dataclass,
  dict,
  enumeration,
  float,
  int,
  later,
  list,
  optional,
  type Read,
  type Reader,
  str,
  type Union,
  union,
  withDefault,
} from "./union.js";

/** The version that is written, and whose first number a program that is read must have. */
export const SCHEMA_VERSION = [8, 20] as const;
export const TREESPEC_VERSION = 1;

export enum ScalarType {
  UNKNOWN = 0,
  BYTE = 1,
  CHAR = 2,
  SHORT = 3,
  INT = 4,
  LONG = 5,
  HALF = 6,
  FLOAT = 7,
  DOUBLE = 8,
  COMPLEXHALF = 9,
  COMPLEXFLOAT = 10,
  COMPLEXDOUBLE = 11,
  BOOL = 12,
  BFLOAT16 = 13,
  UINT16 = 28,
  FLOAT8E4M3FN = 29,
  FLOAT8E5M2 = 30,
  FLOAT8E4M3FNUZ = 31,
  FLOAT8E5M2FNUZ = 32,
  FLOAT8E8M0FNU = 33,
  UINT32 = 34,
  UINT64 = 35,
}

export enum Layout {
  Unknown = 0,
  SparseCoo = 1,
  SparseCsr = 2,
  SparseCsc = 3,
  SparseBsr = 4,
  SparseBsc = 5,
  _mkldnn = 6,
  Strided = 7,
}

export enum MemoryFormat {
  Unknown = 0,
  ContiguousFormat = 1,
  ChannelsLast = 2,
  ChannelsLast3d = 3,
  PreserveFormat = 4,
}

export enum ArgumentKind {
  UNKNOWN = 0,
  POSITIONAL = 1,
  KEYWORD = 2,
}

const scalarType = enumeration<ScalarType>("ScalarType", ScalarType);

export const Device = dataclass("Device", { type: str, index: optional(int) });
export type Device = Read<typeof Device>;

const SymExprHint = union("SymExprHint", { as_int: int, as_bool: bool, as_float: float });
const SymExpr = dataclass("SymExpr", { expr_str: str, hint: optional(SymExprHint) });
export const SymInt = union("SymInt", { as_expr: SymExpr, as_int: int });
export type SymInt = Read<typeof SymInt>;
const SymFloat = union("SymFloat", { as_expr: SymExpr, as_float: float });
const SymBool = union("SymBool", { as_expr: SymExpr, as_bool: bool });

export const TensorMeta = dataclass("TensorMeta", {
  dtype: scalarType,
  sizes: list(SymInt),
  requires_grad: bool,
  device: Device,
  strides: list(SymInt),
  storage_offset: SymInt,
  layout: enumeration<Layout>("Layout", Layout),
});
export type TensorMeta = Read<typeof TensorMeta>;

const SymIntArgument = union("SymIntArgument", { as_name: str, as_int: int });
const SymFloatArgument = union("SymFloatArgument", { as_name: str, as_float: float });
const SymBoolArgument = union("SymBoolArgument", { as_name: str, as_bool: bool });
export type SymArgument = Read<typeof SymIntArgument> | Read<typeof SymFloatArgument> | Read<typeof SymBoolArgument>;

const TensorArgument = dataclass("TensorArgument", { name: str });
const TokenArgument = dataclass("TokenArgument", { name: str });
const OptionalTensorArgument = union("OptionalTensorArgument", { as_tensor: TensorArgument, as_none: bool });
export type OptionalTensorArgument = Read<typeof OptionalTensorArgument>;

/** A graph that is an argument of a higher order operator. */
export interface GraphArgument {
  readonly name: string;
  readonly graph: Graph;
}
const GraphArgument: Reader<GraphArgument> = later(() => dataclass("GraphArgument", { name: str, graph: Graph }));

const CustomObjArgument = dataclass("CustomObjArgument", { name: str, class_fqn: str });
const ComplexValue = dataclass("ComplexValue", { real: float, imag: float });

const argumentKinds = {
  as_none: bool,
  as_tensor: TensorArgument,
  as_tensors: list(TensorArgument),
  as_int: int,
  as_ints: list(int),
  as_float: float,
  as_floats: list(float),
  as_string: str,
  as_strings: list(str),
  as_sym_int: SymIntArgument,
  as_sym_ints: list(SymIntArgument),
  as_scalar_type: scalarType,
  as_memory_format: enumeration<MemoryFormat>("MemoryFormat", MemoryFormat),
  as_layout: enumeration<Layout>("Layout", Layout),
  as_device: Device,
  as_bool: bool,
  as_bools: list(bool),
  as_sym_bool: SymBoolArgument,
  as_sym_bools: list(SymBoolArgument),
  as_graph: GraphArgument,
  as_optional_tensors: list(OptionalTensorArgument),
  as_custom_obj: CustomObjArgument,
  as_operator: str,
  as_sym_float: SymFloatArgument,
  as_sym_floats: list(SymFloatArgument),
  as_optional_tensor: OptionalTensorArgument,
  as_complex: ComplexValue,
  as_nested_tensors: list(list(TensorArgument)),
  as_int_lists: list(list(int)),
  as_float_lists: list(list(float)),
};

/** Arguments by name, within another argument. */
interface NestedArgument {
  readonly type: "as_string_to_argument";
  readonly value: ReadonlyMap<string, Argument>;
}

/** A value that a node takes or gives. */
export type Argument = Union<typeof argumentKinds> | NestedArgument;
export const Argument: Reader<Argument> = later(
  () => union("Argument", { ...argumentKinds, as_string_to_argument: dict(Argument) }) as Reader<Argument>,
);

export const NamedArgument = dataclass("NamedArgument", {
  name: str,
  arg: Argument,
  kind: optional(enumeration<ArgumentKind>("ArgumentKind", ArgumentKind)),
});
export type NamedArgument = Read<typeof NamedArgument>;

const Node = dataclass("Node", {
  target: str,
  inputs: list(NamedArgument),
  outputs: list(Argument),
  metadata: dict(str),
  is_hop_single_tensor_return: optional(bool),
  name: optional(str),
});
export type Node = Read<typeof Node>;

const Graph = dataclass("Graph", {
  inputs: list(Argument),
  outputs: list(Argument),
  nodes: list(Node),
  tensor_values: dict(TensorMeta),
  sym_int_values: dict(SymInt),
  sym_bool_values: dict(SymBool),
  is_single_tensor_return: withDefault(bool, false),
  custom_obj_values: withDefault(dict(CustomObjArgument), new Map()),
  sym_float_values: withDefault(dict(SymFloat), new Map()),
});
export type Graph = Read<typeof Graph>;

const ConstantValue = union("ConstantValue", {
  as_none: bool,
  as_int: int,
  as_float: float,
  as_string: str,
  as_bool: bool,
});

export const InputSpec = union("InputSpec", {
  user_input: dataclass("UserInputSpec", { arg: Argument }),
  parameter: dataclass("InputToParameterSpec", { arg: TensorArgument, parameter_name: str }),
  buffer: dataclass("InputToBufferSpec", {
    arg: TensorArgument,
    buffer_name: str,
    persistent: withDefault(bool, true),
  }),
  tensor_constant: dataclass("InputToTensorConstantSpec", { arg: TensorArgument, tensor_constant_name: str }),
  custom_obj: dataclass("InputToCustomObjSpec", { arg: CustomObjArgument, custom_obj_name: str }),
  token: dataclass("InputTokenSpec", { arg: TokenArgument }),
  constant_input: dataclass("InputToConstantInputSpec", { name: str, value: ConstantValue }),
});
export type InputSpec = Read<typeof InputSpec>;

export const OutputSpec = union("OutputSpec", {
  user_output: dataclass("UserOutputSpec", { arg: Argument }),
  loss_output: dataclass("LossOutputSpec", { arg: TensorArgument }),
  buffer_mutation: dataclass("BufferMutationSpec", { arg: TensorArgument, buffer_name: str }),
  gradient_to_parameter: dataclass("GradientToParameterSpec", { arg: TensorArgument, parameter_name: str }),
  gradient_to_user_input: dataclass("GradientToUserInputSpec", { arg: TensorArgument, user_input_name: str }),
  user_input_mutation: dataclass("UserInputMutationSpec", { arg: TensorArgument, user_input_name: str }),
  token: dataclass("OutputTokenSpec", { arg: TokenArgument }),
  parameter_mutation: dataclass("ParameterMutationSpec", { arg: TensorArgument, parameter_name: str }),
});
export type OutputSpec = Read<typeof OutputSpec>;

const GraphSignature = dataclass("GraphSignature", { input_specs: list(InputSpec), output_specs: list(OutputSpec) });
export type GraphSignature = Read<typeof GraphSignature>;

const RangeConstraint = dataclass("RangeConstraint", { min_val: optional(int), max_val: optional(int) });

const ModuleCallSignature = dataclass("ModuleCallSignature", {
  inputs: list(Argument),
  outputs: list(Argument),
  in_spec: str,
  out_spec: str,
  forward_arg_names: optional(list(str)),
});
const ModuleCallEntry = dataclass("ModuleCallEntry", { fqn: str, signature: optional(ModuleCallSignature) });

const GraphModule = dataclass("GraphModule", {
  graph: Graph,
  signature: GraphSignature,
  module_call_graph: list(ModuleCallEntry),
  metadata: withDefault(dict(str), new Map()),
  treespec_namedtuple_fields: withDefault(dict(dataclass("NamedTupleDef", { field_names: list(str) })), new Map()),
});
export type GraphModule = Read<typeof GraphModule>;

const SchemaVersion = dataclass("SchemaVersion", { major: int, minor: int });

/** The version alone, which is asked for before the rest is read. */
export const Versioned = dataclass("ExportedProgram", { schema_version: SchemaVersion });

export const ExportedProgram = dataclass("ExportedProgram", {
  graph_module: GraphModule,
  opset_version: dict(int),
  range_constraints: dict(RangeConstraint),
  schema_version: SchemaVersion,
  verifiers: withDefault(list(str), []),
  torch_version: withDefault(str, "<=2.4"),
  guards_code: withDefault(list(str), []),
});
export type ExportedProgram = Read<typeof ExportedProgram>;

/** Where in the archive a weight or constant is, and its shape. */
export const PayloadMeta = dataclass("PayloadMeta", {
  path_name: str,
  is_param: bool,
  use_pickle: bool,
  tensor_meta: optional(TensorMeta),
});
export type PayloadMeta = Read<typeof PayloadMeta>;

export const PayloadConfig = dataclass("PayloadConfig", { config: dict(PayloadMeta) });
export type PayloadConfig = Read<typeof PayloadConfig>;
