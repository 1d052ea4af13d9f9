import * as torch from "tstorch";
import { expect, test } from "vitest";
import { native } from "../../../dist/binding.js";

const { SDPBackend, sdpa_kernel } = torch.nn.attention;
const { cuda } = torch.backends;

test("sdpa_kernel() lets some kernels be used, and then those that were before", () => {
  const enabled = () => [cuda.math_sdp_enabled(), cuda.flash_sdp_enabled(), cuda.mem_efficient_sdp_enabled()];
  expect(sdpa_kernel(SDPBackend.MATH, enabled)).toEqual([true, false, false]);
  expect(sdpa_kernel([SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION], enabled)).toEqual([
    false,
    true,
    true,
  ]);
  expect(enabled()).toEqual([true, true, true]);
});

test("no kernel that could be used", () => {
  const x = torch.ones(1, 1, 2, 2);
  const attend = () => torch.nn.functional.scaled_dot_product_attention(x, x, x);
  expect(() => sdpa_kernel(SDPBackend.EFFICIENT_ATTENTION, attend)).toThrow("No viable backend");
});

test("what is no backend", () => {
  expect(() => sdpa_kernel("math" as never)).toThrow(
    "Backend must be an instance of SDPBackend or a list of SDPBackend instances, got str",
  );
});

test("set_priority: the kernels in the order in which they are tried", () => {
  const order = () => native.getSetting("sdp_priority_order");
  const before = order() as number[];
  const { FLASH_ATTENTION, MATH } = SDPBackend;
  const others = before.filter((backend) => backend !== FLASH_ATTENTION && backend !== MATH);
  const chosen = [MATH, FLASH_ATTENTION];
  expect(sdpa_kernel(chosen, { set_priority: true }, order)).toEqual([MATH, FLASH_ATTENTION, ...others]);
  expect(sdpa_kernel(chosen, true, order)).toEqual([MATH, FLASH_ATTENTION, ...others]);
  expect(sdpa_kernel(chosen, order)).toEqual(before);
  expect(order()).toEqual(before);
});
