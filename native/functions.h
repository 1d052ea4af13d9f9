// Every function that JavaScript can call, declared; lib/native.ts gives their types, addon.cc their names.
#pragma once

#include "call.h"

namespace tstorch {

// errors.cc
napi_value cpp_stack(Call& call);
napi_value cpp_backtrace(Call& call);

// operators.cc
napi_value set_frame(Call& call);
napi_value set_places(Call& call);
napi_value find_operator(Call& call);
napi_value operator_names(Call& call);
napi_value call_operator_spread(Call& call);
napi_value call_operator_array(Call& call);

// slab.cc
napi_value new_slab(Call& call);
napi_value own_handle(Call& call);

// schemas.cc
napi_value operator_schemas(Call& call);

// tensor.cc
napi_value dtype_of(Call& call);
napi_value device_of(Call& call);
napi_value layout_of(Call& call);
napi_value is_nested(Call& call);
napi_value dim_of(Call& call);
napi_value numel_of(Call& call);
napi_value sizes_of(Call& call);
napi_value strides_of(Call& call);
napi_value storage_offset_of(Call& call);
napi_value is_contiguous(Call& call);
napi_value item(Call& call);
napi_value is_same(Call& call);
napi_value dispose(Call& call);
napi_value live_tensor_count(Call& call);

// storage.cc
napi_value tensor_from_frame(Call& call);
napi_value tensor_from_buffer(Call& call);
napi_value buffer_of(Call& call);
napi_value copy_in(Call& call);
napi_value copy_out(Call& call);
napi_value read_file(Call& call);
napi_value storage_slice(Call& call);
napi_value copy_bytes(Call& call);
napi_value data_ptr(Call& call);
napi_value storage_info(Call& call);

// joined.cc
napi_value join_small(Call& call);
napi_value split_joined(Call& call);

// memory.cc
napi_value hold_memory_reports(Call& call);
napi_value collect_young(Call& call);
napi_value free_dead(Call& call);

// indexing.cc
napi_value get_index(Call& call);
napi_value set_index(Call& call);

// autograd.cc
napi_value requires_grad(Call& call);
napi_value set_requires_grad(Call& call);
napi_value is_leaf(Call& call);
napi_value retains_grad(Call& call);
napi_value output_nr(Call& call);
napi_value version_of(Call& call);
napi_value grad_of(Call& call);
napi_value set_grad(Call& call);
napi_value data_of(Call& call);
napi_value set_data(Call& call);
napi_value base_of(Call& call);
napi_value grad_dtype(Call& call);
napi_value set_grad_dtype(Call& call);
napi_value use_count(Call& call);
napi_value swap_tensors(Call& call);
napi_value backward(Call& call);
napi_value grad(Call& call);
napi_value register_hook(Call& call);
napi_value has_hook(Call& call);
napi_value check_hook_result(Call& call);
napi_value set_post_accumulate_grad_hook(Call& call);
napi_value increment_version(Call& call);
napi_value set_version(Call& call);
napi_value queue_callback(Call& call);
napi_value run_backward_on_helper_thread(Call& call);

// node_creation.cc
napi_value push_node_creation_hook(Call& call);
napi_value pop_node_creation_hook(Call& call);

// dispatch_modes.cc
napi_value push_dispatch_mode(Call& call);
napi_value pop_dispatch_mode(Call& call);
napi_value kept_versions(Call& call);
napi_value kept_tensors(Call& call);
napi_value replace_kept(Call& call);

// graph.cc
napi_value grad_fn(Call& call);
napi_value node_name(Call& call);
napi_value node_id(Call& call);
napi_value node_next_functions(Call& call);
napi_value node_sequence_nr(Call& call);
napi_value node_input_metadata(Call& call);
napi_value node_variable(Call& call);
napi_value gradient_edge(Call& call);
napi_value register_node_hook(Call& call);
napi_value register_node_prehook(Call& call);

// custom_function.cc
napi_value record_custom_function(Call& call);
napi_value custom_function_saved(Call& call);

// graph_task.cc
napi_value graph_task_id(Call& call);
napi_value is_checkpoint_valid(Call& call);
napi_value will_execute(Call& call);

// saved_tensors.cc
napi_value push_saved_tensors_hooks(Call& call);
napi_value pop_saved_tensors_hooks(Call& call);
napi_value disable_saved_tensors_hooks(Call& call);
napi_value saved_tensors_hooks_disabled(Call& call);
napi_value make_saved_tensor(Call& call);
napi_value unpack_saved_tensor(Call& call);

// anomaly.cc
napi_value node_metadata(Call& call);
napi_value is_anomaly_enabled(Call& call);
napi_value is_anomaly_check_nan_enabled(Call& call);
napi_value set_anomaly_enabled(Call& call);

// profiler.cc
napi_value supported_activities(Call& call);
napi_value prepare_profiler(Call& call);
napi_value enable_profiler(Call& call);
napi_value disable_profiler(Call& call);
napi_value profiler_events(Call& call);
napi_value save_profile(Call& call);
napi_value add_profiler_metadata(Call& call);
napi_value profiler_step(Call& call);
napi_value is_profiler_stopped(Call& call);
napi_value toggle_profiler(Call& call);
napi_value enable_profiler_legacy(Call& call);
napi_value disable_profiler_legacy(Call& call);
napi_value record_function_enter(Call& call);
napi_value record_function_exit(Call& call);
napi_value add_execution_trace_observer(Call& call);
napi_value remove_execution_trace_observer(Call& call);
napi_value enable_execution_trace_observer(Call& call);
napi_value disable_execution_trace_observer(Call& call);
napi_value demangle_name(Call& call);

// profiler_stacks.cc
napi_value profiler_stacks(Call& call);

// autocast.cc
napi_value is_autocast_available(Call& call);
napi_value is_autocast_enabled(Call& call);
napi_value set_autocast_enabled(Call& call);
napi_value get_autocast_dtype(Call& call);
napi_value set_autocast_dtype(Call& call);
napi_value is_autocast_cache_enabled(Call& call);
napi_value set_autocast_cache_enabled(Call& call);
napi_value clear_autocast_cache(Call& call);
napi_value autocast_increment_nesting(Call& call);
napi_value autocast_decrement_nesting(Call& call);

// functorch.cc
napi_value vmap_increment_nesting(Call& call);
napi_value vmap_decrement_nesting(Call& call);
napi_value grad_increment_nesting(Call& call);
napi_value grad_decrement_nesting(Call& call);
napi_value jvp_increment_nesting(Call& call);
napi_value jvp_decrement_nesting(Call& call);
napi_value func_increment_nesting(Call& call);
napi_value func_decrement_nesting(Call& call);
napi_value add_batch_dim(Call& call);
napi_value remove_batch_dim(Call& call);
napi_value unwrap_batched(Call& call);
napi_value wrap_for_grad(Call& call);
napi_value unwrap_for_grad(Call& call);
napi_value wrap_functional_tensor(Call& call);
napi_value unwrap_functional_tensor(Call& call);
napi_value propagate_functional_input_mutation(Call& call);
napi_value functorch_kind(Call& call);
napi_value maybe_get_level(Call& call);
napi_value maybe_get_bdim(Call& call);
napi_value get_unwrapped(Call& call);
napi_value peek_interpreter_stack(Call& call);
napi_value pop_dynamic_layer_stack(Call& call);
napi_value push_dynamic_layer_stack(Call& call);
napi_value outer_grad_mode(Call& call);
napi_value disable_functorch(Call& call);
napi_value set_inplace_requires_grad_allowed(Call& call);
napi_value check_supports_inplace_requires_grad(Call& call);
napi_value vmapmode_increment_nesting(Call& call);
napi_value vmapmode_decrement_nesting(Call& call);

// modes.cc
napi_value is_grad_enabled(Call& call);
napi_value set_grad_enabled(Call& call);
napi_value is_fwd_grad_enabled(Call& call);
napi_value set_fwd_grad_enabled(Call& call);
napi_value is_multithreading_enabled(Call& call);
napi_value set_multithreading_enabled(Call& call);
napi_value is_view_replay_enabled(Call& call);
napi_value set_view_replay_enabled(Call& call);
napi_value enter_dual_level(Call& call);
napi_value exit_dual_level(Call& call);
napi_value is_inference_mode_enabled(Call& call);
napi_value set_inference_mode(Call& call);
napi_value save_thread_state(Call& call);
napi_value restore_thread_state(Call& call);

// errors.cc
napi_value unordered(Call& call);
// aio.cc
napi_value start_compute(Call& call);
napi_value stop_compute(Call& call);
napi_value hold_event_loop(Call& call);
napi_value take_completed(Call& call);
napi_value cancel_job(Call& call);
napi_value submit_operator(Call& call);
napi_value submit_backward(Call& call);
napi_value submit_grad(Call& call);
napi_value submit_get_index(Call& call);
napi_value submit_set_index(Call& call);
napi_value submit_item(Call& call);

// aoti.cc
napi_value aoti_load(Call& call);
napi_value aoti_call_spec(Call& call);
napi_value aoti_constant_fqns(Call& call);
napi_value aoti_run(Call& call);
napi_value submit_aoti_run(Call& call);
napi_value aoti_load_constants(Call& call);

// jit_modules.cc
napi_value jit_load(Call& call);
napi_value submit_jit_load(Call& call);
napi_value jit_save(Call& call);
napi_value jit_describe(Call& call);
napi_value jit_attribute(Call& call);
napi_value jit_attribute_type(Call& call);
napi_value jit_set_attribute(Call& call);
napi_value jit_method(Call& call);
napi_value jit_compile(Call& call);
napi_value jit_define(Call& call);
napi_value jit_schema(Call& call);
napi_value jit_keyword_error(Call& call);
napi_value jit_call(Call& call);
napi_value submit_jit_call(Call& call);
napi_value jit_wait(Call& call);
napi_value jit_code(Call& call);
napi_value jit_graph(Call& call);
napi_value jit_copy(Call& call);

// jit_tracer.cc
napi_value jit_new_module(Call& call);
napi_value jit_register(Call& call);
napi_value jit_trace(Call& call);
napi_value jit_function_as_module(Call& call);
napi_value jit_push_scope(Call& call);
napi_value jit_pop_scope(Call& call);
napi_value jit_tracer_warn(Call& call);
napi_value jit_stash(Call& call);
napi_value jit_size_of(Call& call);
napi_value jit_trace_info(Call& call);

// jit_passes.cc
napi_value jit_freeze(Call& call);
napi_value jit_optimize_frozen(Call& call);
napi_value jit_optimize_for_inference(Call& call);
napi_value jit_set_fusion_strategy(Call& call);
napi_value jit_get_optimized_execution(Call& call);
napi_value jit_set_optimized_execution(Call& call);

// sharing.cc
napi_value share_storage_of(Call& call);
napi_value is_shared(Call& call);
napi_value share_tensor(Call& call);
napi_value claim_tensor(Call& call);
napi_value release_shared(Call& call);
napi_value release_shared_of(Call& call);
napi_value shared_count(Call& call);

// random.cc
napi_value manual_seed(Call& call);
napi_value default_generator(Call& call);
napi_value new_generator(Call& call);
napi_value generator_device(Call& call);
napi_value generator_manual_seed(Call& call);
napi_value generator_seed(Call& call);
napi_value generator_initial_seed(Call& call);
napi_value generator_get_state(Call& call);
napi_value generator_set_state(Call& call);
napi_value generator_get_offset(Call& call);
napi_value generator_set_offset(Call& call);

// context.cc
napi_value config(Call& call);
napi_value cpu_capabilities(Call& call);
napi_value parse_device(Call& call);
napi_value get_default_dtype(Call& call);
napi_value set_default_dtype(Call& call);
napi_value get_setting(Call& call);
napi_value set_setting(Call& call);

// device.cc
napi_value accelerator(Call& call);
napi_value initialise_device(Call& call);
napi_value device_count(Call& call);
napi_value current_device(Call& call);
napi_value set_device(Call& call);
napi_value synchronize(Call& call);
napi_value empty_cache(Call& call);
napi_value memory_stats(Call& call);
napi_value memory_info(Call& call);
napi_value reset_peak_memory_stats(Call& call);
napi_value device_capability(Call& call);
napi_value device_name(Call& call);

}  // namespace tstorch
