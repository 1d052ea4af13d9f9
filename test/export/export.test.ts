// torch.export.load() of programs that Python saved: recordings/record.py made them, and what Python's module gave for the same calls.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import * as torch from "tstorch";
import { load, save } from "tstorch/export";
import { describe, expect, test } from "vitest";
import { native } from "../../dist/binding.js";
import { zip } from "../serialization/helpers/archive.js";
import { withJson } from "./fuzz/fuzz.js";

// biome-ignore lint/suspicious/noExplicitAny: the JSON of a program
type Json = any;

const folder = join(import.meta.dirname, "recordings");

interface Call {
  args: unknown[];
  kwargs: Record<string, unknown>;
}

interface Recording {
  calls: (Call & { output: unknown; after: unknown[] })[];
  errors: (Call & { checked: boolean; type: string | null; message: string })[];
  state: Record<string, torch.Tensor>;
  text: string;
}

const file = (name: string) => join(folder, `${name}.pt2`);
const recorded = (name: string) => torch.load(join(folder, `${name}.pt`)) as Recording;

const names = readdirSync(folder)
  .filter((name) => name.endsWith(".pt2"))
  .map((name) => name.slice(0, -".pt2".length));

/** Compares as torch.testing.assert_close() does, and the types of what is no tensor. */
function same(actual: unknown, expected: unknown, where = "output"): void {
  if (expected instanceof torch.Tensor) {
    expect(actual, where).toBeInstanceOf(torch.Tensor);
    torch.testing.assert_close(actual as torch.Tensor, expected, {
      equal_nan: true,
      msg: (text) => `${where}: ${text}`,
    });
    expect(String((actual as torch.Tensor).dtype), where).toBe(String(expected.dtype));
    return;
  }
  if (Array.isArray(expected)) {
    expect(Array.isArray(actual), where).toBe(true);
    expect((actual as unknown[]).length, where).toBe(expected.length);
    for (const [i, item] of expected.entries()) same((actual as unknown[])[i], item, `${where}[${i}]`);
    return;
  }
  if (typeof expected === "object" && expected !== null) {
    const [given, wanted] = [actual as Record<string, unknown>, expected as Record<string, unknown>];
    for (const key of Object.keys(wanted)) same(given[key], wanted[key], `${where}.${key}`);
    return;
  }
  expect(actual, where).toEqual(expected);
}

const given = ({ args, kwargs }: Call) => (Object.keys(kwargs).length > 0 ? [...args, kwargs] : args);

function thrown(body: () => unknown): { type: string | null; message: string } {
  try {
    body();
  } catch (error) {
    return { type: (error as Error).name, message: (error as Error).message };
  }
  return { type: null, message: "" };
}

describe.each(names)("%s", (name) => {
  const { calls, errors, state, text } = recorded(name);

  test("outputs, changed inputs and buffers are Python's", () => {
    const module = load(file(name)).module();
    for (const call of calls) {
      same(module(...given(call)), call.output);
      same(call.args, call.after, "input");
    }
    const after = module.state_dict();
    expect(Object.keys(after).sort()).toEqual(Object.keys(state).sort());
    same(after, state, "state");
  });

  test("the same, awaited", async () => {
    const module = load(file(name)).module();
    for (const call of recorded(name).calls) {
      same(await module.forward_async(...given(call)), call.output);
      same(call.args, call.after, "input");
    }
    same(module.state_dict(), state, "state");
  });

  test("the program prints as Python's", () => {
    expect(String(load(file(name)))).toBe(text);
  });

  if (errors.length === 0) return;
  test("errors are Python's", () => {
    const program = load(file(name));
    const modules = new Map([true, false].map((checked) => [checked, program.module(checked)]));
    for (const { checked, type, message, ...call } of errors) {
      const module = modules.get(checked) as ReturnType<typeof program.module>;
      expect(thrown(() => module(...given(call)))).toEqual({ type, message });
    }
  });
});

