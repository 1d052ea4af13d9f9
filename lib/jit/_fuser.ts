// torch/jit/_fuser.py

import { def } from "../arguments/function.js";
import { native } from "../binding.js";
import { RuntimeError } from "../errors.js";
import { type Entered, withMode } from "../modes.js";

/** How a kind of fusion treats shapes, and how often it is tried anew for other shapes. */
export type FusionStrategy = readonly (readonly ["STATIC" | "DYNAMIC", number])[];

/**
 * Sets how often operators are fused anew for other shapes; returns the strategy before.
 *
 * `set_fusion_strategy(strategy)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.set_fusion_strategy.html}
 */
export const set_fusion_strategy = def(
  "set_fusion_strategy",
  ["strategy"],
  (strategy: FusionStrategy): FusionStrategy => {
    const before = native.jitSetFusionStrategy(
      strategy.map(([kind, depth]) => {
        if (kind !== "STATIC" && kind !== "DYNAMIC") {
          throw new RuntimeError(`FusionBehavior only supported 'STATIC' or 'DYNAMIC', got: ${kind}`);
        }
        return [kind === "DYNAMIC", depth];
      }),
    );
    return before.map(([isDynamic, depth]) => [isDynamic ? "DYNAMIC" : "STATIC", depth]);
  },
);

/** Sets, for a function or until it is disposed, whether the executor of TorchScript optimizes graphs. */
export function optimized_execution<T>(should_optimize: boolean, body: () => T): T;
export function optimized_execution(should_optimize: boolean): Entered;
export function optimized_execution<T>(should_optimize: boolean, body?: () => T): T | Entered {
  const enter = () => {
    const before = native.jitGetOptimizedExecution();
    native.jitSetOptimizedExecution(should_optimize);
    return () => native.jitSetOptimizedExecution(before);
  };
  return withMode("jit.optimized_execution", enter, body);
}
