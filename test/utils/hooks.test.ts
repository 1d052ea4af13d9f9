import * as torch from "tstorch";
import { BackwardHook, RemovableHandle, unserializable_hook, warn_if_has_hooks } from "tstorch/utils/hooks";
import { expect, test } from "vitest";
import { warnings } from "./data/datapipes/helpers.js";

test("warn_if_has_hooks", () => {
  const x = torch.ones(2, { requires_grad: true });
  expect(warnings(() => warn_if_has_hooks(x))).toEqual([]);
  const handle = x.register_hook(function double(grad) {
    return grad.mul(2);
  });
  expect(handle).toBeInstanceOf(RemovableHandle);
  x.register_hook(unserializable_hook((grad) => grad));
  expect(warnings(() => warn_if_has_hooks(x))).toEqual([
    "backward hook <function double> on tensor will not be serialized.  If this is expected, you can decorate the function with @torch.utils.hooks.unserializable_hook to suppress this warning",
  ]);
  handle.remove();
  expect(warnings(() => warn_if_has_hooks(x))).toEqual([]);
});

test("BackwardHook ties hooks to the arguments and results of one call", () => {
  const module = torch.nn.Identity();
  const seen: unknown[] = [];
  const hook = BackwardHook(
    module,
    [
      (given, grad_input, grad_output) => {
        seen.push([given === module, grad_input.map((g) => g?.tolist() ?? null), grad_output[0]?.tolist()]);
        return [grad_input[0]?.mul(10) ?? null, null];
      },
    ],
    [(_given, grad_output) => [grad_output[0]?.add(1) ?? null]],
  );
  const x = torch.ones(2, { requires_grad: true });
  const [input, text] = hook.setup_input_hook([x, "text"]) as [torch.Tensor, string];
  expect(text).toBe("text");
  const output = hook.setup_output_hook(input.mul(3)) as torch.Tensor;
  output.sum().backward();
  expect(seen).toEqual([[true, [[6, 6], null], [2, 2]]]);
  expect(x.grad?.tolist()).toEqual([60, 60]);
});
