// torch/signal/windows/__init__.py

export {
  bartlett,
  blackman,
  cosine,
  exponential,
  gaussian,
  general_cosine,
  general_hamming,
  hamming,
  hann,
  kaiser,
  nuttall,
} from "./windows.js";
