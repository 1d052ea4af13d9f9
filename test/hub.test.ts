import os from "node:os";
import path from "node:path";
import * as torch from "tstorch";
import { afterEach, expect, test, vi } from "vitest";

afterEach(() => vi.unstubAllEnvs());

test("the folder of downloaded models", () => {
  vi.stubEnv("TORCH_HOME", undefined);
  vi.stubEnv("XDG_CACHE_HOME", undefined);
  expect(torch.hub.get_dir()).toBe(path.join(os.homedir(), ".cache/torch/hub"));
  vi.stubEnv("XDG_CACHE_HOME", "/cache");
  expect(torch.hub.get_dir()).toBe("/cache/torch/hub");
  vi.stubEnv("TORCH_HOME", "~/models");
  expect(torch.hub.get_dir()).toBe(path.join(os.homedir(), "models/hub"));
  torch.hub.set_dir("~/mine");
  expect(torch.hub.get_dir()).toBe(path.join(os.homedir(), "mine"));
});
