import * as torch from "tstorch";
import { expect, test } from "vitest";

test("swap_tensors exchanges elements, class, gradient and own properties", () => {
  const a = torch.nn.Parameter(torch.tensor([1.5, 2]));
  const b = torch.zeros(3, { dtype: torch.int64 });
  const held = a;
  a.mul(2).sum().backward();
  Object.assign(b, { note: "b" });
  torch.utils.swap_tensors(a, b);
  expect(held.tolist()).toEqual([0, 0, 0]);
  expect(held).not.toBeInstanceOf(torch.nn.Parameter);
  expect((held as unknown as { note: string }).note).toBe("b");
  expect(b).toBeInstanceOf(torch.nn.Parameter);
  expect(b.grad?.tolist()).toEqual([2, 2]);
  expect(() => torch.utils.swap_tensors(a, 3 as never)).toThrow(TypeError);
});
