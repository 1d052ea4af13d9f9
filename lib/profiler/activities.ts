// torch/profiler/profiler.py: what is to be recorded

import { keywordClass } from "../arguments/class.js";
import { builtin, def } from "../arguments/function.js";
import { ProfilerActivity } from "../autograd/profiler_util/enums.js";
import { native } from "../binding.js";
import { TypeError, ValueError } from "../errors.js";
import { Member } from "../python/enum.js";
import { typeName } from "../python/objects.js";
import { str } from "../python/repr.js";

const activities = Object.values(ProfilerActivity);
const isActivity = (value: unknown): value is ProfilerActivity =>
  value instanceof Member && activities.includes(value as ProfilerActivity);

/**
 * The activities that can be recorded on this machine.
 *
 * `supported_activities()`
 */
export const supported_activities = def("supported_activities", [], (): Set<ProfilerActivity> => {
  const numbers = native.supportedActivities();
  return new Set(activities.filter((activity) => numbers.includes(activity.value)));
});

/**
 * Whether libtorch has its tracing profiler.
 *
 * `kineto_available() -> bool`
 */
export const kineto_available = builtin("torch._C._autograd.kineto_available", (): boolean => true);

class PerformanceMetrics {
  constructor(
    public metric_names: readonly string[],
    public sampling_interval_ms: number | null = null,
    public lookback_window_ms: number | null = null,
  ) {}

  _to_config_entries(): Record<string, string> {
    const config: Record<string, string> = { PERFORMANCE_METRICS: this.metric_names.join(",") };
    if (this.sampling_interval_ms !== null) {
      config.PERFORMANCE_METRICS_SAMPLING_INTERVAL_MS = str(this.sampling_interval_ms);
    }
    if (this.lookback_window_ms !== null) {
      config.PERFORMANCE_METRICS_LOOKBACK_WINDOW_MS = str(this.lookback_window_ms);
    }
    return config;
  }
}

/** Which hardware counters are sampled, and how often. */
export const PerformanceMetricsConfig = keywordClass<PerformanceMetrics>("PerformanceMetricsConfig")(
  PerformanceMetrics,
  ["metric_names", "sampling_interval_ms", "lookback_window_ms"],
);
export type PerformanceMetricsConfig = PerformanceMetrics;

class ActivityConfig {
  constructor(
    public activity_types: readonly string[] | null = null,
    public profiler_configs: PerformanceMetricsConfig[] = [],
  ) {}
}

/** Which types of an activity are recorded: null for the usual ones. */
export const ProfilerActivityConfig = keywordClass<ActivityConfig>("ProfilerActivityConfig")(ActivityConfig, [
  "activity_types",
  "profiler_configs",
]);
export type ProfilerActivityConfig = ActivityConfig;

/** An activity, or activities with the types of each that are wanted. */
export type Activities = Iterable<
  ProfilerActivity | ReadonlyMap<ProfilerActivity, readonly string[] | ProfilerActivityConfig>
>;

export interface ParsedActivities {
  readonly activities: Set<ProfilerActivity>;
  readonly configs: Map<ProfilerActivity, ProfilerActivityConfig>;
}

/** The activities that were asked for; throws ValueError for one that comes twice. */
export function _parse_activities(given: Activities | null): ParsedActivities {
  if (given === null) return { activities: supported_activities(), configs: new Map() };
  const parsed = new Set<ProfilerActivity>();
  const configs = new Map<ProfilerActivity, ProfilerActivityConfig>();
  const add = (activity: ProfilerActivity) => {
    if (parsed.has(activity)) throw new ValueError(`Activity ${activity} specified more than once`);
    parsed.add(activity);
  };
  for (const item of given) {
    if (isActivity(item)) {
      add(item);
    } else if (item instanceof Map) {
      for (const [activity, value] of item) {
        add(activity);
        configs.set(activity, value instanceof ActivityConfig ? value : ProfilerActivityConfig(value));
      }
    } else {
      throw new TypeError(`Expected ProfilerActivity or dict, got <class '${typeName(item)}'>`);
    }
  }
  return { activities: parsed, configs };
}
