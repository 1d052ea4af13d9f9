// What the compiler needs for a user's file of 20 lines against the declarations in dist/.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { report } from "./measure.mjs";

const root = path.resolve(import.meta.dirname, "..");
// Inside the package, so that "tstorch" is found by its own name.
const folder = fs.mkdtempSync(path.join(import.meta.dirname, ".types-"));
const source = `import * as torch from "tstorch";
import { nn, optim } from "tstorch";
import * as F from "tstorch/nn/functional";
import { print, range } from "tstorch/python";

class Net extends nn.Module {
  fc1 = nn.Linear(2, 32);
  fc2 = nn.Linear(32, 3);
  override forward(x: torch.Tensor): torch.Tensor {
    return this.fc2(F.relu(this.fc1(x)));
  }
}
const model = new Net();
const optimizer = optim.Adam(model.parameters(), { lr: 0.01 });
for (const _ of range(100)) {
  optimizer.zero_grad();
  F.cross_entropy(model(torch.randn(4, 2)), torch.randint(3, [4])).backward();
  optimizer.step();
}
print(model(torch.ones(1, 2)).max(1).values);
`;

try {
  fs.writeFileSync(path.join(folder, "user.ts"), source);
  const settings = {
    compilerOptions: {
      ...{ target: "es2022", lib: ["es2023", "esnext.disposable"], module: "nodenext", types: ["node"] },
      ...{ strict: true, skipLibCheck: true, noEmit: true },
    },
    files: ["user.ts"],
  };
  fs.writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify(settings));
  const tsc = path.join(root, "node_modules/typescript/bin/tsc");
  const { stdout, status } = spawnSync(process.execPath, [tsc, "-p", folder, "--extendedDiagnostics"], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stdout);
  const figure = (name) => Number(new RegExp(`^${name}:\\s*([\\d.]+)`, "m").exec(stdout)[1]);
  report("check", figure("Check time") * 1e3, "ms");
  report("tsc in all", figure("Total time") * 1e3, "ms");
  report("memory", figure("Memory used") / 1024, "MB");
} finally {
  fs.rmSync(folder, { recursive: true });
}
