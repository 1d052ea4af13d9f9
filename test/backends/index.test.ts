import * as torch from "tstorch";
import { describe, expect, test } from "vitest";
import { replay } from "../recordings/replay.js";

const { backends } = torch;

describe("torch.backends, as Python gave it", () => replay("backends"));

describe("flags()", () => {
  test("hold while a function runs", () => {
    expect(backends.cudnn.flags({ enabled: false, benchmark: true }, () => backends.cudnn.enabled)).toBe(false);
    expect(backends.cudnn.enabled).toBe(true);
    expect(backends.mkldnn.flags({ enabled: true, deterministic: true }, () => backends.mkldnn.deterministic)).toBe(
      true,
    );
    expect(backends.flags({ fp32_precision: "tf32" }, () => backends.fp32_precision)).toBe("tf32");
    expect(backends.nnpack.flags({}, () => backends.nnpack.set_flags(false))).toEqual([false]);
  });

  test("hold until the end of a block, and after an exception no longer", () => {
    {
      using _ = backends.cudnn.flags({ enabled: false });
      expect(backends.cudnn.enabled).toBe(false);
    }
    expect(backends.cudnn.enabled).toBe(true);
    const fails = () => {
      throw new Error("mine");
    };
    expect(() => backends.cudnn.flags({ enabled: false }, fails)).toThrow("mine");
    expect(backends.cudnn.enabled).toBe(true);
  });

  test("are the only way after disable_global_flags()", () => {
    backends.disable_global_flags();
    expect(backends.flags_frozen()).toBe(true);
    expect(() => {
      backends.cudnn.enabled = true;
    }).toThrow(
      "not allowed to set torch.backends.cudnn flags after disable_global_flags; please use flags() context manager instead",
    );
    expect(backends.cudnn.flags({ enabled: false }, () => backends.cudnn.enabled)).toBe(false);
  });
});
