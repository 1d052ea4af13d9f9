// torch/jit/_freeze.py

import { def } from "../arguments/function.js";
import { native } from "../binding.js";
import { RuntimeError } from "../errors.js";
import { RecursiveScriptModule, ScriptModule } from "./_script.js";
import { HANDLE } from "./_values.js";

const hasMethod = (mod: ScriptModule, name: string) => native.jitDescribe(mod[HANDLE]).methods.includes(name);

/**
 * A copy of a ScriptModule in eval mode whose parameters, buffers and attributes are constants of its graph, optimized.
 *
 * `freeze(mod, preserved_attrs=None, optimize_numerics=True)`
 *
 * `preserved_attrs` are attributes and methods to keep beside `forward`. With `optimize_numerics` passes run that may change
 * the last digits, such as to fold BatchNorm into a convolution.
 *
 * Throws RuntimeError for what is no ScriptModule, and for one in training mode.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.freeze.html}
 */
export const freeze = def(
  "freeze",
  ["mod", "preserved_attrs", "optimize_numerics"],
  (
    mod: ScriptModule,
    preserved_attrs: readonly string[] | null = null,
    optimize_numerics = true,
  ): RecursiveScriptModule => {
    if (!(mod instanceof ScriptModule)) {
      throw new RuntimeError(
        "Freezing expects a ScriptModule as input. Please use torch.jit.script or torch.jit.trace to script your 'nn.Module'.",
      );
    }
    if (mod.training) {
      throw new RuntimeError(
        "Freezing is currently only implemented for modules in eval mode. Please call .eval() on your module before freezing.",
      );
    }
    const preserved = preserved_attrs ?? [];
    const out = new RecursiveScriptModule(native.jitFreeze(mod[HANDLE], preserved));
    run_frozen_optimizations(
      out,
      optimize_numerics,
      preserved.filter((name) => hasMethod(mod, name)),
    );
    return out;
  },
);

/**
 * Optimizes the graphs of a frozen module in place: `forward` and the methods that were preserved.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.run_frozen_optimizations.html}
 */
export const run_frozen_optimizations = def(
  "run_frozen_optimizations",
  ["mod", "optimize_numerics", "preserved_methods"],
  (mod: ScriptModule, optimize_numerics = true, preserved_methods: readonly string[] | null = null): void => {
    const methods = [...(hasMethod(mod, "forward") ? ["forward"] : []), ...(preserved_methods ?? [])];
    for (const name of methods) native.jitOptimizeFrozen(native.jitMethod(mod[HANDLE], name), optimize_numerics);
  },
);

/**
 * Optimizes a ScriptModule for inference on this machine, with oneDNN's layouts, say; freezes it first if it is not frozen.
 *
 * `optimize_for_inference(mod, other_methods=None) -> ScriptModule`
 *
 * The result may not be saved.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.jit.optimize_for_inference.html}
 */
export const optimize_for_inference = def(
  "optimize_for_inference",
  ["mod", "other_methods"],
  (mod: ScriptModule, other_methods: readonly string[] | null = null): ScriptModule => {
    if (!(mod instanceof ScriptModule)) {
      throw new RuntimeError(
        "optimize_for_inference expects a ScriptModule as input. Please use torch.jit.script or torch.jit.trace to script your 'nn.Module'.",
      );
    }
    const others = other_methods ?? [];
    const frozen = Object.hasOwn(mod, "training") ? freeze(mod.eval(), others) : mod;
    native.jitOptimizeForInference(frozen[HANDLE], others);
    return frozen;
  },
);
