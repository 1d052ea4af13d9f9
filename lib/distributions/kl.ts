// torch/distributions/kl.py. What divergences there are is in kl/.

import "./kl/same.js";
import "./kl/different.js";

export { type Divergence, kl_divergence, register_kl } from "./kl/registry.js";
