// The native contract: every function of the addon with its type, and what goes through them.

import type {
  LegacyEventDescription,
  ProfilerConfig,
  ProfilerEventDescription,
} from "./autograd/profiler_util/native.js";

declare const handle: unique symbol;
/** A native tensor. */
export type TensorHandle = { [handle]: "tensor" };
/** A native random number generator. */
export type GeneratorHandle = { [handle]: "generator" };
export type ResourceHandle = { [handle]: "resource" };
/** A pool of a device's memory. */
export type PoolId = [number, number];
export interface NestedStatistics {
  [name: string]: number | NestedStatistics;
}
/** A stream: its id, its device's index and c10::DeviceType. */
export type PackedStream = [id: number | bigint, index: number, type: number];
/** A node of the autograd graph. */
export type NodeHandle = { [handle]: "node" };
/** The modes of a thread. */
export type StateHandle = { [handle]: "state" };
/** A module, function or other object of TorchScript. */
export type ScriptHandle = { [handle]: "script" };

/** What a schema says of one argument or result. */
export interface SchemaArgument {
  name: string;
  type: string;
  hasDefault: boolean;
  mutable: boolean;
}

/** One operator of the dispatcher. */
export interface OperatorDescription {
  id: number;
  arguments: SchemaArgument[];
  returns: SchemaArgument[];
  schema: string;
}

/** An argument of a schema, or a result. */
export interface SchemaValue {
  name: string;
  /** The type in the schema's words, "SymInt[]?", and in those of error messages, "Optional[List[int]]". */
  type: string;
  printed: string;
  keywordOnly: boolean;
  hasDefault: boolean;
  size: number;
  alias: "" | "read" | "write";
}

/** One overload of an operator. */
export interface SchemaDescription {
  overload: string;
  schema: string;
  /** Whether the dispatcher has it; others belong to TorchScript alone. */
  callable: boolean;
  tags: number[];
  arguments: SchemaValue[];
  returns: SchemaValue[];
}

/** A type of TorchScript. */
export interface ScriptType {
  kind: string;
  /** As Python prints it, "List[int]". */
  text: string;
  contained: ScriptType[];
  /** The fields of a named tuple. */
  names?: string[];
}

/** An argument of a function of TorchScript, or a result. */
export interface ScriptArgument {
  name: string;
  type: ScriptType;
  keywordOnly: boolean;
  hasDefault: boolean;
}

/** The schema of a function of TorchScript, without a method's `self`. */
export interface ScriptSchema {
  name: string;
  qualifiedName: string;
  text: string;
  arguments: ScriptArgument[];
  returns: ScriptArgument[];
}

/** An attribute of a module of TorchScript. */
export interface ScriptAttribute {
  name: string;
  kind: "parameter" | "buffer" | "module" | "attribute";
  isNone: boolean;
  tensor: TensorHandle | null;
  /** Equal for the same tensor. */
  place: number;
  module: ScriptHandle | null;
}

/** A node of a traced graph. */
export interface TraceNode {
  text: string;
  kind: string;
  nondeterministic: boolean;
  /** The value of a constant that is a tensor. */
  value: TensorHandle | null;
}

/** Tensors, null for those that are undefined. */
/** A tensor, or a place in the graph. */
export type EdgeHandle = TensorHandle | readonly [node: NodeHandle, input: number];
export type Handles = readonly (TensorHandle | null)[];

/** A device in one number: type * 256 + index + 1. */
type PackedDevice = number;
type MemoryStatistics = Record<"current" | "peak" | "allocated" | "freed", number>;

/** The native functions, in the order of native/addon.cc. */
export interface Native {
  initialise(
    callbacks: {
      makeError(name: string, message: string, stack: StateHandle | null): Error;
      emitWarning(category: string, message: string): void;
      collect(): void;
      collectYoung(): void;
      captureStack(): string;
    },
    ownGenerator: boolean,
  ): void;
  cppStack(stack: StateHandle): string;
  cppBacktrace(frames_to_skip: number, maximum_number_of_frames: number): string;

