// torch/utils/module_tracker.py

import type { Tensor } from "../_tensor.js";
import { enterForUsing, type Manager, managerClass } from "../arguments/manager.js";
import { queue_callback, register_multi_grad_hook } from "../autograd/graph.js";
import { native } from "../binding.js";
import {
  register_module_forward_hook,
  register_module_forward_pre_hook,
} from "../nn/modules/module/hook_registration.js";
import type { Module } from "../nn/modules/module.js";
import { TensorBase } from "../tensor_base.js";
import { tree_leaves } from "./_pytree.js";
import type { RemovableHandle } from "./hooks.js";

const trackable = (values: unknown): Tensor[] =>
  tree_leaves(values).filter((leaf) => leaf instanceof TensorBase && (leaf as Tensor).requires_grad);

export class Tracker implements Manager {
  /** The names of the modules that are running, forward or backward; "Global" is always among them. */
  parents = new Set(["Global"]);
  readonly #names = new WeakMap<Module, string>();
  readonly #seen = new WeakSet<Module>();
  #has_callback = false;
  #hooks: RemovableHandle[] = [];

  /** Whether a backward pass is running. */
  get is_bw(): boolean {
    return native.graphTaskId() !== -1;
  }

  #nameOf(module: Module): string {
    const name = this.#names.get(module) ?? module.constructor.name;
    this.#names.set(module, name);
    if (this.#seen.has(module)) return name;
    for (const [child, submodule] of module.named_children()) {
      this.#names.set(submodule, `${name}.${child}`);
      this.#nameOf(submodule);
    }
    this.#seen.add(module);
    return name;
  }

  #resetAfterBackward(): void {
    if (this.#has_callback) return;
    queue_callback(() => {
      this.parents = new Set(["Global"]);
      this.#has_callback = false;
    });
    this.#has_callback = true;
  }

  #before(module: Module, input: unknown): void {
    const name = this.#nameOf(module);
    this.parents.add(name);
    const tensors = trackable(input);
    if (tensors.length > 0) this.#hooks.push(register_multi_grad_hook(tensors, () => void this.parents.delete(name)));
  }

  #after(module: Module, output: unknown): void {
    const name = this.#nameOf(module);
    this.parents.delete(name);
    const tensors = trackable(output);
    if (tensors.length === 0) return;
    const enter = () => {
      this.#resetAfterBackward();
      this.parents.add(name);
    };
    this.#hooks.push(register_multi_grad_hook(tensors, enter));
  }

  __enter__(): this {
    this.#hooks = [
      register_module_forward_pre_hook((module, input) => this.#before(module, input)),
      register_module_forward_hook((module: Module, _input: unknown, output: unknown) => this.#after(module, output)),
    ];
    return this;
  }

  __exit__(): void {
    for (const hook of this.#hooks) hook.remove();
    this.#hooks = [];
  }

  /** `using tracker = ModuleTracker()` */
  get [Symbol.dispose](): () => void {
    return enterForUsing(this);
  }
}

/**
 * Knows which modules are running: `ModuleTracker((tracker) => ...)`, by their names from the outermost module's class on.
 *
 * {@link https://docs.pytorch.org/docs/2.15/module_tracker.html}
 */
export const ModuleTracker = managerClass<Tracker>("ModuleTracker")(Tracker, []);
export type ModuleTracker = Tracker;
