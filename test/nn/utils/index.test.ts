import * as torch from "tstorch";
import { nn } from "tstorch";
import { describe, expect, test } from "vitest";
import { replay } from "../../recordings/replay.js";

describe("torch.nn.utils, as Python gave it", () => replay("nn.utils"));

test("what stateless.functional_call() lacks is named in order of the names", () => {
  const model = nn.Sequential(nn.Linear(1, 1), nn.BatchNorm1d(1));
  const given = { z: torch.ones(1), a: torch.ones(1) };
  expect(() => torch.func.functional_call(model, given, [torch.ones(2, 1)], { strict: true })).toThrow(
    new torch.RuntimeError(
      "Error(s) in reparametrizing for Sequential:\n\tUnexpected key(s): 'a', 'z'.\n" +
        "\tMissing key(s): '0.bias', '0.weight', '1.bias', '1.num_batches_tracked', '1.running_mean', '1.running_var', '1.weight'.",
    ),
  );
});
