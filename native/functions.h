// Every function that JavaScript can call, declared; lib/binding.ts gives their types, addon.cc their names.
#pragma once

#include "call.h"

namespace tstorch {

// errors.cc
napi_value cpp_stack(Call& call);

// operators.cc
napi_value set_frame(Call& call);
napi_value find_operator(Call& call);
napi_value operator_names(Call& call);
napi_value call_operator_spread(Call& call);
napi_value call_operator_array(Call& call);

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
napi_value copy_bytes(Call& call);
napi_value data_ptr(Call& call);
napi_value storage_info(Call& call);

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
napi_value backward(Call& call);
napi_value grad(Call& call);
napi_value register_hook(Call& call);
napi_value has_hook(Call& call);
napi_value check_hook_result(Call& call);
napi_value set_post_accumulate_grad_hook(Call& call);
napi_value run_backward_on_helper_thread(Call& call);

// graph.cc
napi_value grad_fn(Call& call);
napi_value node_name(Call& call);
napi_value node_id(Call& call);
napi_value node_next_functions(Call& call);
napi_value register_node_hook(Call& call);
napi_value register_node_prehook(Call& call);

// custom_function.cc
napi_value record_custom_function(Call& call);

// modes.cc
napi_value is_grad_enabled(Call& call);
napi_value set_grad_enabled(Call& call);
napi_value is_inference_mode_enabled(Call& call);
napi_value set_inference_mode(Call& call);
napi_value save_thread_state(Call& call);
napi_value restore_thread_state(Call& call);

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

// context.cc
napi_value config(Call& call);
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
