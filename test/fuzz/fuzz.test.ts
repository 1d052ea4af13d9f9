import { expect, test } from "vitest";
import { fuzz } from "./fuzz.js";
import { entries } from "./table.js";

const calls = Number(process.env.FUZZ_CALLS ?? 100_000);

test("the table is whole", () => {
  expect(entries.length).toBeGreaterThan(1700);
  for (const name of ["torch.add", "torch.fft.fft", "torch.linalg.det", "torch.special.erf", ".view"])
    expect(entries.map(({ callee }) => callee)).toContain(name);
});

test("every call returns or throws an Error", { timeout: 1_200_000, retry: 0 }, async () => {
  const report = await fuzz({ seed: 0, first: 0, calls, limit: 5000, memory: 2 ** 31 });
  const { returned, threw, leftOut, slow, crashes, notErrors } = report;
  console.log(
    `${calls} calls: ${returned} returned, ${threw} threw, ${leftOut} left out, ${slow.length} took too long`,
  );
  expect(crashes).toEqual([]);
  expect(notErrors).toEqual([]);
  expect(returned + threw + leftOut + slow.length).toBe(calls);
  expect(returned).toBeGreaterThan(calls / 10);
});
