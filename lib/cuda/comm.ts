// torch/cuda/comm.py

export {
  broadcast,
  broadcast_coalesced,
  gather,
  reduce_add,
  reduce_add_coalesced,
  scatter,
} from "../nn/parallel/comm.js";
