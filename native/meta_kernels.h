// Kernels for tensors without data.
#pragma once

namespace tstorch {

// Registers them at the first call: before it, nothing has been on the device "meta".
void ensure_meta_kernels();

}  // namespace tstorch
