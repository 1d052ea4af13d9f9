// Hostile requests to the service of examples/serve, each with the statuses that it may be answered with.
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../service.js";

/** Random numbers that a seed determines (mulberry32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
}

interface Target {
  readonly url: string;
  readonly agent: http.Agent;
}

/** A kind of request: performs one, and gives its status, 0 for a connection that ended without an answer. */
interface Kind {
  readonly expected: readonly number[];
  perform(target: Target, dice: Dice): Promise<number>;
}

const WORDS = [
  "my",
  "parcel",
  "refund",
  "crashes",
  "é",
  "日本語",
  "\u0000",
  "\ud800",
  "<script>",
  "'",
  "'; --",
  "😀",
  "\u202e",
];
const ODD = [
  "null",
  "true",
  "0",
  "-1",
  "1.5",
  "1e999",
  "-1e999",
  '"1"',
  "[]",
  "[1]",
  "{}",
  "9007199254740993",
  "1e300",
];
const HEADERS = { "content-type": "application/json" };

const textOf = (dice: Dice) => Array.from({ length: 1 + dice.below(40) }, () => dice.pick(WORDS)).join(" ");
const ids = (dice: Dice, length: number) => Array.from({ length }, () => dice.below(100));

async function post({ url, agent }: Target, body: string | Buffer, headers = HEADERS): Promise<number> {
  return (await ask(`${url}/classify`, { method: "POST", agent, headers, body })).status;
}

/** Sends bytes on a connection of its own, and gives the status that comes back before the other side ends. */
async function raw({ url }: Target, send: (socket: net.Socket) => unknown): Promise<number> {
  const { hostname, port } = new URL(url);
  const socket = net.connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk) => {
    text += chunk;
  });
  const over = new Promise<void>((resolve) => socket.on("close", resolve).on("end", resolve));
  socket.on("error", () => undefined);
  await once(socket, "connect");
  await send(socket);
  await over;
  socket.destroy();
  return Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0);
}

const head = (length: number | string) =>
  `POST /classify HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`;

/** A valid body with some bytes changed or cut off. */
function mutated(dice: Dice): Buffer {
  const body = Buffer.from(JSON.stringify({ text: textOf(dice) }));
  if (dice.below(2) === 0) return body.subarray(0, dice.below(body.length));
  for (let i = 0; i <= dice.below(4); i++) body[dice.below(body.length)] = dice.below(256);
  return body;
}

