// The functions for streams, events and CUDA that JavaScript can call: the second part of functions.h.
#pragma once

#include "call.h"

namespace tstorch {

// streams.cc
napi_value new_stream(Call& call);
napi_value current_stream(Call& call);
napi_value default_stream(Call& call);
napi_value external_stream(Call& call);
napi_value enter_stream(Call& call);
napi_value set_stream(Call& call);
napi_value set_accelerator_stream(Call& call);
napi_value stream_query(Call& call);
napi_value stream_synchronize(Call& call);
napi_value stream_is_capturing(Call& call);
napi_value stream_native_handle(Call& call);
napi_value stream_priority(Call& call);
napi_value stream_priority_range(Call& call);
napi_value new_event(Call& call);
napi_value new_cuda_event(Call& call);
napi_value cuda_event_from_ipc(Call& call);
napi_value cuda_event_ipc_handle(Call& call);
napi_value event_record(Call& call);
napi_value event_block(Call& call);
napi_value event_query(Call& call);
napi_value event_synchronize(Call& call);
napi_value event_elapsed_time(Call& call);
napi_value event_id(Call& call);
napi_value event_device(Call& call);

// cuda.cc
napi_value cuda_runtime(Call& call);
napi_value cuda_error_string(Call& call);
napi_value cuda_device_attributes(Call& call);
napi_value cuda_can_access_peer(Call& call);
napi_value cuda_blas_handle(Call& call);
napi_value cuda_sleep(Call& call);
napi_value cuda_sync_debug_mode(Call& call);
napi_value cuda_workspace(Call& call);
napi_value cusparselt_version(Call& call);

// cuda_allocator.cc
napi_value cuda_allocator_name(Call& call);
napi_value cuda_memory_fraction(Call& call);
napi_value cuda_allocator_enabled(Call& call);
napi_value cuda_allocate(Call& call);
napi_value cuda_free(Call& call);
napi_value cuda_memory_snapshot(Call& call);
napi_value cuda_pluggable_allocator(Call& call);
napi_value cuda_change_allocator(Call& call);
napi_value new_mem_pool(Call& call);
napi_value mem_pool_id(Call& call);
napi_value mem_pool_use_count(Call& call);
napi_value mem_pool_device(Call& call);
napi_value begin_allocate_to_pool(Call& call);
napi_value end_allocate_to_pool(Call& call);

// cuda_graphs.cc
napi_value graph_pool_handle(Call& call);
napi_value new_cuda_graph(Call& call);
napi_value cuda_graph_capture_begin(Call& call);
napi_value cuda_graph_step(Call& call);
napi_value cuda_graph_pools(Call& call);
napi_value cuda_graph_retain_pool(Call& call);
napi_value cuda_graph_raw(Call& call);

// cuda_tunable.cc
napi_value tunable_get(Call& call);
napi_value tunable_set(Call& call);
napi_value tunable_filename(Call& call);
napi_value tunable_read_file(Call& call);
napi_value tunable_results(Call& call);
napi_value tunable_dynamic_dims(Call& call);
napi_value tunable_end_dynamic_dims(Call& call);

// device_memory.cc
napi_value device_memory_stats(Call& call);
napi_value device_memory_reset(Call& call);
napi_value host_memory(Call& call);
napi_value empty_host_cache(Call& call);
napi_value supported_dtypes(Call& call);
napi_value cuda_hooks(Call& call);

// generator_graphs.cc
napi_value generator_graphsafe_get_state(Call& call);
napi_value generator_graphsafe_set_state(Call& call);
napi_value generator_philox_state(Call& call);

// backends.cc
napi_value backend_choice(Call& call);

// sdp.cc
napi_value sdp_can_use(Call& call);
napi_value sdp_flash_available(Call& call);

// nccl.cc
napi_value nccl_version(Call& call);
napi_value nccl_collective(Call& call);

// jiterator.cc
napi_value jiterator_launch(Call& call);

// nvml.cc
napi_value nvml_query(Call& call);

// nvtx.cc
napi_value nvtx(Call& call);

}  // namespace tstorch
