// torch/cuda/graphs.py, without what reads captured graphs through Python's package cuda-bindings

import { takeKeywords } from "../arguments/class.js";
import { def } from "../arguments/function.js";
import { mode } from "../arguments/mode.js";
import { native, type PoolId, type ResourceHandle } from "../binding.js";
import { callable } from "../callable.js";
import { NotImplementedError } from "../errors.js";
import type { Entered } from "../modes.js";
import { RemovableHandle } from "../utils/hooks.js";
import { CUDA, currentIndex, lazyInit, requireClass } from "./_utils.js";
import { empty_cache, type MemPool } from "./memory.js";
import { Stream, streamOf } from "./streams.js";

/** What graphs take memory from: a pool, or what graph_pool_handle() returned. */
export type GraphPool = MemPool | PoolId;

type GraphHook = (graph: CUDAGraph) => void;

/** @internal */
export const poolId = (pool: GraphPool | null): PoolId =>
  pool === null ? [0, 0] : Array.isArray(pool) ? pool : pool.id;

/**
 * Whether the current stream's work is being recorded into a graph.
 *
 * `is_current_stream_capturing() -> bool`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.is_current_stream_capturing.html}
 */
export const is_current_stream_capturing = def("is_current_stream_capturing", [], (): boolean => {
  requireClass("_cuda_isCurrentStreamCapturing");
  return native.streamIsCapturing(...native.currentStream(CUDA, -1));
});

/**
 * The id of a new pool of memory, which several graphs can share.
 *
 * `graph_pool_handle() -> _POOL_HANDLE`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.graph_pool_handle.html}
 */
export const graph_pool_handle = def("graph_pool_handle", [], (): PoolId => {
  requireClass("_graph_pool_handle");
  return native.graphPoolHandle();
});

function refuseChecks(check_input_liveness: boolean): void {
  if (!check_input_liveness) return;
  throw new NotImplementedError("check_input_liveness follows inputs by hooks into Python's allocator of tensors");
}

/** Hooks in the order in which they were registered. */
class Hooks<F> {
  readonly #hooks = new Map<number, F>();
  #next = 0;

