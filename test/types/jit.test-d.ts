import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";
import { jit, nn } from "../../lib/index.js";

const x = torch.ones(2, 3);
const model = nn.Linear(3, 1);

const traced = jit.trace(model, x, { check_inputs: [[x]], strict: false });
expectTypeOf(traced).toExtend<jit.ScriptModule>();
expectTypeOf(traced.forward_async(x)).resolves.toBeAny();
expectTypeOf(traced.code).toEqualTypeOf<string>();
const f = jit.trace((a: torch.Tensor, b: torch.Tensor) => a.add(b), [x, x]);
expectTypeOf(f).toEqualTypeOf<jit.ScriptFunction>();
jit.trace(model, { example_kwarg_inputs: { input: x } });
jit.trace_module(model, { forward: x }, { check_trace: false });

jit.save(traced, "m.pt", { _extra_files: { note: "" } });
expectTypeOf(jit.load("m.pt", { map_location: "cpu" })).toExtend<jit.ScriptModule>();
expectTypeOf(jit.freeze(traced.eval(), ["weight"], { optimize_numerics: false })).toExtend<jit.ScriptModule>();
expectTypeOf(jit.is_tracing()).toEqualTypeOf<boolean>();

// @ts-expect-error the example is missing
jit.trace(model);
// @ts-expect-error misspelt
jit.trace(model, x, { check_input: [[x]] });
// @ts-expect-error no module
jit.trace_module(() => x, { forward: x });
// @ts-expect-error a file is missing
jit.save(traced);
// @ts-expect-error misspelt
jit.load("m.pt", { map_locations: "cpu" });
