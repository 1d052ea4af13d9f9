// All of torch.distributions, against what Python computed: see record.py.

import path from "node:path";
import * as torch from "tstorch";
import { expect, test } from "vitest";
import { load, replay } from "./replay.js";

const { seed, cases } = load(path.join(import.meta.dirname, "recordings", "distributions.json.gz"));

// One test for each kind of case: tens of thousands would drown the others.
const byName = Map.groupBy(cases, ({ name }) => name.split(" ")[0]);

torch.set_num_threads(1);

test.each([...byName])("%s", (_name, group) => {
  const failures = group.flatMap((recorded) => {
    const found = replay(recorded, seed);
    return found === null ? [] : [`${recorded.name}: ${found}`];
  });
  expect(failures).toEqual([]);
});
