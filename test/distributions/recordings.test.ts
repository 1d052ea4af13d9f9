// All of torch.distributions, against what Python computed: see record.py.

import path from "node:path";
import * as torch from "tstorch";
import { describe, expect, test } from "vitest";
import { type Case, load, replay } from "./replay.js";

torch.set_num_threads(1);

const { seed, cases } = load(path.join(import.meta.dirname, "recordings", "distributions.json.gz"));

// One test for each class or function: one for each of the thousands of cases would drown all others.
const groups = new Map<string, Case[]>();
for (const recorded of cases) {
  const [name] = recorded.name.split(" ");
  groups.set(name, [...(groups.get(name) ?? []), recorded]);
}

describe("as in Python", () => {
  for (const [name, group] of groups) {
    test(name, () => {
      const failures = group.flatMap((recorded) => {
        const found = replay(recorded, seed);
        return found === null ? [] : [`${recorded.name}: ${found}`];
      });
      expect(failures).toEqual([]);
    });
  }
});
