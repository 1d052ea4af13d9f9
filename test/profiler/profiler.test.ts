import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import zlib from "node:zlib";
import * as torch from "tstorch";
import {
  _ExperimentalConfig,
  DeviceType,
  ExecutionTraceObserver,
  kineto_available,
  PerformanceMetricsConfig,
  ProfilerAction,
  ProfilerActivity,
  ProfilerActivityConfig,
  profile,
  record_function,
  schedule,
  supported_activities,
  tensorboard_trace_handler,
} from "tstorch/profiler";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const activities = [ProfilerActivity.CPU];
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-profiler-"));
const x = torch.ones(4, 4);
const top = (prof: profile) =>
  prof
    .events()
    .filter((event) => event.cpu_parent === null)
    .map((event) => event.name);

beforeEach(() => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());

/** Python's names of what a linear layer with a loss does, forward and backward. */
function train(): void {
  const layer = torch.nn.Linear(4, 3);
  layer(x).sum().backward();
}

test("events are what libtorch did, within one another", () => {
  const prof = profile({ activities, record_shapes: true, with_flops: true });
  prof.start();
  record_function("training", train);
  prof.stop();
  const events = prof.events();
  const find = (name: string) => events.find((event) => event.name === name);
  expect(find("training")?.cpu_children.map((child) => child.name)).toEqual(
    expect.arrayContaining(["aten::linear", "aten::sum", "autograd::engine::evaluate_function: AddmmBackward0"]),
  );
  expect(find("aten::addmm")).toMatchObject({
    input_shapes: [[3], [4, 4], [4, 3], [], []],
    input_dtypes: ["float", "float", "float", "Scalar", "Scalar"],
    concrete_inputs: [null, null, null, 1, 1],
    flops: 96,
    activity_type: "cpu_op",
    device_type: DeviceType.CPU,
  });
  expect(find("aten::addmm")?.cpu_parent?.name).toBe("aten::linear");
  expect(find("training")?.is_user_annotation).toBe(true);
  const backward = find("AddmmBackward0");
  expect(backward?.scope).toBe(1);
  expect(backward?.sequence_nr).toBe(find("aten::addmm")?.sequence_nr);
  for (const event of events) expect(event.cpu_time_total).toBeGreaterThanOrEqual(event.self_cpu_time_total);
  const averages = prof.key_averages();
  expect(averages.find((average) => average.key === "aten::t")?.count).toBe(
    events.filter((event) => event.name === "aten::t").length,
  );
  const text = averages.table({ sort_by: "cpu_time_total", row_limit: 3 });
  expect(text.split("\n")[1].trim().split(/ {2,}/)).toEqual([
    ..."Name|Self CPU %|Self CPU|CPU total %|CPU total|CPU time avg|# of Calls|Total FLOPs".split("|"),
  ]);
  expect(text.split("\n")).toHaveLength(9);
});

test("memory is that of each operator", () => {
  const kept: torch.Tensor[] = [];
  const prof = profile({ activities, profile_memory: true });
  prof.start();
  kept.push(torch.empty(1000, { dtype: torch.float32 }), torch.empty(10, { dtype: torch.int64 }));
  const sum = x.add(x);
  sum.dispose();
  prof.stop();
  const averages = prof.key_averages();
  const usage = (key: string) => averages.find((average) => average.key === key)?.cpu_memory_usage;
  expect(usage("aten::empty")).toBe(4080);
  expect(usage("aten::add")).toBe(64);
  expect(usage("[memory]")).toBe(-64);
  expect(averages.table()).toContain("CPU Mem");
});

test("stacks tell where an operator was called", () => {
  const prof = profile({ activities, with_stack: true });
  function caller(): void {
    x.mul(2);
  }
  prof.start();
  record_function("label", caller);
  train();
  prof.stop();
  const find = (name: string) => prof.events().find((event) => event.name === name);
  expect(find("aten::mul")?.stack?.[0]).toMatch(/profiler\.test\.ts\(\d+\): caller$/);
  expect(find("aten::addmm")?.stack?.[0]).toMatch(/profiler\.test\.ts\(\d+\): train$/);
  expect(find("label")?.stack?.length).toBeGreaterThan(0);
  expect(find("AddmmBackward0")?.stack).toEqual(find("aten::addmm")?.stack);
  const file = path.join(folder, "stacks");
  prof.export_stacks(file);
  expect(fs.readFileSync(file, "utf8")).toMatch(/profiler\.test\.ts\(\d+\):_train \d+\n/);
  const without = profile({ activities }, (one) => one);
  expect(() => without.export_stacks(file)).toThrow("export_stacks() requires with_stack=True");
});