  setFrame(frame: Float64Array): void;
  setPlaces(places: Int8Array): void;
  newSlab(graphs: boolean): TensorHandle | null | undefined;
  ownHandle(slab: TensorHandle, place: number): TensorHandle;
  findOperator(name: string, overload: string, factory: boolean): OperatorDescription | null;
  operatorNames(): string[];
  operatorSchemas(name: string): SchemaDescription[];
  call(...handles: unknown[]): unknown;
  callArray(handles: readonly unknown[]): unknown;

  dtype(tensor: TensorHandle): number;
  device(tensor: TensorHandle): PackedDevice;
  layout(tensor: TensorHandle): number;
  isNested(tensor: TensorHandle): boolean;
  dim(tensor: TensorHandle): number;
  numel(tensor: TensorHandle): number;
  sizes(tensor: TensorHandle): number;
  strides(tensor: TensorHandle): number;
  storageOffset(tensor: TensorHandle): number;
  isContiguous(tensor: TensorHandle, memoryFormat: number): boolean;
  item(tensor: TensorHandle): number | bigint | boolean | [number, number];
  isSame(tensor: TensorHandle, other: TensorHandle): boolean;
  dispose(tensor: TensorHandle): void;
  liveTensors(): number;

  pow(base: number, exponent: number): number;
  cos(x: number): number;
  log(x: number): number;

  tensorFromFrame(dtype: number, kind: number): TensorHandle | number;
  tensorFromBuffer(
    buffer: ArrayBufferLike,
    byteOffset: number,
    sizes: readonly number[],
    strides: readonly number[],
    dtype: number,
    owner: TensorHandle | null,
  ): TensorHandle;
  buffer(tensor: TensorHandle): ArrayBuffer;
  copyIn(tensor: TensorHandle, offset: number, bytes: Uint8Array): void;
  copyOut(tensor: TensorHandle, offset: number, bytes: Uint8Array): void;
  readFile(descriptor: number, position: number, tensor: TensorHandle, offset: number, length: number): number | null;
  storageSlice(tensor: TensorHandle, offset: number, length: number): TensorHandle;
  copyBytes(tensor: TensorHandle, bytes: Uint8Array): void;
  dataPtr(tensor: TensorHandle): bigint;
  storageInfo(tensor: TensorHandle): [address: bigint, bytes: number];

  joinSmall(
    lists: readonly (readonly (TensorHandle | null)[])[],
    numbers: number,
  ): [joined: StateHandle, groups: (TensorHandle | null)[][], rest: number[]] | null;
  splitJoined(joined: StateHandle): void;

  collectYoung(): void;
  freeDead(): void;
  holdMemoryReports(hold: boolean): void;

  getIndex(tensor: TensorHandle, ...parts: TensorHandle[]): TensorHandle | number;
  setIndex(
    tensor: TensorHandle,
    value: TensorHandle | number | bigint | boolean | [number, number],
    ...parts: TensorHandle[]
  ): void;

  requiresGrad(tensor: TensorHandle): boolean;
  setRequiresGrad(tensor: TensorHandle, requiresGrad: boolean): void;
  isLeaf(tensor: TensorHandle): boolean;
  retainsGrad(tensor: TensorHandle): boolean;
  outputNr(tensor: TensorHandle): number;
  version(tensor: TensorHandle): number;
  gradOf(tensor: TensorHandle, known: TensorHandle | null): TensorHandle | true | null;
  setGrad(tensor: TensorHandle, grad: TensorHandle | null): void;
  data(tensor: TensorHandle): TensorHandle;
  setData(tensor: TensorHandle, data: TensorHandle): void;
  base(tensor: TensorHandle): TensorHandle | null;
  gradDtype(tensor: TensorHandle): number | null;
  setGradDtype(tensor: TensorHandle, dtype: number | null): void;
  useCount(tensor: TensorHandle): number;
  swapTensors(a: TensorHandle, b: TensorHandle): void;
  pushDispatchMode(
    handler: (name: string, args: unknown[], results?: unknown[], kept?: StateHandle) => StateHandle | boolean | null,
  ): void;
  popDispatchMode(): void;
  pushNodeCreationHook(hook: (node: NodeHandle) => void): void;
  popNodeCreationHook(): void;
  keptVersions(kept: StateHandle): number[];
  keptTensors(kept: StateHandle): Handles;
  replaceKept(kept: StateHandle, tensors: Handles): StateHandle;
  backward(
    roots: readonly EdgeHandle[],
    gradients: readonly (TensorHandle | null)[],
    retainGraph: boolean,
    createGraph: boolean,
    targets: readonly EdgeHandle[],
  ): void;
  grad(
    roots: readonly EdgeHandle[],
    targets: readonly EdgeHandle[],
    gradients: readonly (TensorHandle | null)[],
    retainGraph: boolean,
    createGraph: boolean,
  ): (TensorHandle | null)[];
  registerHook(tensor: TensorHandle, hook: (grad: [TensorHandle | null]) => [TensorHandle] | null): StateHandle;
  hasHook(tensor: TensorHandle, list: StateHandle): boolean;
  checkHookResult(gradient: TensorHandle, result: TensorHandle, name: string): void;
  setPostAccumulateGradHook(tensor: TensorHandle, hook: ((tensor: [TensorHandle]) => null) | null): void;
  incrementVersion(tensor: TensorHandle): void;
  setVersion(tensor: TensorHandle, version: number): void;
  queueCallback(callback: () => null): void;
  runBackwardOnHelperThread(force: boolean): void;

