// Both ways with Python: what is traced here, Python loads and runs. Skipped without PYTHON=/path/to/python (with torch 2.15.0).

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import torch, { nn } from "tstorch";
import { afterAll, beforeAll, test } from "vitest";

const python = process.env.PYTHON;
let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "jit-python-"));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

const program = `
import sys, torch
m = torch.jit.load(sys.argv[1])
x = torch.load(sys.argv[2])
torch.save(m(*x), sys.argv[3])
`;

class Net extends nn.Module {
  conv = nn.Conv1d(3, 4, 3, { padding: 1 });
  bn = nn.BatchNorm1d(4);
  lstm = nn.LSTM(4, 5, { batch_first: true });
  attention = nn.TransformerEncoderLayer(5, 1, 8, { batch_first: true });

  override forward(x: torch.Tensor): torch.Tensor {
    const [output] = this.lstm(this.bn(this.conv(x)).transpose(1, 2));
    return this.attention(output).mean(1);
  }
}

test.skipIf(!python)("Python runs what was traced here", () => {
  const net = new Net().eval();
  const traced = torch.jit.trace(net, torch.randn(2, 3, 6));
  const [model, input, output] = ["model.pt", "input.pt", "output.pt"].map((name) => path.join(folder, name));
  const x = torch.randn(5, 3, 9);
  traced.save(model);
  torch.save([x], input);
  execFileSync(python as string, ["-W", "ignore", "-c", program, model, input, output]);
  torch.testing.assert_close(torch.load(output), net(x));
});