test("as a function, in a using block, and around an async function", async () => {
  const within = profile({ activities }, (one) => {
    x.add(1);
    return one;
  });
  expect(top(within)).toEqual(["aten::add"]);
  const prof = profile({ activities });
  {
    using _ = prof;
    x.sub(1);
  }
  x.mul(1);
  expect(top(prof)).toEqual(["aten::sub"]);
  const later = await profile({ activities }, async (one) => {
    await Promise.resolve();
    await record_function("waiting", async () => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      x.neg();
    });
    return one;
  });
  expect(later.events().map((event) => event.name)).toEqual(["waiting", "aten::neg"]);
  expect(later.events()[0].cpu_time_total).toBeGreaterThan(1000);
});

test("an error in the function ends the profiler", () => {
  expect(() =>
    profile({ activities }, () => {
      throw new Error("mine");
    }),
  ).toThrow("mine");
  expect(profile({ activities }, (prof) => prof).events()).toHaveLength(0);
});

test("a profiler within inference_mode goes on when that is left", () => {
  const prof = profile({ activities });
  torch.inference_mode(() => {
    prof.start();
    x.add(1);
  });
  x.mul(1);
  prof.stop();
  expect(top(prof)).toEqual(["aten::add", "aten::mul"]);
});

describe("schedules", () => {
  const names = (plan: (step: number) => { name: string }, count: number) =>
    Array.from({ length: count }, (_, step) => plan(step).name);

  test("the actions of steps", () => {
    expect(names(schedule({ wait: 1, warmup: 1, active: 2, repeat: 1 }), 6)).toEqual(
      "NONE WARMUP RECORD RECORD_AND_SAVE NONE NONE".split(" "),
    );
    expect(names(schedule({ wait: 1, warmup: 0, active: 1, skip_first: 1, skip_first_wait: 1 }), 5)).toEqual(
      "NONE RECORD_AND_SAVE NONE RECORD_AND_SAVE NONE".split(" "),
    );
    expect(process.emitWarning).toHaveBeenCalledWith(
      "Profiler won't be using warmup, this can skew profiler results",
      "UserWarning",
    );
    expect(() => schedule({ wait: 0, warmup: 0, active: 0 })).toThrow(
      "Invalid profiler schedule arguments. Got wait=0 (need >= 0), warmup=0 (need >= 0), active=0 (need > 0), repeat=0 (need >= 0), skip_first=0 (need >= 0).",
    );
    expect(() => schedule({ wait: 1 } as never)).toThrow(
      "schedule() missing 2 required keyword-only arguments: 'warmup' and 'active'",
    );
    expect(String(ProfilerAction.RECORD)).toBe("ProfilerAction.RECORD");
  });

  test("each cycle gives a trace with its steps", () => {
    const cycles: string[][] = [];
    const on_trace_ready = (prof: torch.profiler.profile) =>
      cycles.push([...new Set(prof.events().map((event) => String(event.trace_name)))]);
    const plan = schedule({ wait: 1, warmup: 1, active: 2, repeat: 2 });
    profile({ activities, schedule: plan, on_trace_ready }, (prof) => {
      for (let i = 0; i < 10; i++) {
        x.neg();
        prof.step();
      }
    });
    expect(cycles).toEqual([
      ["ProfilerStep#2", "aten::neg", "ProfilerStep#3"],
      ["ProfilerStep#6", "aten::neg", "ProfilerStep#7"],
    ]);
  });

  test("a wrong schedule warns, and the profiler's own action is refused", () => {
    const plan = (step: number) => [ProfilerAction.WARMUP, ProfilerAction.NONE, ProfilerAction.DEVICE_STOPPED][step];
    profile({ activities, schedule: plan }, (prof) => {
      prof.step();
      expect(() => prof.step()).toThrow("ProfilerAction.DEVICE_STOPPED is set internally by the profiler");
    });
    expect(process.emitWarning).toHaveBeenCalledWith("Incorrect schedule: WARMUP followed by NONE", "UserWarning");
  });

  test("acc_events keeps the events of all cycles", () => {
    const plan = schedule({ wait: 0, warmup: 1, active: 1 });
    const prof = profile({ activities, schedule: plan, acc_events: true, on_trace_ready: () => {} });
    prof.start();
    for (let i = 0; i < 6; i++) {
      x.add(i);
      prof.step();
    }
    prof.stop();
    expect(prof.events().filter((event) => event.name === "aten::add")).toHaveLength(3);
  });
});

test("traces for Chrome and TensorBoard", () => {
  const logs = path.join(folder, "logs");
  const prof = profile({
    activities,
    record_shapes: true,
    on_trace_ready: tensorboard_trace_handler(logs, "me", { use_gzip: true, use_python_export: true }),
  });
  prof.preset_metadata_json("preset", "[1, 2]");
  prof.start();
  prof.add_metadata("said", "a word");
  prof.add_metadata_json("number", "7");
  x.matmul(x);
  prof.stop();
  expect(() => prof.export_chrome_trace(path.join(logs, "t.json"), { graph_lanes: "all" })).toThrow(
    torch.NotImplementedError,
  );
  const [name] = fs.readdirSync(logs);
  expect(name).toMatch(/^me\.\d+\.pt\.trace\.json\.gz$/);
  const trace = JSON.parse(zlib.gunzipSync(fs.readFileSync(path.join(logs, name))).toString());
  expect(trace).toMatchObject({ preset: [1, 2], said: "a word", number: 7, record_shapes: 1 });
  const matmul = trace.traceEvents.find((event: { name: string }) => event.name === "aten::matmul");
  expect(matmul).toMatchObject({ ph: "X", cat: "cpu_op" });
  expect(matmul.args["Input Dims"]).toEqual([
    [4, 4],
    [4, 4],
  ]);
});