describe("save", () => {
  /** What an archive holds before the number that stands for its contents, which Python computes in another way. */
  const contents = (path: string) => {
    const bytes = readFileSync(path);
    return bytes.subarray(0, bytes.indexOf(".data/serialization_id"));
  };

  test.each(names)("%s is written as Python wrote it, byte for byte", (name) => {
    const target = join(mkdtempSync(join(tmpdir(), "export-")), `${name}.pt2`);
    save(load(file(name)), target);
    expect(contents(target).equals(contents(file(name)))).toBe(true);
    rmSync(dirname(target), { recursive: true });
  });

  test("the weights are those of the time of saving, and extra files are kept", () => {
    const program = load(file("mlp"));
    torch.no_grad(() => program.state_dict["0.weight"].fill_(2));
    const buffer = torch.py.BytesIO();
    save(program, buffer, { extra_files: { "note.txt": "né" } });
    const extra_files: Record<string, string> = {};
    const again = load(buffer.getvalue(), { extra_files });
    expect(extra_files).toEqual({ "note.txt": "né" });
    expect(again.state_dict["0.weight"].eq(2).all().item()).toBe(true);
    expect(again.state_dict["0.weight"].requires_grad).toBe(true);
  });

  test("what is no program is refused", () => {
    expect(() => save({} as never, "x.pt2")).toThrow(
      "The 'ep' parameter must be an instance of 'ExportedProgram', got 'dict' instead.",
    );
    expect(() => torch.export.export(torch.nn.Linear(1, 1))).toThrow(/torch\.jit\.trace/);
  });
});

describe("load", () => {
  test("weights share memory as they did", () => {
    const { state_dict } = load(file("weights"));
    torch.no_grad(() => state_dict["embedding.weight"].zero_());
    expect(state_dict["out.weight"].eq(0).all().item()).toBe(true);
    expect(state_dict.frozen.requires_grad).toBe(false);
    expect(state_dict.turned.stride()).toEqual([1, 3]);
  });

  test("a module's parameters are trained, and its gradients are those of its weights", () => {
    const program = load(file("mlp"));
    const module = program.module();
    expect([...program.named_parameters()].map(([name]) => name)).toEqual(["0.weight", "0.bias", "3.weight", "3.bias"]);
    module(torch.randn(4, 4)).pow(2).sum().backward();
    for (const parameter of module.parameters()) expect(parameter.grad).not.toBeNull();
    expect(() => module.train()).toThrow("Calling train() is not supported yet.");
    expect(() => module.eval()).toThrow("Calling eval() is not supported yet.");
  });

  test("the module may be moved to another dtype", () => {
    const program = load(file("mlp"));
    expect(String(program.module().double()(torch.randn(4, 4, { dtype: torch.float64 })).dtype)).toBe("torch.float64");
  });

  test("reading from memory, from a URL, and what is no program", () => {
    const bytes = readFileSync(file("mlp"));
    expect(load(bytes).module().state_dict()["0.bias"].shape).toEqual([8]);
    expect(load({ f: pathToFileURL(file("mlp")) }).dialect).toBe("TRAINING");
    expect(() => load("missing.pt2")).toThrow(expect.objectContaining({ code: "ENOENT" }));
    expect(() => load(join(folder, "mlp.pt"))).toThrow(/use torch\.load\(\)/);
    const old = zip([{ name: "serialized_exported_program.json", bytes: "{}" }]);
    expect(() => load(old)).toThrow(/may have been written before PyTorch 2\.8/);
    expect(() => load(new Uint8Array(100))).toThrow(/failed finding central directory/);
  });

  test("what the program's inputs are like", () => {
    const program = load(file("structures"));
    const [args, kwargs] = program.example_inputs as [unknown[], Record<string, unknown>];
    expect(args.length).toBe(4);
    expect(Object.keys(kwargs)).toEqual(["options"]);
    expect(program.call_spec.forward_arg_names).toEqual(["a", "pair", "rest_0", "rest_1", "options"]);
    // The class of these is Python's: the program runs all the same.
    expect(() => load(file("dataclass")).example_inputs).toThrow(/Result/);
  });

  test("named tuples and dicts are taken and given in any order and form", () => {
    const module = load(file("structures")).module();
    const [a, b, c, d] = [1, 2, 3, 4].map((n) => torch.full([2], n));
    const scale = torch.ones(2);
    const result = module(
      a,
      new Map<string, unknown>([
        ["y", [c, d]],
        ["x", b],
      ]),
      a,
      torch.ones(1),
      { options: { scale } },
    );
    expect(result.pair.first.tolist()).toEqual([3, 3]);
    expect(result.sum.tolist()).toEqual([2, 2]);
    expect(result.pair.second.f).toBe(2);
    expect(result.parts[1][1]).toBeNull();
  });
});

