// A service in a process of its own, for the tests and checks of examples/serve.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { train } from "../../examples/serve/train.js";

const root = path.resolve(import.meta.dirname, "../..");

/** Trains a model into a temporary file. */
export function trained(keywords?: Parameters<typeof train>[0]): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tstorch-model-"));
  process.once("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "model.pt");
  train(keywords).save(file);
  return file;
}

export interface Service {
  readonly url: string;
  readonly child: ChildProcess;
  /** What it has printed. */
  readonly lines: string[];
  /** Waits until it has ended, and gives its exit code or signal. */
  readonly ended: Promise<number | string>;
}

/** Starts a service's script, and waits until it listens. */
export async function serve(env: NodeJS.ProcessEnv, script = "examples/serve/server.ts"): Promise<Service> {
  const child = spawn(process.execPath, ["--import", "tsx", script], {
    cwd: root,
    env: { OMP_NUM_THREADS: "1", ...process.env, PORT: "0", NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  const ended = once(child, "exit").then(([code, signal]) => code ?? signal);
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on("line", (line) => lines.push(line));
  const listening = new Promise<string>((resolve) => {
    createInterface(child.stdout).on("line", (line) => {
      const url = /^listening on (.*)/.exec(line)?.[1];
      if (url) resolve(url);
    });
  });
  const failed = ended.then((end) => Promise.reject(new Error(`the service ended (${end}):\n${lines.join("\n")}`)));
  failed.catch(() => undefined);
  return { url: await Promise.race([listening, failed]), child, lines, ended };
}

export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: JSON
  readonly body: any;
  /** Whether the connection was one that had served a request before. */
  readonly reused: boolean;
}

const read = (text: string) => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** One request; rejects with the error of the connection. */
export function ask(url: string, options: http.RequestOptions & { body?: string | Buffer } = {}): Promise<Reply> {
  const { body, ...others } = options;
  return new Promise((resolve, reject) => {
    const request = http.request(url, others, async (response) => {
      try {
        let text = "";
        for await (const chunk of response.setEncoding("utf8")) text += chunk;
        resolve({ status: response.statusCode ?? 0, body: read(text), reused: request.reusedSocket });
      } catch (error) {
        reject(error);
      }
    });
    request.on("error", reject);
    request.end(body);
  });
}

export function classify(url: string, input: unknown, options: http.RequestOptions = {}): Promise<Reply> {
  const headers = { "content-type": "application/json" };
  return ask(`${url}/classify`, { method: "POST", headers, ...options, body: JSON.stringify(input) });
}

/** How the requests of clients ended. */
export interface Tally {
  answered: number;
  /** Answers with another status than 200, and connections that broke: what was lost. */
  readonly wrong: string[];
  /** Connections that were refused, by a service that does not listen any more. */
  refused: number;
}

/** Clients that ask one request after another until they are refused, or `isOver`. */
export async function load(url: string, clients: number, input: () => unknown, isOver: () => boolean): Promise<Tally> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: clients });
  const tally: Tally = { answered: 0, wrong: [], refused: 0 };
  const client = async () => {
    while (!isOver() && tally.refused === 0) {
      try {
        const { status, body } = await classify(url, input(), { agent });
        if (status === 200) tally.answered++;
        else tally.wrong.push(`${status}: ${body.message}`);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ECONNREFUSED") tally.refused++;
        else tally.wrong.push(String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return tally;
}
