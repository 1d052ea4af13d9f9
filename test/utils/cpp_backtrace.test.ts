import * as torch from "tstorch";
import { expect, test } from "vitest";

test("get_cpp_backtrace", () => {
  const { get_cpp_backtrace } = torch.utils;
  const frames = (...args: Parameters<typeof get_cpp_backtrace>) =>
    get_cpp_backtrace(...args).match(/frame #/g)?.length;
  expect(get_cpp_backtrace()).toMatch(/^frame #0: /);
  // Frames of the interpreter are left out of the number that is asked for.
  expect(frames({ maximum_number_of_frames: 3 })).toBeLessThanOrEqual(3);
  expect(frames(0, 64)).toBeGreaterThan(3);
  expect(() => get_cpp_backtrace(-1)).toThrow("frames_to_skip should be a non-negative integer, but got -1");
});
