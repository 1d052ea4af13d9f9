// torch/autograd/profiler.py: traces of nvprof, which are SQLite databases

import { def } from "../../arguments/function.js";
import { callable } from "../../callable.js";
import { AssertionError, RuntimeError } from "../../errors.js";
import { str } from "../../python/repr.js";
import { warn } from "../../warnings.js";
import { EventList } from "../profiler_util/event_list.js";
import { StringTable } from "../profiler_util/format.js";
import { FunctionEvent } from "../profiler_util/function_event.js";

const deprecated = (name: string) =>
  warn(`\`torch.autograd.profiler.${name}\` is deprecated and will be removed in PyTorch 2.17.`, "FutureWarning");

class Unique {
  readonly seen = new Set<string>();

  /** Notes a key; throws RuntimeError if it was noted before. */
  see(...key: unknown[]): void {
    const text = key.length === 1 ? `(${str(key)},)`.replace(/[[\]]/g, "") : `(${str(key).slice(1, -1)})`;
    if (this.seen.has(text)) throw new RuntimeError(`duplicate key: ${text}`);
    this.seen.add(text);
  }
}

class EnforceUniqueClass extends Unique {
  constructor() {
    super();
    deprecated("EnforceUnique");
  }
}

/** Throws an error for a key that is seen a second time. @deprecated */
export const EnforceUnique = callable(EnforceUniqueClass);
export type EnforceUnique = EnforceUniqueClass;

type Row = Record<string, number>;

interface Database {
  prepare(sql: string): { all(): unknown[] };
  close(): void;
}

function openDatabase(path: string): Database {
  const { getBuiltinModule } = process as { getBuiltinModule?: (name: string) => unknown };
  const sqlite = getBuiltinModule?.("node:sqlite") as
    | { DatabaseSync: new (path: string, options: { readOnly: boolean }) => Database }
    | undefined;
  if (!sqlite) throw new RuntimeError("a trace of nvprof is a SQLite database, which Node.js reads from 22.13 on");
  return new sqlite.DatabaseSync(path, { readOnly: true });
}

const marker_query = `
  SELECT start.id AS marker_id, start.name AS name, start.timestamp AS start_time, end.timestamp AS end_time
  FROM CUPTI_ACTIVITY_KIND_MARKER AS start INNER JOIN CUPTI_ACTIVITY_KIND_MARKER AS end ON start.id = end.id
  WHERE start.name != 0 AND end.name = 0`;

const kernel_query = `
  SELECT start.id AS marker_id, runtime._id_ AS runtime_id, runtime.cbid AS cbid,
    kernel.start AS kernel_start, kernel.end AS kernel_end, kernel.name AS kernel_name
  FROM CUPTI_ACTIVITY_KIND_MARKER AS start
    INNER JOIN CUPTI_ACTIVITY_KIND_MARKER AS end ON start.id = end.id
    INNER JOIN CUPTI_ACTIVITY_KIND_RUNTIME AS runtime
      ON (start.timestamp < runtime.start AND runtime.end < end.timestamp)
    INNER JOIN CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL AS kernel ON kernel.correlationId = runtime.correlationId`;

function parse(path: string): FunctionEvent[] {
  const database = openDatabase(path);
  const rows = (sql: string) => database.prepare(sql).all() as Row[];
  try {
    const table = new StringTable();
    const strings = new Map<number, string>();
    for (const row of rows("SELECT _id_ AS id, value FROM StringTable")) {
      strings.set(row.id, table.get(row.value as unknown as string));
    }
    const events = new Map<number, FunctionEvent>();
    const markers = new Unique();
    for (const row of rows(marker_query)) {
      markers.see(row.marker_id);
      const name = strings.get(row.name) as string;
      const times = { start_us: row.start_time, end_us: row.end_time };
      events.set(row.marker_id, FunctionEvent({ id: row.marker_id, node_id: 0, name, ...times, thread: 0 }));
    }
    const calls = new Unique();
    for (const row of rows(kernel_query)) {
      calls.see(row.marker_id, row.runtime_id);
      // cudaLaunchKernel since CUDA 9.2
      if (row.cbid !== 211) throw new AssertionError(`Expected cbid to be 211, but got ${row.cbid}`);
      events
        .get(row.marker_id)
        ?.append_kernel(row.kernel_name as unknown as string, 0, row.kernel_end - row.kernel_start);
    }
    return [...events.values()].sort((a, b) => a.time_range.start - b.time_range.start);
  } finally {
    database.close();
  }
}

/**
 * The events in a trace of nvprof, in the order of their start; needs Node.js 22.13.
 *
 * @deprecated
 */
export const parse_nvprof_trace = def("parse_nvprof_trace", ["path"], (path: string): FunctionEvent[] => {
  deprecated("parse_nvprof_trace");
  return parse(path);
});

/**
 * The events in a trace of nvprof as a list; needs Node.js 22.13.
 *
 * @deprecated
 */
export const load_nvprof = def("load_nvprof", ["path"], (path: string): EventList => {
  deprecated("load_nvprof");
  return EventList(parse(path));
});
