// torch/autograd/profiler.py: record_function

import { enterForUsing, type Manager, managerClass } from "../../arguments/manager.js";
import { native, type StateHandle } from "../../binding.js";
import { AssertionError } from "../../errors.js";
import { followAsync } from "../../modes.js";

class RecordFunction implements Manager {
  /** Whether the label ends when the block is left. */
  run_callbacks_on_exit = true;
  record: StateHandle | null = null;

  constructor(
    readonly name: string,
    readonly args: string | null = null,
  ) {}

  __enter__(): this {
    followAsync();
    this.record = native.recordFunctionEnter(this.name, this.args);
    return this;
  }

  __exit__(): void {
    if (!this.run_callbacks_on_exit) return;
    if (this.record === null) throw new AssertionError("Expected record to be set");
    native.recordFunctionExit(this.record);
  }

  /** `using _ = record_function("label")` */
  get [Symbol.dispose](): () => void {
    return enterForUsing(this);
  }
}

/**
 * A label for what runs within: `record_function("forward", () => ...)` or `using _ = record_function("forward")`. A
 * profiler shows it beside the operators; without a profiler nothing happens.
 *
 * `record_function(name, args=None)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.autograd.profiler.record_function.html}
 */
export const record_function = managerClass<RecordFunction>("record_function")(RecordFunction, ["name", "args"]);
export type record_function = RecordFunction;
