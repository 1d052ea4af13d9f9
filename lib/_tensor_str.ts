import type { Tensor } from "./_tensor.js";
import { get_printoptions, type PrintOptionKeywords, set_printoptions } from "./_tensor_str/options.js";
import { tensorText } from "./_tensor_str/text.js";
import { no_grad } from "./autograd/grad_mode.js";
import { type Entered, followAsync, withMode } from "./modes.js";
import { get_default_dtype } from "./tensor_new.js";

export {
  get_printoptions,
  type PrintOptionKeywords,
  type PrintOptions,
  set_printoptions,
} from "./_tensor_str/options.js";

/** The text of a tensor's `repr()`; `tensor_contents` takes the place of its elements. */
export function _str(self: Tensor, { tensor_contents = null }: { tensor_contents?: string | null } = {}): string {
  followAsync();
  const surroundings = { default_dtype: get_default_dtype(), class_names: classNames(self) };
  return no_grad(() => tensorText(self, surroundings, tensor_contents));
}

function classNames(self: object): string[] {
  const names: string[] = [];
  for (let one = Object.getPrototypeOf(self); one !== null; one = Object.getPrototypeOf(one)) {
    names.push(one.constructor.name);
  }
  return names;
}

/** Sets print options as `set_printoptions` does, while a function runs or, without one, until it is disposed. */
export function printoptions<T>(keywords: PrintOptionKeywords, body: () => T): T;
export function printoptions(keywords: PrintOptionKeywords): Entered;
export function printoptions<T>(keywords: PrintOptionKeywords, body?: () => T): T | Entered {
  const enter = () => {
    const before = get_printoptions();
    set_printoptions(keywords);
    return () => set_printoptions(before);
  };
  return withMode("printoptions", enter, body);
}