  gradFn(tensor: TensorHandle): NodeHandle | null;
  nodeName(node: NodeHandle): string;
  nodeId(node: NodeHandle): bigint;
  nodeNextFunctions(node: NodeHandle): [NodeHandle | null, number][];
  registerNodeHook(node: NodeHandle, hook: (gradInputs: Handles, gradOutputs: Handles) => Handles | null): void;
  registerNodePrehook(node: NodeHandle, hook: (gradOutputs: Handles) => Handles | null): void;
  nodeMetadata(node: NodeHandle): Record<string, unknown>;
  nodeSequenceNr(node: NodeHandle): number;
  nodeInputMetadata(node: NodeHandle): [sizes: number[], dtype: number, device: PackedDevice, nested: boolean][];
  nodeVariable(node: NodeHandle): TensorHandle | null;
  gradientEdge(tensor: TensorHandle): [NodeHandle | null, number];

  recordCustomFunction(
    name: string,
    inputs: Handles,
    outputs: Handles,
    dirty: readonly TensorHandle[],
    nonDifferentiable: readonly TensorHandle[],
    saved: Handles,
    materialize: boolean,
    backward: (gradOutputs: Handles, node: StateHandle) => Handles,
    jvp: (tangents: Handles) => Handles,
    savedInSetup: boolean,
    outputGradDtypes: readonly (number | null)[] | null,
  ): Handles;
  customFunctionSaved(node: StateHandle, clear: boolean): Handles;

  graphTaskId(): number;
  isCheckpointValid(): boolean;
  willExecute(node: NodeHandle): boolean;

  pushSavedTensorsHooks(pack: (tensor: TensorHandle) => unknown, unpack: (packed: unknown) => TensorHandle): void;
  popSavedTensorsHooks(): void;
  disableSavedTensorsHooks(message: string | null): void;
  savedTensorsHooksDisabled(): string | null;
  makeSavedTensor(tensor: TensorHandle): StateHandle;
  unpackSavedTensor(saved: StateHandle): TensorHandle;

  isAnomalyEnabled(): boolean;
  isAnomalyCheckNanEnabled(): boolean;
  setAnomalyEnabled(enabled: boolean, checkNan: boolean): void;

  supportedActivities(): number[];
  prepareProfiler(
    config: ProfilerConfig,
    activities: readonly number[],
    filter: readonly [number, readonly string[]][],
    extensions: readonly [string, string][],
  ): void;
  enableProfiler(config: ProfilerConfig, activities: readonly number[]): void;
  disableProfiler(): [result: StateHandle, stacks: StateHandle | null];
  profilerEvents(result: StateHandle): ProfilerEventDescription[];
  saveProfile(result: StateHandle, path: string): void;
  addProfilerMetadata(key: string, json: string): void;
  profilerStep(): void;
  isProfilerStopped(): boolean;
  toggleProfiler(enable: boolean, activities: readonly number[]): void;
  enableProfilerLegacy(config: ProfilerConfig): void;
  disableProfilerLegacy(): LegacyEventDescription[][];
  recordFunctionEnter(name: string, args: string | null): StateHandle;
  recordFunctionExit(label: StateHandle): void;
  addExecutionTraceObserver(path: string): boolean;
  removeExecutionTraceObserver(): void;
  enableExecutionTraceObserver(): void;
  disableExecutionTraceObserver(): void;
  demangle(name: string): string;
  profilerStacks(stacks: StateHandle): { thread: number; names: string[]; places: number[]; stacks: string[] };