  register(hook: F): RemovableHandle {
    const id = this.#next++;
    this.#hooks.set(id, hook);
    return new RemovableHandle(() => this.#hooks.delete(id));
  }

  get all(): F[] {
    return [...this.#hooks.values()];
  }

  clear(): void {
    this.#hooks.clear();
  }
}

const stages = ["capture_start", "capture_end", "post_instantiate", "replay_start", "replay_end"] as const;
type Stage = (typeof stages)[number];

const hooksOfStages = <F>(): Record<Stage, Hooks<F>> =>
  Object.fromEntries(stages.map((stage) => [stage, new Hooks<F>()])) as Record<Stage, Hooks<F>>;

const everyGraph = hooksOfStages<GraphHook>();
const destroyHooks = new Hooks<(ids: Set<number>) => void>();

/** Runs hooks of other people's graphs, whose exceptions must not spoil a capture. */
function runQuietly(hooks: readonly (() => void)[]): void {
  for (const hook of hooks) {
    try {
      hook();
    } catch {
      // as in PyTorch
    }
  }
}

const registrar = (name: string, stage: Stage) =>
  def(name, ["fn"], (fn: GraphHook): RemovableHandle => everyGraph[stage].register(fn));

/**
 * Calls a function with each graph whose capture begins.
 *
 * `register_graph_capture_start_hook(fn) -> RemovableHandle`
 */
export const register_graph_capture_start_hook = registrar("register_graph_capture_start_hook", "capture_start");
/**
 * Calls a function with each graph whose capture ends.
 *
 * `register_graph_capture_end_hook(fn) -> RemovableHandle`
 */
export const register_graph_capture_end_hook = registrar("register_graph_capture_end_hook", "capture_end");
/**
 * Calls a function with each graph that is made ready to run.
 *
 * `register_graph_instantiate_hook(fn) -> RemovableHandle`
 */
export const register_graph_instantiate_hook = registrar("register_graph_instantiate_hook", "post_instantiate");
/**
 * Calls a function with each graph before it runs.
 *
 * `register_graph_replay_start_hook(fn) -> RemovableHandle`
 */
export const register_graph_replay_start_hook = registrar("register_graph_replay_start_hook", "replay_start");
/**
 * Calls a function with each graph after it ran.
 *
 * `register_graph_replay_end_hook(fn) -> RemovableHandle`
 */
export const register_graph_replay_end_hook = registrar("register_graph_replay_end_hook", "replay_end");

/**
 * Calls a function with the ids of each graph that is reset.
 *
 * `register_graph_destroy_hook(fn) -> RemovableHandle`
 */
export const register_graph_destroy_hook = def(
  "register_graph_destroy_hook",
  ["fn"],
  (fn: (ids: Set<number>) => void): RemovableHandle => destroyHooks.register(fn),
);

class CUDAGraphClass {
  readonly #handle: ResourceHandle;
  readonly #hooks = hooksOfStages<GraphHook>();
  readonly #onRelease = new Hooks<() => void>();
  #keepGraph: boolean;
  #hasGraphExec = false;
  readonly #streams: Stream[] = [];
  #synchronizeFirst = false;

  constructor(keep_graph = false) {
    requireClass("CUDAGraph");
    this.#keepGraph = keep_graph;
    this.#handle = native.newCudaGraph(keep_graph);
  }

  /**
   * Begins to record the work of the current stream; its memory is of a pool of its own, or of a given one.
   *
   * Throws NotImplementedError for `check_input_liveness`.
   */
  capture_begin(pool: GraphPool | null = null, capture_error_mode = "global", check_input_liveness = false): void {
    refuseChecks(check_input_liveness);
    native.cudaGraphCaptureBegin(this.#handle, ...poolId(pool), capture_error_mode);
    this.#run("capture_start");
  }

  /** Ends the recording; the graph can be run then. */
  capture_end(): void {
    this.capture_end_pre();
    this.#run("capture_end");
    if (!this.#keepGraph) this.instantiate();
    this.capture_end_post();
  }

  capture_end_pre(): void {
    this.#step("capture_end_pre");
  }

  capture_end_post(): void {
    this.#step("capture_end_post");
  }

  /** Makes the graph ready to run, which capture_end() and replay() do where it is needed. */
  instantiate(): void {
    this.#step("instantiate");
    this.#hasGraphExec = true;
    this.#run("post_instantiate");
  }

  /** Runs the recorded work on the current stream. */
  replay(): void {
    if (this.#synchronizeFirst) this.#streams.push(streamOf(native.currentStream(CUDA, -1)));
    if (!this.#hasGraphExec) this.instantiate();
    this.#run("replay_start");
    try {
      this.#step("replay");
    } finally {
      this.#run("replay_end");
    }
  }

  /** Forgets what was recorded; the graph can record anew. */
  reset(): void {
    this.#release();
    this.#hasGraphExec = false;
    this.#step("reset");
  }

  /** The id of the pool that the graph's memory is of, for graphs that share it. */
  pool(): PoolId {
    return native.cudaGraphPools(this.#handle)[0];
  }

  /** The ids of all pools that the graph uses. */
  pools(): PoolId[] {
    return native.cudaGraphPools(this.#handle);
  }

  /** Keeps the graph itself beside what is made ready to run. */
  enable_debug_mode(): void {
    this.#step("enable_debug_mode");
    this.#keepGraph = true;
  }

  /** The address of the cudaGraph_t; the graph is made with `keep_graph`. */
  raw_cuda_graph(): number | bigint {
    return native.cudaGraphRaw(this.#handle, false);
  }

  /** The address of the cudaGraphExec_t. */
  raw_cuda_graph_exec(): number | bigint {
    return native.cudaGraphRaw(this.#handle, true);
  }

  register_capture_start_hook(hook: GraphHook): RemovableHandle {
    return this.#hooks.capture_start.register(hook);
  }

  register_capture_end_hook(hook: GraphHook): RemovableHandle {
    return this.#hooks.capture_end.register(hook);
  }

  register_post_instantiate_hook(hook: GraphHook): RemovableHandle {
    return this.#hooks.post_instantiate.register(hook);
  }

  register_replay_start_hook(hook: GraphHook): RemovableHandle {
    return this.#hooks.replay_start.register(hook);
  }

  register_replay_end_hook(hook: GraphHook): RemovableHandle {
    return this.#hooks.replay_end.register(hook);
  }

  /** Calls a function when the graph is reset, after its streams are done where that is asked for. */
  register_destroy_callback(
    cb: () => void,
    { synchronize_before_release = false }: { synchronize_before_release?: boolean } = {},
  ): RemovableHandle {
    this.#synchronizeFirst ||= synchronize_before_release;
    return this.#onRelease.register(cb);
  }

  /** Keeps an object alive until the graph is reset. */
  retain_object(obj: unknown, options: { synchronize_before_release?: boolean } = {}): RemovableHandle {
    return this.register_destroy_callback(() => void obj, options);
  }

  #step(name: string): void {
    native.cudaGraphStep(this.#handle, name);
  }

  #run(stage: Stage): void {
    runQuietly(everyGraph[stage].all.map((hook) => () => hook(this)));
    for (const hook of this.#hooks[stage].all) hook(this);
  }

  #release(): void {
    if (this.#synchronizeFirst) runQuietly(this.#streams.map((stream) => () => stream.synchronize()));
    this.#streams.length = 0;
    runQuietly(this.#onRelease.all);
    this.#onRelease.clear();
    runQuietly(destroyHooks.all.map((hook) => () => hook(new Set())));
  }
}

takeKeywords("CUDAGraph", CUDAGraphClass.prototype, {
  capture_begin: ["pool", "capture_error_mode", "check_input_liveness"],
  capture_end: [],
  capture_end_post: [],
  capture_end_pre: [],
  enable_debug_mode: [],
  instantiate: [],
  pool: [],
  pools: [],
  raw_cuda_graph: [],
  raw_cuda_graph_exec: [],
  register_capture_end_hook: ["hook"],
  register_capture_start_hook: ["hook"],
  register_destroy_callback: ["cb", "*", "synchronize_before_release"],
  register_post_instantiate_hook: ["hook"],
  register_replay_end_hook: ["hook"],
  register_replay_start_hook: ["hook"],
  replay: [],
  reset: [],
});

takeKeywords(
  "CUDAGraph",
  CUDAGraphClass.prototype,
  { retain_object: ["obj", "*", "synchronize_before_release"] },
  { dict: 0 },
);
Object.defineProperty(CUDAGraphClass, "name", { value: "CUDAGraph" });

/**
 * Work of a CUDA stream that is recorded once and run many times: see graph().
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.CUDAGraph.html}
 */
export const CUDAGraph = callable(CUDAGraphClass);
export type CUDAGraph = CUDAGraphClass;

let captureStream: Stream | null = null;

/** What graph() takes by keyword. */
export interface GraphKeywords {
  pool?: GraphPool | null;
  stream?: Stream | null;
  capture_error_mode?: string;
  /** Neither annotations nor the check of inputs can be had here: true is a NotImplementedError. */
  enable_annotations?: boolean;
  annotation_config?: Readonly<Record<string, unknown>> | null;
  check_input_liveness?: boolean;
}

/** The type of graph(). */
export interface GraphMode {
  <T>(cuda_graph: CUDAGraph, body: () => T): T;
  <T>(cuda_graph: CUDAGraph, keywords: GraphKeywords, body: () => T): T;
  (cuda_graph: CUDAGraph, keywords?: GraphKeywords): Entered;
}

/**
 * Records what a function, or the rest of a `using` block, does on a stream of its own into a graph, without doing it.
 *
 * `graph(cuda_graph, pool=None, stream=None, capture_error_mode='global', enable_annotations=False,
 * annotation_config=None, check_input_liveness=False)`
 *
 * Throws NotImplementedError for annotations, which Python's cuda-bindings make, and for the check of inputs.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.graph.html}
 */
export const graph: GraphMode = mode(
  "cuda.graph",
  [
    "cuda_graph",
    "pool",
    "stream",
    "capture_error_mode",
    "enable_annotations",
    "annotation_config",
    "check_input_liveness",
  ],
  (
    cuda_graph: CUDAGraph,
    pool: GraphPool | null = null,
    stream: Stream | null = null,
    capture_error_mode = "global",
    enable_annotations = false,
    _annotation_config: Record<string, unknown> | null = null,
    check_input_liveness = false,
  ) => {
    refuseChecks(check_input_liveness);
    if (enable_annotations) {
      throw new NotImplementedError("annotations read the driver's objects through Python's package cuda-bindings");
    }
    if (stream === null) captureStream ??= new Stream();
    const capturing = stream ?? (captureStream as Stream);
    return () => {
      native.synchronize(currentIndex());
      empty_cache();
      native.emptyHostCache();
      const [device, before] = native.enterStream(...capturing._packed);
      const leave = () => {
        native.setStream(...before);
        native.setDevice(device);
      };
      try {
        cuda_graph.capture_begin(pool, capture_error_mode);
      } catch (error) {
        leave();
        throw error;
      }
      return () => {
        try {
          cuda_graph.capture_end();
        } finally {
          leave();
        }
      };
    };
  },
  { called: "graph.__init__" },
);

/** @internal Begins CUDA for make_graphed_callables(), and refuses what graphs cannot have. */
export function prepareCapture(): void {
  requireClass("CUDAGraph");
  lazyInit();
}
