// What JavaScript sees: the addon's table of contents. lib/native.ts gives each function its type.
#include "addon.h"

#include <ATen/CPUGeneratorImpl.h>
#include <c10/util/Exception.h>

#include "device_functions.h"
#include "engine.h"
#include "functions.h"
#include "functorch.h"
#include "jit.h"
#include "math_functions.h"
#include "memory.h"
#include "sharing.h"

namespace tstorch {

namespace {

// Warnings become process.emitWarning on the thread that caused them, or whose compute thread did; libtorch's own
// threads have nobody to tell.
class WarningForwarder final : public c10::WarningHandler {
 public:
  void process(const c10::Warning& warning) override {
    Addon* addon = Addon::served();
    if (addon == nullptr) return c10::WarningHandler::process(warning);
    const bool deprecation = std::holds_alternative<c10::DeprecationWarning>(warning.type());
    addon->add_warning(deprecation ? "DeprecationWarning" : "UserWarning", warning.msg());
  }
};

void initialise_process() {
  static const bool once = [] {
    install_counting_allocator();
    register_decompositions();
    static WarningForwarder forwarder;
    c10::WarningUtils::set_warning_handler(&forwarder);
    install_engine();
    install_tracer_warnings();
    return true;
  }();
  (void)once;
}

// initialise({ makeError, emitWarning, collect, collectYoung, captureStack }, ownGenerator)
napi_value initialise(Call& call) {
  const napi_env env = call.env();
  const auto keep = [&](const char* name, napi_ref* reference) {
    napi_value value = nullptr;
    js::check(napi_get_named_property(env, call.value(0), name, &value));
    js::check(napi_create_reference(env, value, 1, reference));
  };
  keep("makeError", &call.addon().make_error);
  keep("emitWarning", &call.addon().emit_warning);
  keep("collect", &call.addon().collect);
  keep("collectYoung", &call.addon().collect_young);
  keep("captureStack", &call.addon().capture_stack);
  if (call.boolean(1)) call.addon().generator = at::detail::createCPUGenerator();
  return call.undefined();
}

void define_all(napi_env env, napi_value exports) {
  define<initialise>(env, exports, "initialise");
  define<cpp_stack>(env, exports, "cppStack");
  define<cpp_backtrace>(env, exports, "cppBacktrace");

  define<set_frame>(env, exports, "setFrame");
  define<set_places>(env, exports, "setPlaces");
  define<new_slab>(env, exports, "newSlab");
  define<own_handle>(env, exports, "ownHandle");
  define<find_operator>(env, exports, "findOperator");
  define<operator_names>(env, exports, "operatorNames");
  define<call_operator_spread>(env, exports, "call");
  define<call_operator_array>(env, exports, "callArray");

  define<operator_schemas>(env, exports, "operatorSchemas");

  define<dtype_of>(env, exports, "dtype");
  define<device_of>(env, exports, "device");
  define<layout_of>(env, exports, "layout");
  define<is_nested>(env, exports, "isNested");
  define<dim_of>(env, exports, "dim");
  define<numel_of>(env, exports, "numel");
  define<sizes_of>(env, exports, "sizes");
  define<strides_of>(env, exports, "strides");
  define<storage_offset_of>(env, exports, "storageOffset");
  define<is_contiguous>(env, exports, "isContiguous");
  define<item>(env, exports, "item");
  define<is_same>(env, exports, "isSame");
  define<dispose>(env, exports, "dispose");
  define<live_tensor_count>(env, exports, "liveTensors");

  define<math_pow>(env, exports, "pow");
  define<math_cos>(env, exports, "cos");
  define<math_log>(env, exports, "log");

  define<tensor_from_frame>(env, exports, "tensorFromFrame");
  define<tensor_from_buffer>(env, exports, "tensorFromBuffer");
  define<buffer_of>(env, exports, "buffer");
  define<copy_in>(env, exports, "copyIn");
  define<copy_out>(env, exports, "copyOut");
  define<read_file>(env, exports, "readFile");
  define<storage_slice>(env, exports, "storageSlice");
  define<copy_bytes>(env, exports, "copyBytes");
  define<data_ptr>(env, exports, "dataPtr");
  define<storage_info>(env, exports, "storageInfo");

  define<join_small>(env, exports, "joinSmall");
  define<split_joined>(env, exports, "splitJoined");

  define<collect_young>(env, exports, "collectYoung");
  define<free_dead>(env, exports, "freeDead");
  define<hold_memory_reports>(env, exports, "holdMemoryReports");

  define<get_index>(env, exports, "getIndex");
  define<set_index>(env, exports, "setIndex");

  define<requires_grad>(env, exports, "requiresGrad");
  define<set_requires_grad>(env, exports, "setRequiresGrad");
  define<is_leaf>(env, exports, "isLeaf");
  define<retains_grad>(env, exports, "retainsGrad");
  define<output_nr>(env, exports, "outputNr");
  define<version_of>(env, exports, "version");
  define<grad_of>(env, exports, "gradOf");
  define<set_grad>(env, exports, "setGrad");
  define<data_of>(env, exports, "data");
  define<set_data>(env, exports, "setData");
  define<base_of>(env, exports, "base");
  define<backward>(env, exports, "backward");
  define<grad>(env, exports, "grad");
  define<register_hook>(env, exports, "registerHook");
  define<has_hook>(env, exports, "hasHook");
  define<check_hook_result>(env, exports, "checkHookResult");
  define<set_post_accumulate_grad_hook>(env, exports, "setPostAccumulateGradHook");
  define<increment_version>(env, exports, "incrementVersion");
  define<set_version>(env, exports, "setVersion");
  define<queue_callback>(env, exports, "queueCallback");
  define<grad_dtype>(env, exports, "gradDtype");
  define<set_grad_dtype>(env, exports, "setGradDtype");
  define<use_count>(env, exports, "useCount");
  define<swap_tensors>(env, exports, "swapTensors");
  define<push_dispatch_mode>(env, exports, "pushDispatchMode");
  define<pop_dispatch_mode>(env, exports, "popDispatchMode");
  define<push_node_creation_hook>(env, exports, "pushNodeCreationHook");
  define<pop_node_creation_hook>(env, exports, "popNodeCreationHook");
  define<kept_versions>(env, exports, "keptVersions");
  define<kept_tensors>(env, exports, "keptTensors");
  define<replace_kept>(env, exports, "replaceKept");
  define<run_backward_on_helper_thread>(env, exports, "runBackwardOnHelperThread");

  define<grad_fn>(env, exports, "gradFn");
  define<node_name>(env, exports, "nodeName");
  define<node_id>(env, exports, "nodeId");
  define<node_next_functions>(env, exports, "nodeNextFunctions");
  define<register_node_hook>(env, exports, "registerNodeHook");
  define<register_node_prehook>(env, exports, "registerNodePrehook");

  define<node_metadata>(env, exports, "nodeMetadata");
  define<node_sequence_nr>(env, exports, "nodeSequenceNr");
  define<node_input_metadata>(env, exports, "nodeInputMetadata");
  define<node_variable>(env, exports, "nodeVariable");
  define<gradient_edge>(env, exports, "gradientEdge");

  define<record_custom_function>(env, exports, "recordCustomFunction");
  define<custom_function_saved>(env, exports, "customFunctionSaved");

  define<graph_task_id>(env, exports, "graphTaskId");
  define<is_checkpoint_valid>(env, exports, "isCheckpointValid");
  define<will_execute>(env, exports, "willExecute");

  define<push_saved_tensors_hooks>(env, exports, "pushSavedTensorsHooks");
  define<pop_saved_tensors_hooks>(env, exports, "popSavedTensorsHooks");
  define<disable_saved_tensors_hooks>(env, exports, "disableSavedTensorsHooks");
  define<saved_tensors_hooks_disabled>(env, exports, "savedTensorsHooksDisabled");
  define<make_saved_tensor>(env, exports, "makeSavedTensor");
  define<unpack_saved_tensor>(env, exports, "unpackSavedTensor");

  define<is_anomaly_enabled>(env, exports, "isAnomalyEnabled");
  define<is_anomaly_check_nan_enabled>(env, exports, "isAnomalyCheckNanEnabled");
  define<set_anomaly_enabled>(env, exports, "setAnomalyEnabled");

  define<supported_activities>(env, exports, "supportedActivities");
  define<prepare_profiler>(env, exports, "prepareProfiler");
  define<enable_profiler>(env, exports, "enableProfiler");
  define<disable_profiler>(env, exports, "disableProfiler");
  define<profiler_events>(env, exports, "profilerEvents");
  define<save_profile>(env, exports, "saveProfile");
  define<add_profiler_metadata>(env, exports, "addProfilerMetadata");
  define<profiler_step>(env, exports, "profilerStep");
  define<is_profiler_stopped>(env, exports, "isProfilerStopped");
  define<toggle_profiler>(env, exports, "toggleProfiler");
  define<enable_profiler_legacy>(env, exports, "enableProfilerLegacy");
  define<disable_profiler_legacy>(env, exports, "disableProfilerLegacy");
  define<record_function_enter>(env, exports, "recordFunctionEnter");
  define<record_function_exit>(env, exports, "recordFunctionExit");
  define<add_execution_trace_observer>(env, exports, "addExecutionTraceObserver");
  define<remove_execution_trace_observer>(env, exports, "removeExecutionTraceObserver");
  define<enable_execution_trace_observer>(env, exports, "enableExecutionTraceObserver");
  define<disable_execution_trace_observer>(env, exports, "disableExecutionTraceObserver");
  define<demangle_name>(env, exports, "demangle");
  define<profiler_stacks>(env, exports, "profilerStacks");

  define<is_autocast_available>(env, exports, "isAutocastAvailable");
  define<is_autocast_enabled>(env, exports, "isAutocastEnabled");
  define<set_autocast_enabled>(env, exports, "setAutocastEnabled");
  define<get_autocast_dtype>(env, exports, "getAutocastDtype");
  define<set_autocast_dtype>(env, exports, "setAutocastDtype");
  define<is_autocast_cache_enabled>(env, exports, "isAutocastCacheEnabled");
  define<set_autocast_cache_enabled>(env, exports, "setAutocastCacheEnabled");
  define<clear_autocast_cache>(env, exports, "clearAutocastCache");
  define<autocast_increment_nesting>(env, exports, "autocastIncrementNesting");
  define<autocast_decrement_nesting>(env, exports, "autocastDecrementNesting");

  define<vmap_increment_nesting>(env, exports, "vmapIncrementNesting");
  define<vmap_decrement_nesting>(env, exports, "vmapDecrementNesting");
  define<grad_increment_nesting>(env, exports, "gradIncrementNesting");
  define<grad_decrement_nesting>(env, exports, "gradDecrementNesting");
  define<jvp_increment_nesting>(env, exports, "jvpIncrementNesting");
  define<jvp_decrement_nesting>(env, exports, "jvpDecrementNesting");
  define<func_increment_nesting>(env, exports, "funcIncrementNesting");
  define<func_decrement_nesting>(env, exports, "funcDecrementNesting");
  define<add_batch_dim>(env, exports, "addBatchDim");
  define<remove_batch_dim>(env, exports, "removeBatchDim");
  define<unwrap_batched>(env, exports, "unwrapBatched");
  define<wrap_for_grad>(env, exports, "wrapForGrad");
  define<unwrap_for_grad>(env, exports, "unwrapForGrad");
  define<wrap_functional_tensor>(env, exports, "wrapFunctionalTensor");
  define<unwrap_functional_tensor>(env, exports, "unwrapFunctionalTensor");
  define<propagate_functional_input_mutation>(env, exports, "propagateFunctionalInputMutation");
  define<functorch_kind>(env, exports, "functorchKind");
  define<maybe_get_level>(env, exports, "maybeGetLevel");
  define<maybe_get_bdim>(env, exports, "maybeGetBdim");
  define<get_unwrapped>(env, exports, "getUnwrapped");
  define<peek_interpreter_stack>(env, exports, "peekInterpreterStack");
  define<pop_dynamic_layer_stack>(env, exports, "popDynamicLayerStack");
  define<push_dynamic_layer_stack>(env, exports, "pushDynamicLayerStack");
  define<outer_grad_mode>(env, exports, "outerGradMode");
  define<disable_functorch>(env, exports, "disableFunctorch");
  define<set_inplace_requires_grad_allowed>(env, exports, "setInplaceRequiresGradAllowed");
  define<check_supports_inplace_requires_grad>(env, exports, "checkSupportsInplaceRequiresGrad");
  define<vmapmode_increment_nesting>(env, exports, "vmapmodeIncrementNesting");
  define<vmapmode_decrement_nesting>(env, exports, "vmapmodeDecrementNesting");

  define<is_grad_enabled>(env, exports, "isGradEnabled");
  define<set_grad_enabled>(env, exports, "setGradEnabled");
  define<is_fwd_grad_enabled>(env, exports, "isFwdGradEnabled");
  define<set_fwd_grad_enabled>(env, exports, "setFwdGradEnabled");
  define<is_multithreading_enabled>(env, exports, "isMultithreadingEnabled");
  define<set_multithreading_enabled>(env, exports, "setMultithreadingEnabled");
  define<is_view_replay_enabled>(env, exports, "isViewReplayEnabled");
  define<set_view_replay_enabled>(env, exports, "setViewReplayEnabled");
  define<enter_dual_level>(env, exports, "enterDualLevel");
  define<exit_dual_level>(env, exports, "exitDualLevel");
  define<is_inference_mode_enabled>(env, exports, "isInferenceModeEnabled");
  define<set_inference_mode>(env, exports, "setInferenceMode");
  define<save_thread_state>(env, exports, "saveThreadState");
  define<restore_thread_state>(env, exports, "restoreThreadState");

  define<start_compute>(env, exports, "startCompute");
  define<stop_compute>(env, exports, "stopCompute");
  define<hold_event_loop>(env, exports, "holdEventLoop");
  define<take_completed>(env, exports, "takeCompleted");
  define<cancel_job>(env, exports, "cancelJob");
  define<submit_operator>(env, exports, "submitOperator");
  define<submit_backward>(env, exports, "submitBackward");
  define<submit_grad>(env, exports, "submitGrad");
  define<submit_get_index>(env, exports, "submitGetIndex");
  define<submit_set_index>(env, exports, "submitSetIndex");
  define<submit_item>(env, exports, "submitItem");

  define<aoti_load>(env, exports, "aotiLoad");
  define<aoti_call_spec>(env, exports, "aotiCallSpec");
  define<aoti_constant_fqns>(env, exports, "aotiConstantFqns");
  define<aoti_run>(env, exports, "aotiRun");
  define<submit_aoti_run>(env, exports, "submitAotiRun");
  define<aoti_load_constants>(env, exports, "aotiLoadConstants");

  define<jit_load>(env, exports, "jitLoad");
  define<submit_jit_load>(env, exports, "submitJitLoad");
  define<jit_save>(env, exports, "jitSave");
  define<jit_describe>(env, exports, "jitDescribe");
  define<jit_attribute>(env, exports, "jitAttribute");
  define<jit_attribute_type>(env, exports, "jitAttributeType");
  define<jit_set_attribute>(env, exports, "jitSetAttribute");
  define<jit_method>(env, exports, "jitMethod");
  define<jit_compile>(env, exports, "jitCompile");
  define<jit_define>(env, exports, "jitDefine");
  define<jit_schema>(env, exports, "jitSchema");
  define<jit_keyword_error>(env, exports, "jitKeywordError");
  define<jit_call>(env, exports, "jitCall");
  define<submit_jit_call>(env, exports, "submitJitCall");
  define<jit_wait>(env, exports, "jitWait");
  define<jit_code>(env, exports, "jitCode");
  define<jit_graph>(env, exports, "jitGraph");
  define<jit_copy>(env, exports, "jitCopy");

  define<jit_new_module>(env, exports, "jitNewModule");
  define<jit_register>(env, exports, "jitRegister");
  define<jit_trace>(env, exports, "jitTrace");
  define<jit_function_as_module>(env, exports, "jitFunctionAsModule");
  define<jit_push_scope>(env, exports, "jitPushScope");
  define<jit_pop_scope>(env, exports, "jitPopScope");
  define<jit_tracer_warn>(env, exports, "jitTracerWarn");
  define<jit_stash>(env, exports, "jitStash");
  define<jit_size_of>(env, exports, "jitSizeOf");
  define<jit_trace_info>(env, exports, "jitTraceInfo");

  define<jit_freeze>(env, exports, "jitFreeze");
  define<jit_optimize_frozen>(env, exports, "jitOptimizeFrozen");
  define<jit_optimize_for_inference>(env, exports, "jitOptimizeForInference");
  define<jit_set_fusion_strategy>(env, exports, "jitSetFusionStrategy");
  define<jit_get_optimized_execution>(env, exports, "jitGetOptimizedExecution");
  define<jit_set_optimized_execution>(env, exports, "jitSetOptimizedExecution");

  define<share_storage_of>(env, exports, "shareStorage");
  define<is_shared>(env, exports, "isShared");
  define<share_tensor>(env, exports, "shareTensor");
  define<claim_tensor>(env, exports, "claimTensor");
  define<release_shared>(env, exports, "releaseShared");
  define<release_shared_of>(env, exports, "releaseSharedOf");
  define<shared_count>(env, exports, "sharedCount");
  define<external_memory>(env, exports, "externalMemory");
  define<announce_thread>(env, exports, "announceThread");
  define<is_thread_alive>(env, exports, "isThreadAlive");

  define<manual_seed>(env, exports, "manualSeed");
  define<default_generator>(env, exports, "defaultGenerator");
  define<new_generator>(env, exports, "newGenerator");
  define<generator_device>(env, exports, "generatorDevice");
  define<generator_manual_seed>(env, exports, "generatorManualSeed");
  define<generator_seed>(env, exports, "generatorSeed");
  define<generator_initial_seed>(env, exports, "generatorInitialSeed");
  define<generator_get_state>(env, exports, "generatorGetState");
  define<generator_set_state>(env, exports, "generatorSetState");
  define<generator_get_offset>(env, exports, "generatorGetOffset");
  define<generator_set_offset>(env, exports, "generatorSetOffset");

  define<unordered>(env, exports, "unordered");

  define<config>(env, exports, "config");
  define<cpu_capabilities>(env, exports, "cpuCapabilities");
  define<parse_device>(env, exports, "parseDevice");
  define<get_default_dtype>(env, exports, "getDefaultDtype");
  define<set_default_dtype>(env, exports, "setDefaultDtype");
  define<get_setting>(env, exports, "getSetting");
  define<set_setting>(env, exports, "setSetting");

  define<accelerator>(env, exports, "accelerator");
  define<initialise_device>(env, exports, "initialiseDevice");
  define<device_count>(env, exports, "deviceCount");
  define<current_device>(env, exports, "currentDevice");
  define<set_device>(env, exports, "setDevice");
  define<synchronize>(env, exports, "synchronize");
  define<empty_cache>(env, exports, "emptyCache");
  define<memory_stats>(env, exports, "memoryStats");
  define<memory_info>(env, exports, "memoryInfo");
  define<reset_peak_memory_stats>(env, exports, "resetPeakMemoryStats");
  define<device_capability>(env, exports, "deviceCapability");
  define<device_name>(env, exports, "deviceName");
}

void define_for_devices(napi_env env, napi_value exports) {
  define<new_stream>(env, exports, "newStream");
  define<current_stream>(env, exports, "currentStream");
  define<default_stream>(env, exports, "defaultStream");
  define<external_stream>(env, exports, "externalStream");
  define<enter_stream>(env, exports, "enterStream");
  define<set_stream>(env, exports, "setStream");
  define<set_accelerator_stream>(env, exports, "setAcceleratorStream");
  define<stream_query>(env, exports, "streamQuery");
  define<stream_synchronize>(env, exports, "streamSynchronize");
  define<stream_is_capturing>(env, exports, "streamIsCapturing");
  define<stream_native_handle>(env, exports, "streamNativeHandle");
  define<stream_priority>(env, exports, "streamPriority");
  define<stream_priority_range>(env, exports, "streamPriorityRange");
  define<new_event>(env, exports, "newEvent");
  define<new_cuda_event>(env, exports, "newCudaEvent");
  define<cuda_event_from_ipc>(env, exports, "cudaEventFromIpc");
  define<cuda_event_ipc_handle>(env, exports, "cudaEventIpcHandle");
  define<event_record>(env, exports, "eventRecord");
  define<event_block>(env, exports, "eventBlock");
  define<event_query>(env, exports, "eventQuery");
  define<event_synchronize>(env, exports, "eventSynchronize");
  define<event_elapsed_time>(env, exports, "eventElapsedTime");
  define<event_id>(env, exports, "eventId");
  define<event_device>(env, exports, "eventDevice");

  define<cuda_runtime>(env, exports, "cudaRuntime");
  define<cuda_error_string>(env, exports, "cudaErrorString");
  define<cuda_device_attributes>(env, exports, "cudaDeviceAttributes");
  define<cuda_can_access_peer>(env, exports, "cudaCanAccessPeer");
  define<cuda_blas_handle>(env, exports, "cudaBlasHandle");
  define<cuda_sleep>(env, exports, "cudaSleep");
  define<cuda_sync_debug_mode>(env, exports, "cudaSyncDebugMode");
  define<cuda_workspace>(env, exports, "cudaWorkspace");
  define<cusparselt_version>(env, exports, "cusparseltVersion");

  define<cuda_allocator_name>(env, exports, "cudaAllocatorName");
  define<cuda_memory_fraction>(env, exports, "cudaMemoryFraction");
  define<cuda_allocator_enabled>(env, exports, "cudaAllocatorEnabled");
  define<cuda_allocate>(env, exports, "cudaAllocate");
  define<cuda_free>(env, exports, "cudaFree");
  define<cuda_memory_snapshot>(env, exports, "cudaMemorySnapshot");
  define<cuda_pluggable_allocator>(env, exports, "cudaPluggableAllocator");
  define<cuda_change_allocator>(env, exports, "cudaChangeAllocator");
  define<new_mem_pool>(env, exports, "newMemPool");
  define<mem_pool_id>(env, exports, "memPoolId");
  define<mem_pool_use_count>(env, exports, "memPoolUseCount");
  define<mem_pool_device>(env, exports, "memPoolDevice");
  define<begin_allocate_to_pool>(env, exports, "beginAllocateToPool");
  define<end_allocate_to_pool>(env, exports, "endAllocateToPool");

  define<graph_pool_handle>(env, exports, "graphPoolHandle");
  define<new_cuda_graph>(env, exports, "newCudaGraph");
  define<cuda_graph_capture_begin>(env, exports, "cudaGraphCaptureBegin");
  define<cuda_graph_step>(env, exports, "cudaGraphStep");
  define<cuda_graph_pools>(env, exports, "cudaGraphPools");
  define<cuda_graph_retain_pool>(env, exports, "cudaGraphRetainPool");
  define<cuda_graph_raw>(env, exports, "cudaGraphRaw");

  define<tunable_get>(env, exports, "tunableGet");
  define<tunable_set>(env, exports, "tunableSet");
  define<tunable_filename>(env, exports, "tunableFilename");
  define<tunable_read_file>(env, exports, "tunableReadFile");
  define<tunable_results>(env, exports, "tunableResults");
  define<tunable_dynamic_dims>(env, exports, "tunableDynamicDims");
  define<tunable_end_dynamic_dims>(env, exports, "tunableEndDynamicDims");

  define<device_memory_stats>(env, exports, "deviceMemoryStats");
  define<device_memory_reset>(env, exports, "deviceMemoryReset");
  define<host_memory>(env, exports, "hostMemory");
  define<empty_host_cache>(env, exports, "emptyHostCache");
  define<supported_dtypes>(env, exports, "supportedDtypes");
  define<cuda_hooks>(env, exports, "cudaHooks");

  define<generator_graphsafe_get_state>(env, exports, "generatorGraphsafeGetState");
  define<generator_graphsafe_set_state>(env, exports, "generatorGraphsafeSetState");
  define<generator_philox_state>(env, exports, "generatorPhiloxState");

  define<backend_choice>(env, exports, "backendChoice");

  define<sdp_can_use>(env, exports, "sdpCanUse");
  define<sdp_flash_available>(env, exports, "sdpFlashAvailable");

  define<nccl_version>(env, exports, "ncclVersion");
  define<nccl_collective>(env, exports, "ncclCollective");

  define<jiterator_launch>(env, exports, "jiteratorLaunch");

  define<nvml_query>(env, exports, "nvmlQuery");

  define<nvtx>(env, exports, "nvtx");
}

}  // namespace

}  // namespace tstorch

NAPI_MODULE_INIT() {
  using namespace tstorch;
  try {
    initialise_process();
    auto addon = std::make_unique<Addon>(env);
    js::check(napi_set_instance_data(
        env, addon.get(), [](napi_env, void* data, void*) { delete static_cast<Addon*>(data); }, nullptr));
    addon.release();
    define_all(env, exports);
    define_for_devices(env, exports);
    return exports;
  } catch (const js::Failed&) {
    return nullptr;  // the exception that Node-API left pending tells why
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, error.what());
    return nullptr;
  }
}
