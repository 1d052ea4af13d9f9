// What editors show: every public function has a description with its signature, and the link to its page where there is one.

import fs from "node:fs";
import path from "node:path";
import * as torch from "tstorch";
import { expect, test } from "vitest";
import { recorded } from "../../scripts/coverage/coverage.js";
import { declarationOf } from "./exports.js";

const dist = path.join(import.meta.dirname, "../../dist");

interface Declared {
  readonly name: string;
  readonly doc: string;
}

/** The public functions that a file of declarations exports, each with the comment before its first declaration. */
function declared(file: string): Declared[] {
  const text = fs.readFileSync(path.join(dist, file), "utf8");
  const found = new Map<string, string>();
  const pattern = /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*)?export (?:declare )?(function|const) (\w+)(?=[:(<])/g;
  for (const [, doc = "", , name] of text.matchAll(pattern)) {
    if (/^(_|[A-Z_]+$)/.test(name) || doc.includes("@internal") || found.has(name)) continue;
    found.set(name, doc);
  }
  return [...found].map(([name, doc]) => ({ name, doc }));
}

const generated = ["torch", "nn", "linalg", "fft", "special", "sparse", "nested"].map(
  (name) => `generated/${name}.d.ts`,
);

test("functions of the table: signature, sentence, link", () => {
  const functions = generated.flatMap(declared);
  expect(functions.length).toBeGreaterThan(600);
  const signature = ({ name, doc }: Declared) => doc.includes(`${name}(`) && doc.includes("->");
  expect(functions.filter((one) => !signature(one)).map(({ name }) => name)).toEqual([]);
  const linked = functions.filter(({ doc }) => doc.includes("https://docs.pytorch.org/docs/2.15/"));
  console.log(`${functions.length} functions of the table: ${linked.length} with a page`);
  expect(linked.length).toBeGreaterThan(650); // cudnn_convolution and such: PyTorch does not document them
});

