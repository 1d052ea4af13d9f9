import { takeKeywords } from "../arguments/class.js";
// RemovableHandle of torch/utils/hooks.py, which tensors need before the rest of it

/** What a registration of a hook returns: `remove()` takes the hook away; so does the end of a `using` block. */
export class RemovableHandle {
  static #next = 0;
  /** A number of its own for each handle. */
  readonly id = RemovableHandle.#next++;
  #remove: (() => void) | null;

  constructor(remove: () => void) {
    this.#remove = remove;
  }

  /** Takes the hook away; a second time does nothing. */
  remove(): void {
    this.#remove?.();
    this.#remove = null;
  }

  [Symbol.dispose](): void {
    this.remove();
  }
}

takeKeywords("RemovableHandle", RemovableHandle.prototype, { remove: [] });