  isAutocastAvailable(deviceType: number): boolean;
  isAutocastEnabled(deviceType: number): boolean;
  setAutocastEnabled(deviceType: number, enabled: boolean): void;
  getAutocastDtype(deviceType: number): number;
  setAutocastDtype(deviceType: number, dtype: number): void;
  isAutocastCacheEnabled(): boolean;
  setAutocastCacheEnabled(enabled: boolean): void;
  clearAutocastCache(): void;
  autocastIncrementNesting(): number;
  autocastDecrementNesting(): number;

  vmapIncrementNesting(batchSize: number, randomness: number): number;
  vmapDecrementNesting(): void;
  gradIncrementNesting(): number;
  gradDecrementNesting(): void;
  jvpIncrementNesting(): number;
  jvpDecrementNesting(): void;
  funcIncrementNesting(reapplyViews: boolean): number;
  funcDecrementNesting(): void;
  addBatchDim(tensor: TensorHandle, dim: number, level: number): TensorHandle;
  removeBatchDim(tensor: TensorHandle, level: number, batchSize: number, outDim: number): TensorHandle;
  unwrapBatched(tensor: TensorHandle, level: number): [TensorHandle, number | null];
  wrapForGrad(tensor: TensorHandle, level: number): TensorHandle;
  unwrapForGrad(tensor: TensorHandle, level: number): TensorHandle;
  wrapFunctionalTensor(tensor: TensorHandle, level: number): TensorHandle;
  unwrapFunctionalTensor(tensor: TensorHandle, reapplyViews: boolean): TensorHandle;
  propagateFunctionalInputMutation(unwrapped: TensorHandle, wrapped: TensorHandle): void;
  functorchKind(tensor: TensorHandle): number;
  maybeGetLevel(tensor: TensorHandle): number;
  maybeGetBdim(tensor: TensorHandle): number;
  getUnwrapped(tensor: TensorHandle): TensorHandle;
  peekInterpreterStack(): [type: number, level: number, batchSize: number | null, randomness: number | null] | null;
  popDynamicLayerStack(): StateHandle;
  pushDynamicLayerStack(layer: StateHandle): void;
  outerGradMode(layer: StateHandle): boolean;
  disableFunctorch(disabled: boolean): boolean;
  setInplaceRequiresGradAllowed(allowed: boolean): boolean;
  checkSupportsInplaceRequiresGrad(): void;
  vmapmodeIncrementNesting(): number;
  vmapmodeDecrementNesting(): number;

  isGradEnabled(): boolean;
  setGradEnabled(enabled: boolean): void;
  isFwdGradEnabled(): boolean;
  setFwdGradEnabled(enabled: boolean): void;
  isMultithreadingEnabled(): boolean;
  setMultithreadingEnabled(enabled: boolean): void;
  isViewReplayEnabled(): boolean;
  setViewReplayEnabled(enabled: boolean): void;
  enterDualLevel(): number;
  exitDualLevel(level: number): void;
  isInferenceModeEnabled(): boolean;
  /** Gives what was before, which it takes to leave the mode. */
  setInferenceMode(enabled: boolean | StateHandle): StateHandle | undefined;
  saveThreadState(): StateHandle;
  restoreThreadState(state: StateHandle): void;

