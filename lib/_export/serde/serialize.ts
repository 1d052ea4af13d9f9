// torch/_export/serde/serialize.py: the values in a serialized program as those that they stand for.

import { Device } from "../../device.js";
import type { dtype } from "../../dtype.js";
import * as dtypes from "../../dtype.js";
import {
  type ArgumentSpec,
  ConstantArgument,
  CustomObjArgument,
  ExportGraphSignature,
  InputKind,
  InputSpec,
  OutputKind,
  OutputSpec,
  SymBoolArgument,
  SymFloatArgument,
  SymIntArgument,
  TensorArgument,
  TokenArgument,
} from "../../export/graph_signature.js";
import type { layout, memory_format } from "../../layout.js";
import * as layouts from "../../layout.js";
import * as schema from "./schema.js";
import { Layout, MemoryFormat, ScalarType } from "./schema.js";
import { parseJson, readValue, SerializeError } from "./union.js";

export { SerializeError } from "./union.js";

const scalarTypes: ReadonlyMap<ScalarType, dtype> = new Map([
  [ScalarType.BYTE, dtypes.uint8],
  [ScalarType.CHAR, dtypes.int8],
  [ScalarType.UINT16, dtypes.uint16],
  [ScalarType.SHORT, dtypes.int16],
  [ScalarType.INT, dtypes.int32],
  [ScalarType.LONG, dtypes.int64],
  [ScalarType.HALF, dtypes.float16],
  [ScalarType.FLOAT, dtypes.float32],
  [ScalarType.DOUBLE, dtypes.float64],
  [ScalarType.COMPLEXHALF, dtypes.complex32],
  [ScalarType.COMPLEXFLOAT, dtypes.complex64],
  [ScalarType.COMPLEXDOUBLE, dtypes.complex128],
  [ScalarType.BOOL, dtypes.bool],
  [ScalarType.BFLOAT16, dtypes.bfloat16],
  [ScalarType.FLOAT8E4M3FN, dtypes.float8_e4m3fn],
  [ScalarType.FLOAT8E5M2, dtypes.float8_e5m2],
  [ScalarType.FLOAT8E4M3FNUZ, dtypes.float8_e4m3fnuz],
  [ScalarType.FLOAT8E5M2FNUZ, dtypes.float8_e5m2fnuz],
  [ScalarType.FLOAT8E8M0FNU, dtypes.float8_e8m0fnu],
  [ScalarType.UINT32, dtypes.uint32],
  [ScalarType.UINT64, dtypes.uint64],
]);

const memoryFormats: ReadonlyMap<MemoryFormat, memory_format> = new Map([
  [MemoryFormat.ContiguousFormat, layouts.contiguous_format],
  [MemoryFormat.ChannelsLast, layouts.channels_last],
  [MemoryFormat.ChannelsLast3d, layouts.channels_last_3d],
  [MemoryFormat.PreserveFormat, layouts.preserve_format],
]);

const layoutsByCode: ReadonlyMap<Layout, layout> = new Map([
  [Layout.SparseCoo, layouts.sparse_coo],
  [Layout.SparseCsr, layouts.sparse_csr],
  [Layout.SparseCsc, layouts.sparse_csc],
  [Layout.SparseBsr, layouts.sparse_bsr],
  [Layout.SparseBsc, layouts.sparse_bsc],
  [Layout._mkldnn, layouts._mkldnn],
  [Layout.Strided, layouts.strided],
]);

function member<K, V>(map: ReadonlyMap<K, V>, key: K, what: string): V {
  const found = map.get(key);
  if (found === undefined) throw new SerializeError(`${what} ${key} stands for nothing`);
  return found;
}

export const deserialize_scalar_type = (st: ScalarType): dtype => member(scalarTypes, st, "the ScalarType");
export const deserialize_memory_format = (m: MemoryFormat): memory_format =>
  member(memoryFormats, m, "the MemoryFormat");
export const deserialize_layout = (l: Layout): layout => member(layoutsByCode, l, "the Layout");

export function deserialize_device({ type, index }: schema.Device): Device {
  if (index === null) return new Device(type);
  if (typeof index !== "number" || index < 0) throw new SerializeError(`there is no device ${type}:${index}`);
  return new Device(type, index);
}

/** The inverse of a map. */
function codeOf<K, V>(map: ReadonlyMap<K, V>, value: V, what: string): K {
  for (const [key, one] of map) if (one === value) return key;
  throw new SerializeError(`${what} ${value} cannot be written`);
}

export const serialize_scalar_type = (type: dtype): ScalarType => codeOf(scalarTypes, type, "the dtype");
export const serialize_layout = (value: layout): Layout => codeOf(layoutsByCode, value, "the layout");