test("methods of Tensor: signature, sentence, link", () => {
  const text = fs.readFileSync(path.join(dist, "generated/tensor.d.ts"), "utf8");
  const methods = new Map<string, string>();
  for (const [, doc = "", name] of text.matchAll(/^ {4}(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*)?([a-z]\w*)[(<]/gm)) {
    if (!methods.has(name)) methods.set(name, doc);
  }
  expect(methods.size).toBeGreaterThan(400);
  const bare = [...methods].filter(([name, doc]) => !doc.includes(`${name}(`)).map(([name]) => name);
  expect(bare).toEqual([]);
});

/** Public functions that PyTorch's documentation does not list. */
const unlisted = new Set(
  `
  torch.autocast_decrement_nesting torch.autocast_increment_nesting torch.cholesky torch.clear_autocast_cache
  torch.eig torch.get_autocast_cpu_dtype torch.get_autocast_dtype torch.get_autocast_gpu_dtype torch.get_device
  torch.is_anomaly_check_nan_enabled torch.is_anomaly_enabled torch.is_autocast_cache_enabled
  torch.is_autocast_cpu_enabled torch.is_autocast_enabled torch.lstsq torch.matrix_rank torch.qr
  torch.set_autocast_cache_enabled torch.set_autocast_cpu_dtype torch.set_autocast_cpu_enabled
  torch.set_autocast_dtype torch.set_autocast_enabled torch.set_autocast_gpu_dtype torch.solve
  torch.sym_fresh_size torch.sym_sqrt torch.symeig torch.cuda.cudaStatus torch.export.export torch.func.rearrange
  torch.jit.export torch.jit.interface torch.jit.strict_fusion torch.multiprocessing.Pool
  torch.optim.swap_in_optimizer_params_and_state torch.profiler.kineto_available
  torch.profiler.supported_activities torch.serialization.check_module_version_greater_or_equal
  torch.serialization.default_restore_location torch.serialization.location_tag torch.serialization.mkdtemp
  torch.serialization.normalize_storage_type torch.serialization.storage_to_tensor_type
  torch.serialization.validate_cuda_device torch.cpu.amp.autocast torch.cuda.amp.amp_definitely_not_available
  torch.cuda.amp.autocast torch.cuda.graphs.register_graph_capture_end_hook
  torch.cuda.graphs.register_graph_capture_start_hook torch.cuda.graphs.register_graph_destroy_hook
  torch.cuda.graphs.register_graph_instantiate_hook torch.cuda.graphs.register_graph_replay_end_hook
  torch.cuda.graphs.register_graph_replay_start_hook torch.cuda.nccl.all_gather torch.cuda.nccl.all_reduce
  torch.cuda.nccl.broadcast torch.cuda.nccl.reduce torch.cuda.nccl.reduce_scatter
  torch.cuda.tunable.wildcard_fallback_enable torch.cuda.tunable.wildcard_fallback_is_enabled
  torch.nn.parallel.parallel_apply torch.nn.parallel.replicate torch.nn.utils.clip_grad_norm
  torch.utils.benchmark.ordered_unique torch.utils.benchmark.select_unit torch.utils.benchmark.set_torch_threads
  torch.utils.benchmark.timer torch.utils.benchmark.trim_sigfig torch.utils.benchmark.unit_to_english
  torch.utils.data.functional_datapipe torch.utils.data.guaranteed_datapipes_determinism
  torch.utils.data.non_deterministic
  `
    .trim()
    .split(/\s+/),
);

/** What has names like functions: Python's types, a module, objects that are called. */
const types = new Set(
  "device dtype finfo iinfo layout memory_format qscheme variable biject_to identity_transform transform_to".split(" "),
);

function isFunction(module: string, name: string): boolean {
  let value: unknown = torch;
  for (const part of [...module.split(".").slice(1), name]) {
    if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
    value = (value as Record<string, unknown>)[part];
  }
  return typeof value === "function";
}

test("public functions written by hand: sentence, signature in Python's words, link", () => {
  const found = new Map<string, { names: string[]; doc: string }>();
  for (const [module, names] of Object.entries(recorded)) {
    if (module === "torch.return_types") continue;
    for (const name of names) {
      if (!/^[a-z]/.test(name) || types.has(name) || !isFunction(module, name)) continue;
      const declared = declarationOf(module, name);
      if (!declared?.isFunction || declared.file.includes("/generated/")) continue;
      const key = `${declared.file} ${declared.doc}`;
      const known = found.get(key) ?? { names: [], doc: declared.doc };
      known.names.push(`${module}.${name}`);
      found.set(key, known);
    }
  }
  expect(found.size).toBeGreaterThan(500);
  const all = [...found.values()];
  const last = (name: string) => name.slice(name.lastIndexOf(".") + 1);
  const unsigned = all.filter(({ names, doc }) => !names.some((name) => doc.includes(`\`${last(name)}(`)));
  expect(unsigned.flatMap(({ names }) => names)).toEqual([]);
  const linked = (doc: string) => doc.includes("https://docs.pytorch.org/docs/2.15/");
  const bare = all.filter(({ names, doc }) => !linked(doc) && !names.some((name) => unlisted.has(name)));
  expect(bare.flatMap(({ names }) => names)).toEqual([]);
  const needless = all.filter(({ names, doc }) => linked(doc) && names.some((name) => unlisted.has(name)));
  expect(needless.flatMap(({ names }) => names)).toEqual([]);
});

const written = [
  ...["functional", "random", "tensor_new", "nested", "sparse", "library", "overrides", "quasirandom"],
  ...["utils/dlpack", "utils/swap_tensors", "masked/_ops", "masked/maskedtensor/core", "masked/maskedtensor/creation"],
  ...["foreach/index", "linalg", "testing/index", "serialization", "autograd/grad_mode", "autograd/functional"],
  ...fs
    .readdirSync(path.join(dist, "torch_functions"))
    .filter((name) => name.endsWith(".d.ts") && name !== "constants.d.ts")
    .map((name) => `torch_functions/${name.slice(0, -5)}`),
  ...fs
    .readdirSync(path.join(dist, "nn/functional"))
    .filter((name) => name.endsWith(".d.ts"))
    .map((name) => `nn/functional/${name.slice(0, -5)}`),
  ...fs
    .readdirSync(path.join(dist, "signal/windows"))
    .filter((name) => name.endsWith(".d.ts"))
    .map((name) => `signal/windows/${name.slice(0, -5)}`),
].filter((name) => fs.existsSync(path.join(dist, `${name}.d.ts`)));

test("functions written by hand have a description", () => {
  const functions = written.flatMap((name) => declared(`${name}.d.ts`).map((one) => ({ ...one, file: name })));
  expect(functions.length).toBeGreaterThan(250);
  expect(functions.filter(({ doc }) => doc === "").map(({ file, name }) => `${file}: ${name}`)).toEqual([]);
});
