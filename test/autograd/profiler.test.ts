import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as torch from "tstorch";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const {
  emit_itt,
  emit_nvtx,
  EnforceUnique,
  KinetoStepTracker,
  load_nvprof,
  parse_nvprof_trace,
  profile,
  record_function,
} = torch.autograd.profiler;
const legacy = torch.autograd.profiler_legacy;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-autograd-profiler-"));
const x = torch.ones(4, 4);
const top = (events: torch.autograd.profiler_util.EventList) =>
  events.filter((event) => event.cpu_parent === null).map((event) => event.name);

beforeEach(() => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());

describe("profile", () => {
  test("records, prints as its table, and exports", () => {
    const prof = profile({ record_shapes: true }, (one) => {
      expect(String(one)).toBe("<unfinished torch.autograd.profile>");
      x.add(1);
      return one;
    });
    expect(top(prof.function_events)).toEqual(["aten::add"]);
    expect(String(prof)).toBe(prof.table());
    expect(prof.self_cpu_time_total).toBe(prof.total_average().self_cpu_time_total);
    expect(prof.key_averages(true)[0].input_shapes).toEqual([[4, 4], [], []]);
    const file = path.join(folder, "trace.json");
    prof.export_chrome_trace(file);
    expect(fs.readFileSync(file, "utf8")).toContain("aten::add");
  });

  test("refuses what Python refuses", () => {
    const prof = profile();
    prof.__enter__();
    expect(() => prof.__enter__()).toThrow("Profiler context manager is not reentrant");
    prof.__exit__();
    expect(() => profile({ use_cpu: false })).toThrow(
      "Device-only events supported only with Kineto (use_kineto=True)",
    );
    expect(() => profile({ post_processing_timeout_s: -1 })).toThrow("post_processing_timeout_s must be non-negative");
    profile({ use_device: "toaster" });
    expect(process.emitWarning).toHaveBeenCalledWith("The toaster is not a valid device option.", "UserWarning");
    expect(profile({ enabled: false }, () => 7)).toBe(7);
  });

  test("a second one takes the place of the first, as in Python", () => {
    const outer = profile(true, { with_stack: true, profile_memory: true }, (one) => {
      x.neg();
      const inner = profile(true, { with_stack: true, profile_memory: true }, (another) => {
        x.abs();
        return another;
      });
      expect(top(inner.function_events)).toEqual(["aten::abs"]);
      x.sin();
      return one;
    });
    expect(outer.function_events).toHaveLength(0);
    const after = profile(true, { with_stack: true }, (one) => {
      x.cos();
      return one;
    });
    expect(after.function_events.map((event) => [event.name, event.stack?.length !== 0])).toEqual([
      ["aten::cos", true],
    ]);
  });

  test("a time limit gives what there is", () => {
    const prof = profile({ post_processing_timeout_s: 0 }, (one) => {
      x.add(1);
      return one;
    });
    expect(prof.function_events).toHaveLength(0);
  });
});

test("record_function is a label, in a function or a block, and does nothing by itself", () => {
  expect(record_function("alone", () => 3)).toBe(3);
  const prof = profile({}, (one) => {
    {
      using _ = record_function("block", "arguments");
      x.neg();
    }
    x.abs();
    return one;
  });
  const [label, neg] = prof.function_events;
  expect(top(prof.function_events)).toEqual(["block", "aten::abs"]);
  expect([label.name, neg.name, neg.cpu_parent]).toEqual(["block", "aten::neg", label]);
  expect(() => (record_function as unknown as () => unknown)()).toThrow(
    "record_function.__init__() missing 1 required positional argument: 'name'",
  );
});

test("KinetoStepTracker counts the steps of the process", () => {
  const start = KinetoStepTracker.current_step();
  KinetoStepTracker.init_step_count("a");
  KinetoStepTracker.init_step_count("b");
  expect(KinetoStepTracker.increment_step("a")).toBe(start + 1);
  expect(KinetoStepTracker.increment_step("b")).toBe(start + 1);
  expect(KinetoStepTracker.increment_step("b")).toBe(start + 2);
  expect([KinetoStepTracker.erase_step_count("a"), KinetoStepTracker.erase_step_count("a")]).toEqual([true, false]);
  KinetoStepTracker.erase_step_count("b");
});

