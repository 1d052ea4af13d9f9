import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";

const program = torch.export.load("m.pt2", { extra_files: { note: "" } });
expectTypeOf(program).toEqualTypeOf<torch.export.ExportedProgram>();
expectTypeOf(program.state_dict).toEqualTypeOf<Record<string, torch.Tensor>>();
expectTypeOf([...program.named_parameters()]).toEqualTypeOf<[string, torch.nn.Parameter][]>();
expectTypeOf(program.graph_signature.user_inputs).toExtend<readonly unknown[]>();
expectTypeOf(program.range_constraints.get("s0")?.upper).toEqualTypeOf<number | undefined>();

const module = program.module({ check_guards: false });
expectTypeOf(module).toExtend<torch.nn.Module>();
module(torch.ones(2));
program.module(true);
expectTypeOf(module.forward_async(torch.ones(2))).toExtend<Promise<unknown>>();
expectTypeOf(torch.export.save(program, "m.pt2", { extra_files: new Map([["note", ""]]) })).toEqualTypeOf<void>();

// @ts-expect-error a file is missing
torch.export.save(program);
// @ts-expect-error misspelt
torch.export.load("m.pt2", { extra_file: {} });
// @ts-expect-error a module is no program
torch.export.save(torch.nn.Linear(1, 1), "m.pt2");
// @ts-expect-error misspelt
program.module({ check_guard: false });