export const kinds: Record<string, Kind> = {
  text: { expected: [200], perform: (target, dice) => post(target, JSON.stringify({ text: textOf(dice) })) },
  ids: {
    expected: [200],
    perform: (target, dice) => post(target, JSON.stringify({ ids: ids(dice, 1 + dice.below(512)) })),
  },
  "cut off or changed bytes": { expected: [200, 400], perform: (target, dice) => post(target, mutated(dice)) },
  "random bytes": {
    expected: [400],
    perform: (target, dice) =>
      post(target, Buffer.from(Array.from({ length: dice.below(200) }, () => dice.below(256)))),
  },
  "wrong types": {
    expected: [400],
    perform: (target, dice) =>
      post(
        target,
        `{"${dice.pick(["text", "ids", "texts", "__proto__"])}": ${dice.pick(ODD.filter((odd) => odd !== "[1]" && odd !== '"1"'))}}`,
      ),
  },
  "no object": {
    expected: [400],
    perform: (target, dice) => post(target, dice.pick(["", "NaN", "undefined", ...ODD])),
  },
  "wrong elements": {
    expected: [400],
    perform: (target, dice) =>
      post(target, `{"ids": [1, ${dice.pick(["NaN", "Infinity", ...ODD.filter((odd) => odd !== "0")])}, 2]}`),
  },
  "numbers of words that there are not": {
    expected: [400],
    perform: (target, dice) => post(target, JSON.stringify({ ids: [dice.pick([-1, 2 ** 31, 2 ** 53, 1e6])] })),
  },
  "too many ids": {
    expected: [400],
    perform: (target, dice) => post(target, JSON.stringify({ ids: ids(dice, 513 + dice.below(10_000)) })),
  },
  "too long a text": { expected: [400], perform: (target) => post(target, JSON.stringify({ text: "a".repeat(2001) })) },
  "too large a body": {
    expected: [413],
    perform: (target, dice) => post(target, JSON.stringify({ ids: ids(dice, 40_000) })),
  },
  "deep nesting": {
    expected: [400],
    perform: (target, dice) => post(target, dice.pick(["[", '{"ids":', '{"text":[']).repeat(1 + dice.below(5000))),
  },
  "both fields, or another one": {
    expected: [400],
    perform: (target, dice) =>
      post(target, dice.pick(['{"text":"a","ids":[1]}', '{"text":"a","x":1}', '{"constructor":{"prototype":{}}}'])),
  },
  "another content type": {
    expected: [415],
    perform: (target, dice) =>
      post(target, "text=a", { "content-type": dice.pick(["text/plain", "application/xml", "x"]) }),
  },
  "another path or method": {
    expected: [404],
    perform: async ({ url, agent }, dice) => {
      const [method, path] = dice.pick([
        ["GET", "/classify"],
        ["DELETE", "/"],
        ["GET", "/../etc/passwd"],
        ["GET", "/%00"],
        ["PUT", "/metrics"],
      ]);
      return (await ask(url + path, { method, agent })).status;
    },
  },
  "no HTTP": {
    expected: [400],
    perform: (target, dice) =>
      raw(target, (socket) =>
        socket.write(dice.pick(["hello\r\n\r\n", "\u0016\u0003\u0001\u0000", "GET / HTTP/9\r\n\r\n"])),
      ),
  },
  "too large headers": {
    expected: [431],
    perform: (target) =>
      raw(target, (socket) => socket.write(`GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(20_000)}\r\n\r\n`)),
  },
  "a wrong content length": {
    expected: [400],
    perform: (target, dice) => raw(target, (socket) => socket.write(head(dice.pick(["-1", "x", "1e3", "1, 2"])))),
  },
  "a client that goes in the midst": {
    expected: [0],
    perform: (target, dice) =>
      raw(target, async (socket) => {
        socket.write(head(20) + '{"text": "my parcel"}'.slice(0, dice.below(19)));
        await sleep(dice.below(5));
        socket.destroy();
      }),
  },
  "a client that goes before the answer": {
    expected: [0],
    perform: (target) =>
      raw(target, (socket) => {
        const body = '{"text": "my parcel"}';
        socket.write(head(body.length) + body, () => socket.resetAndDestroy());
      }),
  },
  "half-closed, complete": {
    expected: [200],
    perform: (target) => raw(target, (socket) => socket.end(`${head(21)}{"text": "my parcel"}`)),
  },
  "half-closed, incomplete": {
    expected: [0, 400],
    perform: (target) => raw(target, (socket) => socket.end(`${head(30)}{"text": "my parcel"}`)),
  },
  "slow, byte by byte": {
    expected: [200],
    perform: (target) =>
      raw(target, async (socket) => {
        for (const byte of `${head(12)}{"text":"a"}`.match(/.{1,16}/gs) ?? []) {
          socket.write(byte);
          await sleep(1);
        }
      }),
  },
};

/** How often requests of each kind had each status; `wrong` tells of those that they may not have. */
export interface Report {
  readonly statuses: Record<string, Record<number, number>>;
  readonly wrong: string[];
}

/** Sends `count` requests of all kinds, some of them at a time. */
export async function fuzz(url: string, count: number, seed: number, clients = 32): Promise<Report> {
  const target = { url, agent: new http.Agent({ keepAlive: true }) };
  const report: Report = { statuses: {}, wrong: [] };
  let next = 0;
  const client = async () => {
    while (next < count) {
      const number = next++;
      const dice = new Dice(seed + number);
      const [name, { expected, perform }] = dice.pick(Object.entries(kinds));
      const status = await perform(target, dice).catch((error: Error) => error.message);
      if (typeof status === "number") {
        report.statuses[name] ??= {};
        report.statuses[name][status] = (report.statuses[name][status] ?? 0) + 1;
      }
      if (!expected.includes(status as number)) report.wrong.push(`${name} (seed ${seed + number}): ${status}`);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  target.agent.destroy();
  return report;
}