  startCompute(onWake: () => void): void;
  stopCompute(): void;
  holdEventLoop(hold: boolean): void;
  /** For each completed job three elements: its id, how it ended, and its result or error. */
  takeCompleted(): unknown[];
  cancelJob(job: number): boolean;
  submitOperator(handles: readonly unknown[]): number;
  submitBackward(...args: Parameters<Native["backward"]>): number;
  submitGrad(...args: Parameters<Native["grad"]>): number;
  submitGetIndex(...args: Parameters<Native["getIndex"]>): number;
  submitSetIndex(...args: Parameters<Native["setIndex"]>): number;
  submitItem(...args: Parameters<Native["item"]>): number;

  aotiLoad(
    library: string,
    device: string,
    folder: string,
    runners: number,
    singleThreaded: boolean,
    streamAffinity: boolean,
    weights: string,
  ): StateHandle;
  aotiCallSpec(model: StateHandle): [inSpec: string, outSpec: string];
  aotiConstantFqns(model: StateHandle): string[];
  aotiRun(model: StateHandle, inputs: readonly TensorHandle[]): Handles;
  submitAotiRun(...args: Parameters<Native["aotiRun"]>): number;
  aotiLoadConstants(
    model: StateHandle,
    names: readonly string[],
    tensors: readonly TensorHandle[],
    checkFullUpdate: boolean,
    userManaged: boolean,
    allowCopy: boolean,
  ): void;

  jitLoad(
    file: string | Uint8Array,
    device: string | null,
    extraNames: readonly string[],
  ): { module: ScriptHandle; extra: Buffer[] };
  submitJitLoad(...args: Parameters<Native["jitLoad"]>): number;
  jitSave(module: ScriptHandle, extraNames: readonly string[], extraContents: readonly Uint8Array[]): Buffer;
  jitDescribe(module: ScriptHandle): { name: string; attributes: ScriptAttribute[]; methods: string[] };
  jitAttribute(module: ScriptHandle, name: string, known: TensorHandle | null): unknown;
  jitAttributeType(module: ScriptHandle, name: string): ScriptType;
  jitSetAttribute(module: ScriptHandle, name: string, value: unknown): void;
  jitMethod(module: ScriptHandle, name: string): ScriptHandle;
  jitCompile(source: string): ScriptHandle[];
  jitDefine(module: ScriptHandle, source: string): void;
  jitSchema(callee: ScriptHandle): ScriptSchema;
  jitKeywordError(callee: ScriptHandle, names: readonly string[]): string;
  jitCall(callee: ScriptHandle, values: readonly unknown[]): unknown;
  submitJitCall(...args: Parameters<Native["jitCall"]>): number;
  jitWait(future: ScriptHandle): unknown;
  jitCode(callee: ScriptHandle): { code: string; constants: unknown[] };
  jitGraph(callee: ScriptHandle, inlined: boolean, printRanges: boolean): string;
  jitCopy(module: ScriptHandle): ScriptHandle;

  jitNewModule(qualifiedName: string, owner: ScriptHandle | null): ScriptHandle;
  jitRegister(module: ScriptHandle, kind: "parameter" | "buffer", name: string, value: TensorHandle): void;
  jitRegister(module: ScriptHandle, kind: "module", name: string, value: ScriptHandle): void;
  jitRegister(module: ScriptHandle, kind: "bool", name: string, value: boolean): void;
  jitTrace(
    module: ScriptHandle | null,
    name: string,
    inputs: readonly unknown[],
    argumentNames: readonly string[],
    strict: boolean,
    forceOutplace: boolean,
    traced: (inputs: unknown[]) => unknown,
  ): ScriptHandle;
  jitFunctionAsModule(callee: ScriptHandle): ScriptHandle;
  jitPushScope(name: string): void;
  jitPopScope(): void;
  jitTracerWarn(reason: string, isConstructor: boolean): void;
  jitStash(name: string, length: number | null, index: number, size: TensorHandle): void;
  jitSizeOf(tensor: TensorHandle, dim: number): TensorHandle;
  jitTraceInfo(callee: ScriptHandle): { text: string; nodes: TraceNode[] };

  jitFreeze(module: ScriptHandle, preserved: readonly string[]): ScriptHandle;
  jitOptimizeFrozen(method: ScriptHandle, optimizeNumerics: boolean): void;
  jitOptimizeForInference(module: ScriptHandle, otherMethods: readonly string[]): void;
  jitSetFusionStrategy(strategy: readonly [isDynamic: boolean, depth: number][]): [boolean, number][];
  jitGetOptimizedExecution(): boolean;
  jitSetOptimizedExecution(optimize: boolean): void;

