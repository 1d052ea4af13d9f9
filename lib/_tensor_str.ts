import type { Tensor } from "./_tensor.js";
import { get_printoptions, type PrintOptionKeywords, set_printoptions } from "./_tensor_str/options.js";
import { tensorText } from "./_tensor_str/text.js";
import { no_grad } from "./autograd/grad_mode.js";
import { native } from "./binding.js";
import { type Entered, followAsync, withMode } from "./modes.js";
import { handleOf, wrap } from "./tensor_base.js";
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
  const before = native.disableFunctorch(true);
  try {
    return no_grad(() => _str_intern(self, tensor_contents));
  } finally {
    native.disableFunctorch(before);
  }
}

function _str_intern(self: Tensor, contents: string | null): string {
  const kind = native.functorchKind(handleOf(self));
  if (kind !== 0) return _functorch_wrapper_str_intern(self, kind);
  return tensorText(self, { default_dtype: get_default_dtype(), class_names: classNames(self) }, contents);
}

/** The text of a tensor that a transform of torch.func wrapped: batched (1), tracked for gradients (2) or functional (3). */
function _functorch_wrapper_str_intern(tensor: Tensor, kind: number): string {
  const handle = handleOf(tensor);
  const level = native.maybeGetLevel(handle);
  const value = String(wrap(native.getUnwrapped(handle)));
  const indented = value.replace(/^(?=.*\S)/gm, "    ");
  if (kind === 1) return `BatchedTensor(lvl=${level}, bdim=${native.maybeGetBdim(handle)}, value=\n${indented}\n)`;
  if (kind === 2) return `GradTrackingTensor(lvl=${level}, value=\n${indented}\n)`;
  return `FunctionalTensor(lvl=${level}, value=\\\n${value})`;
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
