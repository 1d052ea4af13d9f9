// torch/backends/opt_einsum/__init__.py

import { def } from "../arguments/function.js";
import { mode } from "../arguments/mode.js";
import { ValueError } from "../errors.js";
import type { Enter, Entered } from "../modes.js";
import { enterFlags } from "./_flags.js";

interface OptEinsumFlags {
  <T>(body: () => T): T;
  <T>(flags: { enabled?: boolean | null; strategy?: string | null }, body: () => T): T;
  (flags?: { enabled?: boolean | null; strategy?: string | null }): Entered;
}

/** The paths of einsum() are not optimised: the package that does so is Python's. */
export const opt_einsum = {
  is_available: def("is_available", [], (): boolean => false),
  get_opt_einsum: def("get_opt_einsum", [], (): null => null),
  /** Returns whether it is enabled and its strategy: false and null. */
  set_flags: def(
    "set_flags",
    ["_enabled", "_strategy"],
    (_enabled: boolean | null = null, _strategy: string | null = null): [enabled: boolean, strategy: null] => {
      if (_enabled) {
        throw new ValueError(
          `opt_einsum is not available, so setting \`enabled\` to True will not reap the benefits of calculating an optimal path for einsum. torch.einsum will fall back to contracting from left to right. To enable this optimal path calculation, please install opt-einsum.`,
        );
      }
      if (_strategy !== null) opt_einsum.strategy = _strategy;
      return [false, null];
    },
  ),
  /** Sets both while a function runs, or until the end of a `using` block. */
  flags: mode(
    "backends.opt_einsum.flags",
    ["enabled", "strategy"],
    (enabled: boolean | null = null, strategy: string | null = null): Enter =>
      enterFlags(opt_einsum.set_flags, enabled, strategy),
  ) as OptEinsumFlags,
  enabled: false,
  get strategy(): string | null {
    return null;
  },
  set strategy(strategy: string | null) {
    throw new ValueError(
      `opt_einsum is not available, so setting \`strategy\` to ${strategy} will not be meaningful. torch.einsum will bypass path calculation and simply contract from left to right. Please install opt_einsum or unset \`strategy\`.`,
    );
  },
};
