import * as torch from "tstorch";
import { DistributedSampler } from "tstorch/utils/data";
import { expect, test } from "vitest";

const { len, range } = torch.py;

test.each([
  [10, { num_replicas: 3, rank: 0 }, [4, 5, 0, 2], [8, 5, 0, 3]],
  [10, { num_replicas: 3, rank: 2, drop_last: true }, [7, 9, 6], [1, 9, 2]],
  [10, { num_replicas: 3, rank: 1, shuffle: false }, [1, 4, 7, 0], [1, 4, 7, 0]],
  [3, { num_replicas: 8, rank: 7, shuffle: false }, [1], [1]],
])("of %i samples with %j", (size, options, first, second) => {
  const sampler = DistributedSampler(range(size), options);
  expect([...sampler]).toEqual(first);
  expect([...sampler]).toEqual(first);
  sampler.set_epoch(2);
  expect([...sampler]).toEqual(second);
  expect(len(sampler)).toBe(first.length);
});

test("needs to know which process this is", () => {
  expect(() => DistributedSampler(range(3), 2, 2)).toThrow(
    new torch.ValueError("Invalid rank 2, rank should be in the interval [0, 1]"),
  );
  expect(() => DistributedSampler(range(3))).toThrow(
    new torch.RuntimeError("Requires distributed package to be available"),
  );
});

test("leaves the default generator alone", () => {
  torch.manual_seed(1);
  const before = torch.get_rng_state();
  void [...DistributedSampler(range(10), 2, 0)];
  expect(torch.equal(torch.get_rng_state(), before)).toBe(true);
});
