#!/usr/bin/env node
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { doctor } from "./doctor.js";
import { InstallError } from "./errors.js";
import { install } from "./install.js";
import { version } from "./settings.js";

const help = `tstorch: libtorch ${version} for Node.js

  tstorch install [--device cpu|cuda] [--from DIR|ZIP|URL]
      Sees to it that libtorch is there. Without --from it takes TSTORCH_LIBTORCH, the cache or Python's torch
      of this version, else it fetches the needed parts of the wheels from the package index of this machine's pip.
      --device cuda   with CUDA (the default is what is there, else cpu)
      --from          a libtorch folder, a folder of wheels, a zip or wheel, or an address that ends in #sha256=...

  tstorch doctor      Prints what a bug report needs.

Environment:
  TSTORCH_LIBTORCH      use the libtorch in this folder
  TSTORCH_CACHE         where libtorch is installed, for all projects
  TSTORCH_INDEX         the package index, in place of pip's
  TSTORCH_ANY_VERSION   1: take another libtorch than ${version}; operators that it lacks are then absent
  HTTPS_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS   as everywhere`;

async function main(args: string[]): Promise<number> {
  try {
    const options = {
      device: { type: "string" },
      from: { type: "string" },
      help: { type: "boolean", short: "h" },
    } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const { device, from } = values;
    const command = positionals.join(" ");
    if (values.help || !command) {
      console.log(help);
      return 0;
    }
    if (command === "doctor") return await doctor();
    if (command !== "install") return wrongUse(`There is no command "${command}".`);
    if (device !== undefined && device !== "cpu" && device !== "cuda") return wrongUse("--device is cpu or cuda.");
    if (proxyIsIgnored()) return runAgainWithProxy(args);
    await install({ device, from, signal: interruption() });
    return 0;
  } catch (error) {
    if (error instanceof InstallError) console.error(error.message);
    else if (error instanceof TypeError && "code" in error) return wrongUse(error.message);
    else throw error;
    return 1;
  }
}

function wrongUse(problem: string): number {
  console.error(`${problem} See: npx tstorch --help`);
  return 2;
}

/** What Ctrl-C sends, so that nothing half-done stays behind; some launchers send it twice. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  const stop = () =>
    controller.abort(new InstallError("Stopped.", "To go on with what has arrived, run: npx tstorch install"));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
  return controller.signal;
}

/** Node reads the proxy variables only when it is told to before it starts. */
function proxyIsIgnored(): boolean {
  const { HTTPS_PROXY, https_proxy, HTTP_PROXY, http_proxy, NODE_USE_ENV_PROXY } = process.env;
  const isSet = HTTPS_PROXY || https_proxy || HTTP_PROXY || http_proxy;
  return Boolean(isSet) && !NODE_USE_ENV_PROXY && process.allowedNodeEnvironmentFlags.has("--use-env-proxy");
}

function runAgainWithProxy(args: string[]): number {
  const env = { ...process.env, NODE_USE_ENV_PROXY: "1" };
  const self = [...process.execArgv, fileURLToPath(import.meta.url)];
  return spawnSync(process.execPath, [...self, ...args], { env, stdio: "inherit" }).status ?? 1;
}

process.exitCode = await main(process.argv.slice(2));
