// The autograd engine as JavaScript extends it: what the default hooks of saved tensors are, and where a node was made.
#pragma once

namespace tstorch {

void install_engine();

}  // namespace tstorch
