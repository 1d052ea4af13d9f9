import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as torch from "tstorch";
import { DeviceType } from "tstorch/profiler";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const { EventList, EventMetadata, FunctionEvent, FunctionEventAvg, Interval, Kernel, MemRecordsAcc, StringTable } =
  torch.autograd.profiler_util;
const { _format_memory, _format_time, _rewrite_name } = torch.autograd.profiler_util;
type List = ReturnType<typeof EventList>;

interface Table {
  options: Record<string, never>;
  text: string;
}

interface Recorded {
  name: string;
  events: (Record<string, unknown> & { kernels?: [string, number, number][]; device_type?: "CUDA" })[];
  keywords: Record<string, never>;
  tables: Table[];
  groups: { group: Record<string, never>; repr: string[]; tables: Table[] }[];
  total: string;
  stacks: string[][];
  children: number[][];
  self_cpu_time_total: number;
  export_stacks: string;
  chrome?: Record<string, unknown>[];
}

const recorded: { lists: Recorded[]; times: [number, string][]; sizes: [number, string][] } = JSON.parse(
  fs.readFileSync(path.join(import.meta.dirname, "recordings/profiler_util.json"), "utf8"),
);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-profiler-util-"));
const file = path.join(folder, "out");

function build({ events, keywords }: Recorded): List {
  const made = events.map(({ kernels = [], device_type = "CPU", ...given }) => {
    const event = FunctionEvent({ flops: 0, ...given, device_type: DeviceType[device_type as "CPU"] } as never);
    for (const kernel of kernels) event.append_kernel(...kernel);
    return event;
  });
  const list = EventList(made, keywords);
  list._build_tree();
  return list;
}

beforeEach(() => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());

describe.each(recorded.lists)("Python's list $name", (given) => {
  test("tables", () => {
    const list = build(given);
    for (const { options, text } of given.tables) expect(list.table(options), JSON.stringify(options)).toBe(text);
  });

  test("averages and their tables", () => {
    const list = build(given);
    for (const { group, repr, tables } of given.groups) {
      const averages = list.key_averages(group);
      expect([...averages].map((average) => average.__repr__())).toEqual(repr);
      for (const { options, text } of tables) expect(averages.table(options), JSON.stringify(group)).toBe(text);
    }
    expect(list.total_average().__repr__()).toBe(given.total);
  });

  test("the tree, stacks and files", () => {
    const list = build(given);
    expect([...list].map((event) => event.stack)).toEqual(given.stacks);
    expect([...list].map((event) => event.cpu_children.map((child) => child.id))).toEqual(given.children);
    expect(list.self_cpu_time_total).toBe(given.self_cpu_time_total);
    list.export_stacks(file, "self_cpu_time_total");
    expect(fs.readFileSync(file, "utf8")).toBe(given.export_stacks);
    list.export_chrome_trace(file);
    expect(JSON.parse(fs.readFileSync(file, "utf8"))).toEqual(given.chrome ?? []);
  });
});

test("times and sizes as text", () => {
  for (const [time, text] of recorded.times) expect(_format_time(time)).toBe(text);
  for (const [size, text] of recorded.sizes) expect(_format_memory(size)).toBe(text);
});

test("a list prints as its table, and is an array", () => {
  const list = build(recorded.lists[0]);
  expect(String(list)).toBe(list.table());
  expect(list.map((event) => event.id)).toBeInstanceOf(Array);
  expect(Object.keys(list)).toHaveLength(list.length);
});

test("errors have Python's texts", () => {
  const list = build(recorded.lists[0]);
  expect(() => list.table({ sort_by: "speed" })).toThrow("'FunctionEvent' object has no attribute 'speed'");
  expect(() => list.export_stacks(file, "speed")).toThrow(
    "metric should be one of: ['self_cpu_time_total', 'self_cuda_time_total', 'self_xpu_time_total', 'self_privateuse1_time_total']",
  );
  expect(() => EventList([]).key_averages()).toThrow("Expected tree to be built before calling key_averages");
  const event = FunctionEvent(1, "k", 1, 0, 5, { device_type: DeviceType.CUDA, use_device: "cuda" });
  expect(() => event.append_kernel("k", 0, 1)).toThrow("Expected device_type to be CPU");
  const meta = FunctionEvent(1, "k", 1, 0, 5, { device_type: DeviceType.Meta, use_device: "cuda" });
  expect(() => meta.device_time_total).toThrow(
    "Expected device_type to be CUDA, PrivateUse1, MTIA, HPU or XPU, but got DeviceType.Meta",
  );
  const average = FunctionEventAvg();
  average.add(FunctionEvent(1, "a", 1, 0, 5));
  expect(() => average.add(FunctionEvent(1, "b", 1, 0, 5))).toThrow("Expected keys to match, but got b vs a");
  expect(() => (FunctionEvent as unknown as (...args: unknown[]) => unknown)(1, "a", 1, 0)).toThrow(
    "missing 1 required positional argument: 'end_us'",
  );
});

test("old names warn", () => {
  const event = FunctionEvent(1, "k", 1, 0, 5, { extra_meta: { stream: "7", grid: "[1, 2, 3]", dtype: '"Float"' } });
  expect(event.cuda_time).toBe(0);
  expect(process.emitWarning).toHaveBeenCalledWith(
    "`cuda_time` is deprecated, please use `device_time` instead.",
    "FutureWarning",
  );
  expect(event.event_metadata).toMatchObject({ stream: 7, dtype: "Float", graph_id: null });
  expect(event.event_metadata?.grid).toEqual([1, 2, 3]);
});

test("small classes", () => {
  expect(Interval(2, 5).elapsed_us()).toBe(3);
  expect(String(Kernel("gemm", 0, 1.5))).toBe("Kernel(name='gemm', device=0, duration=1.5)");
  expect(() => EventMetadata(1)).toThrow("missing 35 required positional arguments");
  const table = new StringTable();
  expect(table.get("_ZN2at4_ops3add4callEv")).toBe("at::_ops::add::call()");
  expect([table.get("t"), table.get("aten::add"), table.size]).toEqual(["t", "aten::add", 3]);
  expect(_rewrite_name("ProfilerStep#12", true)).toBe("ProfilerStep*");
  const at = (time: number) => [{ start_ns: () => time }, false] as [{ start_ns(): number }, boolean];
  const records = MemRecordsAcc([at(30), at(10), at(20), at(10)]);
  expect([...records.in_interval(10, 20)].map(([event]) => event.start_ns())).toEqual([10, 10, 20]);
  expect([...records.in_interval(21, 29)]).toEqual([]);
});