test("what is to be recorded", () => {
  expect(kineto_available()).toBe(true);
  expect(supported_activities().has(ProfilerActivity.CPU)).toBe(true);
  expect(ProfilerActivity.CUDA.__repr__()).toBe("<ProfilerActivity.CUDA: 2>");
  expect(() => profile({ activities: [] })).toThrow("No valid profiler activities found");
  expect(() => profile({ activities: [ProfilerActivity.CPU, ProfilerActivity.CPU] })).toThrow(
    "Activity ProfilerActivity.CPU specified more than once",
  );
  expect(() => profile({ activities: ["cpu"] as never })).toThrow(
    "Expected ProfilerActivity or dict, got <class 'str'>",
  );
  expect(() => profile({ speed: 1 } as never)).toThrow("profile.__init__() got an unexpected keyword argument 'speed'");
  const only = profile({ activities: [new Map([[ProfilerActivity.CPU, ProfilerActivityConfig([])]])] }, (prof) => {
    x.add(1);
    return prof;
  });
  const file = path.join(folder, "none.json");
  only.export_chrome_trace(file);
  const { traceEvents } = JSON.parse(fs.readFileSync(file, "utf8"));
  expect(traceEvents.filter((event: { cat?: string }) => event.cat === "cpu_op")).toEqual([]);
  const metrics = PerformanceMetricsConfig(["a", "b"], { sampling_interval_ms: 0.5 });
  expect(metrics._to_config_entries()).toEqual({
    PERFORMANCE_METRICS: "a,b",
    PERFORMANCE_METRICS_SAMPLING_INTERVAL_MS: "0.5",
  });
});

test("experimental settings", () => {
  const named = profile(
    { activities, experimental_config: _ExperimentalConfig({ capture_overload_names: true }) },
    (prof) => {
      x.add(x);
      return prof;
    },
  );
  expect(named.events()[0].overload_name).toBe("Tensor");
  expect(named.key_averages({ group_by_overload_name: true }).table()).toContain("Overload Name");
  const traced = profile(
    { activities, experimental_config: _ExperimentalConfig({ trace_only: true }) },
    (prof) => prof,
  );
  expect(() => traced.events()).toThrow("events() is not available when trace_only=True in ExperimentalConfig.");
  traced.set_custom_trace_id_callback(() => "mine");
  expect(traced.get_trace_id()).toMatch(/^[0-9A-F]{32}$/);
});

test("collection can be turned off for a while", () => {
  const prof = profile({ activities });
  prof.start();
  x.add(1);
  prof.toggle_collection_dynamic(false, activities);
  x.sub(1);
  prof.toggle_collection_dynamic(true, activities);
  x.mul(1);
  prof.stop();
  expect(top(prof)).toEqual(["aten::add", "aten::mul"]);
});

test("before it has run a profiler has nothing", () => {
  const prof = profile({ activities });
  expect(() => prof.events()).toThrow("Profiler must be initialized before accessing events");
  expect(() => prof.key_averages()).toThrow("Profiler must be initialized before getting key averages");
  expect(() => prof.export_chrome_trace("x")).toThrow("Profiler must be initialized before exporting chrome trace");
  expect(() => prof.stop()).toThrow("Profiler must be initialized before stopping trace");
  expect(prof.get_trace_id()).toBe(null);
});

test("ExecutionTraceObserver writes the graph of operators", () => {
  const file = path.join(folder, "execution.json");
  const observer = ExecutionTraceObserver().register_callback(file);
  expect([observer.is_registered, observer.is_running(), observer.get_output_file_path()]).toEqual([true, false, file]);
  profile({ activities, execution_trace_observer: observer }, () => x.matmul(x));
  expect(observer.is_registered).toBe(false);
  const { nodes } = JSON.parse(fs.readFileSync(file, "utf8"));
  const names = nodes.map((node: { name: string }) => node.name);
  expect(names).toContain("aten::matmul");
  const compressed = ExecutionTraceObserver().register_callback(`${file}.gz`);
  vi.spyOn(process.stdout, "write").mockImplementation(() => true);
  compressed.start();
  x.add(1);
  compressed.cleanup();
  expect(zlib.gunzipSync(fs.readFileSync(`${file}.gz`)).toString()).toContain("aten::add");
  expect(ExecutionTraceObserver.build_execution_trace_obs_from_env()).toBe(null);
  compressed.set_extra_resource_collection(true);
  expect(compressed.get_resources_dir()).toBe(path.join(folder, "execution.json_resources"));
});