  shareStorage(tensor: TensorHandle): void;
  isShared(tensor: TensorHandle): boolean;
  shareTensor(tensor: TensorHandle, sender: number): number;
  claimTensor(shared: number): TensorHandle;
  releaseShared(shared: number): boolean;
  releaseSharedOf(sender: number): number;
  sharedCount(): number;
  externalMemory(): number;
  announceThread(id: number): void;
  isThreadAlive(id: number): boolean;

  manualSeed(seed: number | bigint): void;
  defaultGenerator(type: number, index: number): GeneratorHandle;
  newGenerator(type: number, index: number): GeneratorHandle;
  generatorDevice(generator: GeneratorHandle): PackedDevice;
  generatorManualSeed(generator: GeneratorHandle, seed: number | bigint): void;
  generatorSeed(generator: GeneratorHandle): number | bigint;
  generatorInitialSeed(generator: GeneratorHandle): number | bigint;
  generatorGetState(generator: GeneratorHandle): TensorHandle;
  generatorSetState(generator: GeneratorHandle, state: TensorHandle): void;
  generatorGetOffset(generator: GeneratorHandle): number | bigint;
  generatorSetOffset(generator: GeneratorHandle, offset: number | bigint): void;

  unordered(names: readonly string[]): string[];

  cpuCapabilities(): Record<string, boolean | number | string>;
  config(): { torch: string; cpuCapability: string; threads: number; cuda: boolean; build: string };
  parseDevice(text: string): PackedDevice;
  getDefaultDtype(): number;
  setDefaultDtype(dtype: number): void;
  getSetting(name: string): unknown;
  setSetting(name: string, value: unknown): void;

  accelerator(): number | null;
  initialiseDevice(type: number): void;
  deviceCount(): number;
  currentDevice(): number;
  setDevice(index: number): void;
  synchronize(index: number): void;
  emptyCache(): void;
  memoryStats(
    index: number,
  ): Record<"allocated_bytes" | "reserved_bytes" | "active_bytes", MemoryStatistics> &
    Record<"num_ooms" | "num_alloc_retries", number>;
  memoryInfo(index: number): [free: number, total: number];
  resetPeakMemoryStats(index: number): void;
  deviceCapability(index: number): [major: number, minor: number];
  deviceName(index: number): string;

  newStream(type: number, index: number, priority: number): PackedStream;
  currentStream(type: number, index: number): PackedStream;
  defaultStream(type: number, index: number): PackedStream;
  externalStream(address: number | bigint, index: number): PackedStream;
  enterStream(...stream: PackedStream): [device: number, stream: PackedStream];
  setStream(...stream: PackedStream): void;
  setAcceleratorStream(...stream: PackedStream): void;
  streamQuery(...stream: PackedStream): boolean;
  streamSynchronize(...stream: PackedStream): void;
  streamIsCapturing(...stream: PackedStream): boolean;
  streamNativeHandle(...stream: PackedStream): number | bigint;
  streamPriority(...stream: PackedStream): number;
  streamPriorityRange(): [lowest: number, highest: number];
  newEvent(type: number, enableTiming: boolean): ResourceHandle;
  newCudaEvent(enableTiming: boolean, blocking: boolean, interprocess: boolean, external: boolean): ResourceHandle;
  cudaEventFromIpc(index: number, handle: Uint8Array): ResourceHandle;
  cudaEventIpcHandle(event: ResourceHandle): number[];
  eventRecord(event: ResourceHandle, ...stream: PackedStream): void;
  eventBlock(event: ResourceHandle, ...stream: PackedStream): void;
  eventQuery(event: ResourceHandle): boolean;
  eventSynchronize(event: ResourceHandle): void;
  eventElapsedTime(start: ResourceHandle, end: ResourceHandle): number;
  eventId(event: ResourceHandle): number | bigint;
  eventDevice(event: ResourceHandle): PackedDevice | null;

