// torch/backends/cusparselt/__init__.py

import { def } from "../arguments/function.js";
import { native } from "../binding.js";

/** The version of cuSPARSELt, as CUSPARSELT_VERSION counts; null without it. */
const version = def("version", [], (): number | null => native.cusparseltVersion() ?? null);

const algorithms = new Map([
  [400, 4],
  [502, 5],
  [602, 37],
]);

/** NVIDIA's library of products with matrices of which two in four numbers are 0. */
export const cusparselt = {
  version,
  /** Whether libtorch has cuSPARSELt. */
  is_available: def("is_available", [], (): boolean => version() !== null),
  /** How many algorithms some versions have; null for others. */
  get_max_alg_id: def("get_max_alg_id", [], (): number | null => algorithms.get(version() ?? 0) ?? null),
};
