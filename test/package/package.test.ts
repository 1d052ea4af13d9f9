// Packs the package, installs it into an empty folder without a compiler on PATH, and uses it there.
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { transformSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const work = fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-package-"));
const bin = path.join(work, "bin");
let tarball = "";

/** A PATH with node, npm and a shell, and nothing that compiles. */
function makePath(): void {
  fs.mkdirSync(bin);
  for (const name of ["node", "npm", "npx", "sh", "env", "uname", "ldd"]) {
    const found = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
    if (found) fs.symlinkSync(fs.realpathSync(found), path.join(bin, name));
  }
}

function run(folder: string, command: string, ...args: string[]) {
  const env = { ...process.env, PATH: bin, OMP_NUM_THREADS: "1" };
  const { stdout, stderr, status } = spawnSync(command, args, { cwd: folder, env, encoding: "utf8" });
  return { stdout, stderr, status };
}

beforeAll(() => {
  makePath();
  execFileSync(process.execPath, [path.join(root, "scripts/prebuilds.js")], { cwd: root });
  const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", work], { cwd: root, encoding: "utf8" });
  tarball = path.join(work, JSON.parse(packed.slice(packed.indexOf("[")))[0].filename);
}, 600_000);

afterAll(() => {
  fs.rmSync(work, { recursive: true, force: true });
  fs.rmSync(path.join(root, "prebuilds"), { recursive: true, force: true });
});

describe("the tarball", () => {
  test("has what runs and nothing that compiles", () => {
    const files = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).split("\n");
    expect(files).not.toContain("package/binding.gyp");
    expect(files).not.toContain("package/CMakeLists.txt");
    expect(files).toContain("package/dist/index.js");
    expect(files).toContain("package/LICENSE");
    const prebuilds = files.filter((name) => name.startsWith("package/prebuilds/")).map((name) => path.basename(name));
    const [addon, ...others] = prebuilds.sort((a, b) => Number(b.endsWith(".node")) - Number(a.endsWith(".node")));
    expect(addon).toMatch(/\.node$/);
    expect(others.map((name) => path.parse(name).name).sort()).toEqual(["loader", "torch_stub"]);
  });

  test("has a manifest that makes npm run nothing", () => {
    const manifest = JSON.parse(
      execFileSync("tar", ["-xzOf", tarball, "package/package.json"], { encoding: "utf8", maxBuffer: 1 << 24 }),
    );
    expect(manifest.gypfile).toBe(false);
    for (const script of ["install", "preinstall", "postinstall"]) expect(manifest.scripts[script]).toBeUndefined();
  });
});

describe.each([["with scripts"], ["--ignore-scripts"]])("installed %s", (how) => {
  const folder = path.join(work, how.replace(/\W/g, ""));

  beforeAll(() => {
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, "package.json"), '{ "private": true, "type": "module" }');
    const flags = how.startsWith("--") ? [how] : [];
    const { status, stderr } = run(folder, "npm", "install", "--no-audit", "--no-fund", ...flags, tarball);
    expect(status, stderr).toBe(0);
  }, 300_000);

  test("npx tstorch install and doctor", () => {
    const install = run(folder, "npx", "tstorch", "install");
    expect(install.status, install.stderr).toBe(0);
    const doctor = run(folder, "npx", "tstorch", "doctor");
    expect(doctor.status, doctor.stderr).toBe(0);
    expect(doctor.stdout).toContain("2.15.0");
  });

  test.each(["variable_length", "embedding", "training"])("the tutorial: %s", (name) => {
    const source = fs.readFileSync(path.join(root, "examples/seed", `${name}.ts`), "utf8");
    fs.writeFileSync(path.join(folder, `${name}.mjs`), transformSync(source, { loader: "ts", target: "node20" }).code);
    const { stdout, stderr } = run(folder, "node", `${name}.mjs`);
    expect(stderr).toBe("");
    expect(stdout).toBe(fs.readFileSync(path.join(root, "test/fixtures/seed", `${name}.expected.txt`), "utf8"));
  });

  test("require() where Node can", () => {
    const { stdout, stderr } = run(folder, "node", "-e", 'console.log(String(require("tstorch").ones(2)))');
    expect(stdout, stderr).toBe("tensor([1., 1.])\n");
  });
});