/** A program in which something is not as Python wrote it. */
const changed = (name: string, change: (program: Json) => void, record = "models/model.json") =>
  withJson(readFileSync(file(name)), record, (json) => {
    change(json);
    return json;
  });

describe("what cannot be run is told when it is loaded", () => {
  const nodes = (program: Json) => program.graph_module.graph.nodes;

  test("another version of the schema", () => {
    const bytes = changed("mlp", (program) => {
      program.schema_version = { major: 9, minor: 1 };
    });
    expect(() => load(bytes)).toThrow(
      "Serialized schema version SchemaVersion(major=9, minor=1) does not match our current schema version (8, 20).",
    );
  });

  test.each([
    ["torch.ops.higher_order.flex_attention", /higher order operator that tstorch does not run/],
    ["torch.ops.mine.op.default", /We failed to resolve torch\.ops\.mine\.op\.default/],
    ["torch.ops.aten.from_file.default", /We failed to resolve torch\.ops\.aten\.from_file/],
    ["torch.ops.aten.constructor.constructor", /We failed to resolve/],
    ["os.system", /functions of Python's cannot be called/],
    [
      "torch.ops.aten.relu.out",
      /Failed deserializing node linear, which calls torch\.ops\.aten\.relu\.out: Unknown keyword/,
    ],
  ])("the operator %s", (target, message) => {
    const bytes = changed("mlp", (program) => {
      nodes(program)[0].target = target;
    });
    expect(() => load(bytes)).toThrow(message);
  });

  test.each<[string, (program: Json) => void, RegExp]>([
    [
      "a value that nobody defines",
      (p) => (nodes(p)[1].inputs[0].arg.as_tensor.name = "q"),
      /uses "q" before it is defined/,
    ],
    ["a value of two nodes", (p) => nodes(p).push(nodes(p)[0]), /Node linear has already been deserialized/],
    [
      "an argument of two kinds",
      (p) => (nodes(p)[0].inputs[0].arg.as_int = 1),
      /must have one key, not 2, as a Argument/,
    ],
    [
      "an argument of another type",
      (p) => (nodes(p)[0].inputs[1].arg = { as_string: "x" }),
      /Expected a value of type 'Tensor'/,
    ],
    [
      "an argument that is missing",
      (p) => nodes(p)[0].inputs.splice(0, 1),
      /linear\(\) is missing value for argument 'input'/,
    ],
    [
      "no list of nodes",
      (p) => (p.graph_module.graph.nodes = {}),
      /graph_module\.graph\.nodes must be a list, not dict/,
    ],
    [
      "a weight that is missing",
      (p) => (p.graph_module.signature.input_specs[0].parameter.parameter_name = "w"),
      /its weight w is missing/,
    ],
    [
      "a class of inputs that is not known",
      (p) =>
        (p.graph_module.module_call_graph[0].signature.in_spec =
          '[1, {"type": "my.Cache", "context": "1", "children_spec": []}]'),
      /Deserializing my\.Cache in pytree failed/,
    ],
  ])("%s", (_, change, message) => {
    expect(() => load(changed("mlp", change))).toThrow(message);
  });

  test.each<[string, (config: Json) => void, RegExp]>([
    [
      "a weight beyond its bytes",
      (c) => (c.config["0.weight"].tensor_meta.sizes = [{ as_int: 9 }, { as_int: 4 }]),
      /out of bounds for storage of size 128/,
    ],
    ["a weight in no record", (c) => (c.config["0.weight"].path_name = "../x"), /file not found/],
    [
      "a size that is a symbol",
      (c) => (c.config["0.weight"].tensor_meta.sizes[0] = { as_expr: { expr_str: "s0" } }),
      /must be a size, not a symbol/,
    ],
    ["a dtype that is none", (c) => (c.config["0.weight"].tensor_meta.dtype = 99), /must be a member of ScalarType/],
  ])("%s", (_, change, message) => {
    expect(() => load(changed("mlp", change, "data/weights/model_weights_config.json"))).toThrow(message);
  });

  test("weights in modules whose names methods have, and in those that cannot be", () => {
    const moved = (to: string) => {
      const bytes = changed("mlp", (program) => {
        program.graph_module.signature.input_specs[0].parameter.parameter_name = to;
      });
      return withJson(bytes, "data/weights/model_weights_config.json", (json: Json) => {
        json.config[to] = json.config["0.weight"];
        return json;
      });
    };
    const module = load(moved("type.weight")).module();
    expect(module(torch.randn(4, 4)).shape).toEqual([4, 3]);
    expect(Object.keys(module.state_dict())).toContain("type.weight");
    expect(() => load(moved("forward.weight")).module()).toThrow(/cannot be named forward/);
    expect(() => load(moved("half")).module()).toThrow("attribute 'half' already exists");
    load(moved("__proto__.polluted")).module();
    expect("polluted" in {}).toBe(false);
  });

  test("sizes that do not fit into 53 bits stay what they are", () => {
    const module = load(file("embedding")).module();
    expect(module(torch.tensor([[1, 2, 3, 4]]), torch.tensor([4]))[0].shape).toEqual([1, 3]);
  });
});

describe("forward_async", () => {
  test("calls take effect in their order", async () => {
    const module = load(file("mutating")).module();
    const counts = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const [, count] = await module.forward_async(torch.zeros(2, 3), torch.zeros(2, 3));
        return count.clone().item();
      }),
    );
    expect(module.count.item()).toBe(20);
    expect(counts.at(-1)).toBe(20);
  });

  test("the event loop turns meanwhile", async () => {
    const module = load(file("encoder")).module();
    const padding = torch.zeros(5000, 4, { dtype: torch.bool });
    let turns = 0;
    const turn = () => {
      turns++;
      immediate = setImmediate(turn);
    };
    let immediate = setImmediate(turn);
    await torch.no_grad(() => module.forward_async(torch.randn(5000, 4, 8), { padding }));
    clearImmediate(immediate);
    expect(turns).toBeGreaterThan(10);
  });

  test("a signal ends a call that has not begun", async () => {
    const module = load(file("mutating")).module();
    const controller = new AbortController();
    const { signal } = controller;
    const first = module.forward_async(torch.zeros(2, 3), torch.zeros(2, 3));
    const second = module.forward_async(torch.zeros(2, 3), torch.zeros(2, 3), { signal });
    controller.abort(new Error("too late"));
    await expect(second).rejects.toThrow("too late");
    await first;
    expect(module.count.item()).toBe(1);
  });

  test("errors of inputs and of operators reject, with the caller's stack", async () => {
    const module = load(file("mlp")).module();
    await expect(module.forward_async(torch.randn(4, 5))).rejects.toThrow("Guard failed: input.size()[1] == 4");
    const error = await module.forward_async(torch.randn(4, 4, { dtype: torch.float64 })).catch((e: Error) => e);
    expect(error.message).toBe("mat1 and mat2 must have the same dtype, but got Double and Float");
    expect(error.stack).toContain("export.test.ts");
  });

  test("modes of the call hold for all of it", async () => {
    const module = load(file("mlp")).module();
    const pending = torch.no_grad(() => module.forward_async(torch.randn(4, 4)));
    expect((await pending).requires_grad).toBe(false);
    expect((await module.forward_async(torch.randn(4, 4))).requires_grad).toBe(true);
  });
});

test("tensors of the graph are freed when they are read for the last time", () => {
  const module = load(file("encoder")).module();
  const input = torch.randn(2, 4, 8);
  const padding = torch.zeros(2, 4, { dtype: torch.bool });
  torch.no_grad(() => {
    module(input, { padding });
    const before = native.liveTensors();
    const output = module(input, { padding });
    expect(native.liveTensors() - before).toBeLessThanOrEqual(2);
    output.dispose();
  });
});
