// Files of 400 MB: torch.save, torch.load, mapped, safetensors.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import torch from "tstorch";
import { load_file, save_file } from "tstorch/safetensors";
import { report, sized } from "./measure.mjs";

torch.manual_seed(0);
const state = {};
for (let i = 0; i < sized(100, 100, 1); i++) state[`layers.${i}.weight`] = torch.randn(1024, 1024);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-bench-"));
const file = path.join(folder, "model.pt");
const tensors = path.join(folder, "model.safetensors");

function measure(name, call) {
  const times = [];
  for (let i = 0; i < 4; i++) {
    const started = process.hrtime.bigint();
    const result = torch.tidy(() => {
      call();
      times.push(Number(process.hrtime.bigint() - started));
    });
    void result;
  }
  report(name, Math.min(...times), "ns");
}

try {
  measure("torch.save", () => torch.save(state, file));
  measure("torch.load", () => torch.load(file));
  measure("torch.load mmap", () => torch.load(file, { mmap: true }));
  measure("safetensors save_file", () => save_file(state, tensors));
  measure("safetensors load_file", () => load_file(tensors));
  measure("safetensors load_file, clone", () => Object.values(load_file(tensors)).map((x) => x.clone()));
} finally {
  fs.rmSync(folder, { recursive: true });
}