  cudaRuntime(name: string, ...args: (number | bigint)[]): number;
  cudaErrorString(status: number): string;
  cudaDeviceAttributes(index: number, attributes: readonly number[]): number[];
  cudaCanAccessPeer(index: number, peer: number): boolean;
  cudaBlasHandle(): number | bigint;
  cudaSleep(cycles: number): void;
  cudaSyncDebugMode(mode?: number): number;
  cudaWorkspace(which: "cublas" | "cublaslt", bytes?: number): number;
  cusparseltVersion(): number | undefined;

  cudaAllocatorName(): string;
  cudaMemoryFraction(index: number, fraction?: number): number;
  cudaAllocatorEnabled(value?: boolean): boolean;
  cudaAllocate(bytes: number, stream: number | bigint, index: number): number | bigint;
  cudaFree(address: number | bigint): void;
  cudaMemorySnapshot(...pool: [...PoolId, includeTraces: boolean]): Record<string, unknown>[];
  cudaPluggableAllocator(path: string, allocate: string, free: string): ResourceHandle | string;
  cudaChangeAllocator(allocator: ResourceHandle): void;
  newMemPool(allocator: ResourceHandle | null, useOnOom: boolean, noSplit: boolean): ResourceHandle;
  memPoolId(pool: ResourceHandle): PoolId;
  memPoolUseCount(pool: ResourceHandle): number;
  memPoolDevice(pool: ResourceHandle): number;
  beginAllocateToPool(index: number, ...pool: PoolId): void;
  endAllocateToPool(index: number, ...pool: PoolId): void;

  graphPoolHandle(): PoolId;
  newCudaGraph(keepGraph: boolean): ResourceHandle;
  cudaGraphCaptureBegin(graph: ResourceHandle, ...pool: [...PoolId, mode: string]): void;
  cudaGraphStep(graph: ResourceHandle, step: string): void;
  cudaGraphPools(graph: ResourceHandle): PoolId[];
  cudaGraphRetainPool(...pool: PoolId): void;
  cudaGraphRaw(graph: ResourceHandle, executable: boolean): number | bigint;

  tunableGet(name: string): boolean | number;
  tunableSet(name: string, value: boolean | number, atol?: number, rtol?: number): void;
  tunableFilename(name?: string, insertOrdinal?: boolean): string;
  tunableReadFile(name: string): boolean;
  tunableResults(): [validators: [string, string][], results: [string, string, string, number][]];
  tunableDynamicDims(mask: number): ResourceHandle;
  tunableEndDynamicDims(dims: ResourceHandle): void;

  deviceMemoryStats(index: number): NestedStatistics;
  deviceMemoryReset(index: number): void;
  hostMemory(what: "stats"): NestedStatistics;
  hostMemory(what: "reset_accumulated" | "reset_peak"): void;
  emptyHostCache(): void;
  supportedDtypes(index: number): number[];
  cudaHooks(question: "hasMAGMA" | "hasCKSDPA" | "versionCuDNN"): boolean | number;

  generatorGraphsafeGetState(generator: GeneratorHandle): GeneratorHandle;
  generatorGraphsafeSetState(generator: GeneratorHandle, other: GeneratorHandle): void;
  generatorPhiloxState(generator: GeneratorHandle, increment: number | bigint): TensorHandle[];

  backendChoice(name: string, value?: number): number;
  sdpFlashAvailable(): boolean;
  sdpCanUse(
    kernel: "flash" | "efficient" | "cudnn",
    ...args: [TensorHandle, TensorHandle, TensorHandle, TensorHandle | null, number, boolean, boolean, boolean]
  ): boolean;
  ncclVersion(): number | bigint;
  ncclCollective(
    name: string,
    inputs: readonly TensorHandle[],
    outputs: readonly TensorHandle[] | TensorHandle | null,
    root: number,
    op: number,
    streams: readonly (PackedStream | null)[] | null,
  ): void;
  jiteratorLaunch(
    code: string,
    name: string,
    byReference: boolean,
    outputs: number,
    tensors: readonly TensorHandle[],
    scalars: readonly (number | bigint | boolean)[],
  ): TensorHandle[];
  nvmlQuery(question: string, index?: number): unknown;
  nvtx(what: "mark" | "push" | "pop", text?: string): void;
}
