// Modes of a thread that more than one file changes.
#pragma once

namespace tstorch {

// Turns inference mode on or off as c10::InferenceMode does, but leaves grad mode and forward grad mode as they are.
void set_inference_mode_alone(bool enabled);

}  // namespace tstorch
