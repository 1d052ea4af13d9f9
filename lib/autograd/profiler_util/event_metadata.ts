// torch/autograd/profiler_util.py: what a device tells of an event

import { namedTupleClass } from "../../named_tuple.js";

const int = Number;
const float = Number;
const json = JSON.parse;
const text = (value: string) => value.replace(/^"+|"+$/g, "");
const bool = (value: string) => value === "1" || value === "true";

/** For each of kineto's keys the field, and what makes its value from text. */
const _EVENT_METADATA_KEYS: Record<string, [field: string, convert: (value: string) => unknown]> = {
  "registers per thread": ["registers_per_thread", int],
  "shared memory": ["shared_memory", int],
  grid: ["grid", json],
  block: ["block", json],
  priority: ["priority", int],
  "blocks per SM": ["blocks_per_sm", float],
  "warps per SM": ["warps_per_sm", float],
  occupancy: ["occupancy", json],
  "est. achieved occupancy %": ["est_occupancy_pct", float],
  queued: ["queued", int],
  "graph id": ["graph_id", int],
  "graph node id": ["graph_node_id", int],
  stream: ["stream", int],
  context: ["context", int],
  channel: ["channel", int],
  channel_type: ["channel_type", int],
  hsa_queue: ["hsa_queue", int],
  bytes: ["bytes", int],
  "memory bandwidth (GB/s)": ["bandwidth_gb_s", float],
  "Collective name": ["collective_name", text],
  dtype: ["dtype", text],
  "In msg nelems": ["in_msg_nelems", int],
  "Out msg nelems": ["out_msg_nelems", int],
  "In split size": ["in_split_size", text],
  "Out split size": ["out_split_size", text],
  "Global rank start": ["global_rank_start", int],
  "Global rank stride": ["global_rank_stride", int],
  "Group size": ["group_size", int],
  "Process Group Name": ["process_group_name", text],
  "Process Group Description": ["process_group_desc", text],
  "Process Group Ranks": ["group_ranks", text],
  Rank: ["rank", int],
  "Src Rank": ["src_rank", int],
  "Dst Rank": ["dst_rank", int],
  Seq: ["seq", int],
  "Is asynchronized op": ["is_async", bool],
};

const fields = Object.values(_EVENT_METADATA_KEYS).map(([field]) => field);
const Tuple = namedTupleClass("EventMetadata", fields, "typing");

/** What a device tells of an event: a named tuple, whose fields are null where it does not. */
export type EventMetadata = unknown[] & Readonly<Record<string, unknown>>;

/** Makes an EventMetadata from its fields, in Python's order or by keyword. */
export function EventMetadata(...values: unknown[]): EventMetadata {
  const last = values.at(-1);
  const keywords = typeof last === "object" && last !== null && !Array.isArray(last) ? (values.pop() as object) : {};
  const given = { ...Object.fromEntries(values.map((value, i) => [fields[i], value])), ...keywords };
  const missing = fields.filter((field) => !(field in given));
  if (missing.length) {
    throw new TypeError(
      `EventMetadata.__new__() missing ${missing.length} required positional arguments: ${missing.join(", ")}`,
    );
  }
  return new Tuple(...fields.map((field) => (given as Record<string, unknown>)[field])) as EventMetadata;
}

/** @internal The metadata in kineto's texts, null where there is none. */
export function _build_metadata(extra_meta: Readonly<Record<string, string>>): EventMetadata | null {
  const entries = Object.entries(_EVENT_METADATA_KEYS);
  if (!entries.some(([key]) => key in extra_meta)) return null;
  return new Tuple(
    ...entries.map(([key, [, convert]]) => (key in extra_meta ? convert(extra_meta[key]) : null)),
  ) as EventMetadata;
}
