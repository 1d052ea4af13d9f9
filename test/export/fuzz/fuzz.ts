// Mutated programs: each ends in a program that can be printed and called, or in an error that tells what is wrong.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as torch from "tstorch";
import { load } from "tstorch/export";
import { mutate, randomNumbers } from "../../serialization/fuzz/fuzz.js";
import { type Record as Entry, zip } from "../../serialization/helpers/archive.js";

const folder = join(import.meta.dirname, "..", "recordings");
const seeds = readdirSync(folder)
  .filter((name) => name.endsWith(".pt2"))
  .map((name) => readFileSync(join(folder, name)));

type Random = (below: number) => number;

/** The records of an archive. */
export function recordsOf(archive: Buffer): Entry[] {
  const records: Entry[] = [];
  let at = archive.readUInt32LE(archive.length - 6);
  while (archive.readUInt32LE(at) === 0x02014b50) {
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString("latin1", at + 46, at + 46 + nameLength);
    const local = archive.readUInt32LE(at + 42);
    const start = local + 30 + nameLength + archive.readUInt16LE(local + 28);
    records.push({ name, bytes: archive.subarray(start, start + archive.readUInt32LE(at + 24)) });
    at += 46 + nameLength + archive.readUInt16LE(at + 30);
  }
  return records;
}

/** An archive with another text in place of one of its JSON records. */
export function withJson(archive: Buffer, record: string, change: (json: never) => unknown): Buffer {
  return zip(
    recordsOf(archive).map(({ name, bytes }) => {
      if (!name.endsWith(record)) return { name, bytes };
      const changed = change(JSON.parse(Buffer.from(bytes as Uint8Array).toString("utf8")) as never);
      return { name, bytes: Buffer.from(JSON.stringify(changed), "utf8") };
    }),
  );
}

const parsed = seeds.map((seed) =>
  recordsOf(seed)
    .filter(({ name }) => name.endsWith(".json"))
    .map(({ name, bytes }) => ({
      name,
      json: JSON.parse(Buffer.from(bytes as Uint8Array).toString("utf8")) as unknown,
    })),
);

interface Place {
  holder: Record<string, unknown>;
  key: string;
}

function placesIn(x: unknown, found: Place[] = []): Place[] {
  if (typeof x !== "object" || x === null) return found;
  for (const [key, value] of Object.entries(x)) {
    found.push({ holder: x as Record<string, unknown>, key });
    placesIn(value, found);
  }
  return found;
}

const values: unknown[] = [
  null,
  true,
  0,
  -1,
  1,
  2,
  3.5,
  2 ** 31,
  2 ** 53,
  "",
  "x",
  "NaN",
  "as_name",
  [],
  {},
  [0],
  "\u0000",
  "__proto__",
];

/** Changes some values of a JSON text: to one of its own, to another one, to nothing. */
function mutateJson(json: unknown, random: Random): unknown {
  const copy = structuredClone(json);
  for (let changes = 1 + random(3); changes > 0; changes--) {
    const places = placesIn(copy);
    if (places.length === 0) break;
    const { holder, key } = places[random(places.length)];
    const other = places[random(places.length)];
    switch (random(5)) {
      case 0:
        holder[key] = values[random(values.length)];
        break;
      case 1:
        holder[key] = structuredClone(other.holder[other.key]);
        break;
      case 2:
        if (Array.isArray(holder)) holder.splice(Number(key), 1);
        else delete holder[key];
        break;
      case 3:
        if (typeof holder[key] === "number") (holder[key] as number) += random(5) - 2;
        break;
      case 4:
        if (Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]));
        break;
    }
  }
  return copy;
}

function mutateProgram(at: number, random: Random): Buffer {
  const { name, json } = parsed[at][random(parsed[at].length)];
  return withJson(seeds[at], name, () => mutateJson(json, random));
}

const expected = new Set([
  ...["SerializeError", "RuntimeError", "UnpicklingError", "EOFError", "ValueError", "IndexError", "KeyError"],
  ...["NotImplementedError", "AssertionError", "AttributeError", "OverflowError"],
]);

function isExpected(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === "TypeError")
    return !/Cannot (read|set|access|convert)|undefined|is not a function|not iterable|\[object/.test(error.message);
  return expected.has(error.name);
}

export interface Figures {
  loaded: number;
  ran: number;
  errors: Map<string, number>;
}

/** Reads mutated archives and calls their programs; throws with the number of the first that went badly. */
export function fuzz(kind: "bytes" | "json", count: number, first = 0): Figures {
  const figures: Figures = { loaded: 0, ran: 0, errors: new Map() };
  for (let i = first; i < first + count; i++) {
    const random = randomNumbers((i + 1) * 2654435761);
    const at = random(seeds.length);
    const bytes = kind === "bytes" ? mutate(seeds[at], seeds[random(seeds.length)], random) : mutateProgram(at, random);
    try {
      const program = load(bytes);
      figures.loaded++;
      String(program);
      const module = program.module();
      const [args, kwargs] = program.example_inputs ?? [[], {}];
      torch.no_grad(() => module(...args, kwargs));
      figures.ran++;
    } catch (error) {
      if (!isExpected(error)) throw new Error(`${kind}, mutation ${i}: ${(error as Error).stack}`, { cause: error });
      const name = (error as Error).name;
      figures.errors.set(name, (figures.errors.get(name) ?? 0) + 1);
    }
  }
  return figures;
}