/** A size, stride or offset of a weight, which is known. */
export function concrete(size: schema.SymInt, what: string): number {
  if (size.type === "as_int" && typeof size.value === "number" && size.value >= 0) return size.value;
  throw new SerializeError(`${what} must be a size, not ${size.type === "as_int" ? size.value : "a symbol"}`);
}

function deserialize_argument_spec(x: schema.Argument): ArgumentSpec {
  switch (x.type) {
    case "as_tensor":
      return new TensorArgument(x.value.name);
    case "as_sym_int":
      return x.value.type === "as_name" ? new SymIntArgument(x.value.value) : new ConstantArgument("", x.value.value);
    case "as_sym_float":
      return x.value.type === "as_name" ? new SymFloatArgument(x.value.value) : new ConstantArgument("", x.value.value);
    case "as_sym_bool":
      return x.value.type === "as_name" ? new SymBoolArgument(x.value.value) : new ConstantArgument("", x.value.value);
    case "as_custom_obj":
      return new CustomObjArgument(x.value.name, x.value.class_fqn);
    case "as_none":
      return new ConstantArgument("", null);
    default:
      return new ConstantArgument("", x.value);
  }
}

const tensor = (arg: { name: string }): ArgumentSpec => new TensorArgument(arg.name);

function deserialize_input_spec(spec: schema.InputSpec): InputSpec {
  switch (spec.type) {
    case "user_input":
      return new InputSpec(InputKind.USER_INPUT, deserialize_argument_spec(spec.value.arg), null);
    case "parameter":
      return new InputSpec(InputKind.PARAMETER, tensor(spec.value.arg), spec.value.parameter_name);
    case "buffer":
      return new InputSpec(InputKind.BUFFER, tensor(spec.value.arg), spec.value.buffer_name, spec.value.persistent);
    case "tensor_constant":
      return new InputSpec(InputKind.CONSTANT_TENSOR, tensor(spec.value.arg), spec.value.tensor_constant_name);
    case "custom_obj":
      return new InputSpec(
        InputKind.CUSTOM_OBJ,
        new CustomObjArgument(spec.value.arg.name, spec.value.arg.class_fqn),
        spec.value.custom_obj_name,
      );
    case "token":
      return new InputSpec(InputKind.TOKEN, new TokenArgument(spec.value.arg.name), null);
    case "constant_input": {
      const { name, value } = spec.value;
      const constant = value.type === "as_none" ? null : value.value;
      return new InputSpec(InputKind.USER_INPUT, new ConstantArgument(name, constant), null);
    }
  }
}

function deserialize_output_spec(spec: schema.OutputSpec): OutputSpec {
  switch (spec.type) {
    case "user_output":
      return new OutputSpec(OutputKind.USER_OUTPUT, deserialize_argument_spec(spec.value.arg), null);
    case "loss_output":
      return new OutputSpec(OutputKind.LOSS_OUTPUT, tensor(spec.value.arg), null);
    case "buffer_mutation":
      return new OutputSpec(OutputKind.BUFFER_MUTATION, tensor(spec.value.arg), spec.value.buffer_name);
    case "parameter_mutation":
      return new OutputSpec(OutputKind.PARAMETER_MUTATION, tensor(spec.value.arg), spec.value.parameter_name);
    case "gradient_to_parameter":
      return new OutputSpec(OutputKind.GRADIENT_TO_PARAMETER, tensor(spec.value.arg), spec.value.parameter_name);
    case "gradient_to_user_input":
      return new OutputSpec(OutputKind.GRADIENT_TO_USER_INPUT, tensor(spec.value.arg), spec.value.user_input_name);
    case "user_input_mutation":
      return new OutputSpec(OutputKind.USER_INPUT_MUTATION, tensor(spec.value.arg), spec.value.user_input_name);
    case "token":
      return new OutputSpec(OutputKind.TOKEN, new TokenArgument(spec.value.arg.name), null);
  }
}

export function deserialize_signature({ input_specs, output_specs }: schema.GraphSignature): ExportGraphSignature {
  return new ExportGraphSignature(input_specs.map(deserialize_input_spec), output_specs.map(deserialize_output_spec));
}

/**
 * Reads the JSON of a program. Throws SerializeError that tells what is wrong with it, first of all for another version of the
 * schema.
 */
export function deserialize(text: string, name: string): schema.ExportedProgram {
  const json = parseJson(text, name);
  const { schema_version: version } = readValue(schema.Versioned, json, name);
  const [major] = schema.SCHEMA_VERSION;
  if (version.major !== major && !(version.major === 0 && version.minor === 0)) {
    throw new SerializeError(
      `Serialized schema version SchemaVersion(major=${version.major}, minor=${version.minor}) does not match our current schema version (${schema.SCHEMA_VERSION.join(", ")}).`,
    );
  }
  return readValue(schema.ExportedProgram, json, name);
}