test("emit_itt and emit_nvtx run what is within where libtorch can", () => {
  expect(emit_itt(false, () => 1)).toBe(1);
  expect(emit_nvtx({ enabled: false }, () => 2)).toBe(2);
  const emitter = emit_itt();
  try {
    emitter.__enter__();
    x.add(1);
    emitter.__exit__();
  } catch (error) {
    expect(String(error)).toMatch(/ITT/);
  }
  expect(() => emitter.__enter__()).toThrow("ITT annotation context manager is not reentrant");
  if (!torch.cuda.is_available()) expect(() => emit_nvtx(() => {})).toThrow();
  expect(profile({}, (prof) => prof).function_events).toHaveLength(0);
});

describe("nvprof", () => {
  test("EnforceUnique refuses a key that was seen", () => {
    const unique = EnforceUnique();
    unique.see(1, 2);
    unique.see(1);
    expect(() => unique.see(1, 2)).toThrow("duplicate key: (1, 2)");
    expect(() => unique.see(1)).toThrow("duplicate key: (1,)");
  });

  const sqlite = (process as { getBuiltinModule?: (name: string) => unknown }).getBuiltinModule?.("node:sqlite");

  test("a trace is a database, which a new Node.js reads", () => {
    const file = path.join(folder, "trace.nvvp");
    if (!sqlite) {
      expect(() => load_nvprof(file)).toThrow("which Node.js reads from 22.13 on");
      return;
    }
    const { DatabaseSync } = sqlite as {
      DatabaseSync: new (file: string) => { exec(sql: string): void; close(): void };
    };
    const database = new DatabaseSync(file);
    database.exec(`
      CREATE TABLE StringTable (_id_ INTEGER, value TEXT);
      INSERT INTO StringTable VALUES (1, 'mm'), (2, 'add');
      CREATE TABLE CUPTI_ACTIVITY_KIND_MARKER (id INTEGER, name INTEGER, timestamp INTEGER);
      INSERT INTO CUPTI_ACTIVITY_KIND_MARKER VALUES (7, 1, 100), (7, 0, 200), (8, 2, 10), (8, 0, 50);
      CREATE TABLE CUPTI_ACTIVITY_KIND_RUNTIME (_id_ INTEGER, cbid INTEGER, start INTEGER, end INTEGER, correlationId INTEGER);
      INSERT INTO CUPTI_ACTIVITY_KIND_RUNTIME VALUES (1, 211, 110, 120, 5);
      CREATE TABLE CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL (correlationId INTEGER, name TEXT, start INTEGER, end INTEGER);
      INSERT INTO CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL VALUES (5, 'gemm', 130, 160);`);
    database.close();
    const events = parse_nvprof_trace(file);
    expect(events.map(({ id, name, kernels }) => [id, name, kernels.length])).toEqual([
      [8, "add", 0],
      [7, "mm", 1],
    ]);
    expect(events[1].kernels[0].duration).toBe(30);
    expect(load_nvprof({ path: file })[0].time_range.elapsed_us()).toBe(40);
  });
});

test("the legacy profiler", () => {
  const prof = legacy.profile({ record_shapes: true, profile_memory: true }, (one) => {
    expect(() => one.table()).toThrow("Profiler didn't finish running");
    expect(String(one)).toBe("<unfinished profile.profiler_legacy.profile>");
    record_function("label", () => torch.nn.functional.linear(x, x));
    return one;
  });
  const names = prof.function_events?.map((event) => event.name);
  expect(names).toEqual(expect.arrayContaining(["label", "aten::linear", "aten::mm"]));
  const [label] = prof.function_events ?? [];
  expect([label.name, label.cpu_children[0].name, label.is_legacy]).toEqual(["label", "aten::linear", true]);
  expect(prof.key_averages().find((one) => one.key === "aten::mm")?.cpu_memory_usage).toBe(64);
  expect(prof.table({ sort_by: "cpu_time_total", row_limit: 1 })).toContain("label");
});
