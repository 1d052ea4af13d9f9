import { execFileSync } from "node:child_process";
import * as torch from "tstorch";
import { debug_grad_log } from "tstorch/utils/debug_log";
import { expect, test } from "vitest";

test("logs the norms of gradients where they are asked for", () => {
  const script = `
    import * as torch from "tstorch";
    const [x, y, w] = [1, 1, 0].map((needed) => torch.ones(4, { requires_grad: Boolean(needed) }));
    torch.utils.debug_log.debug_grad_log(w, x, y);
    x.mul(2).add(y.mul(3)).mul(w).sum().backward();`;
  const run = (NODE_DEBUG: string) =>
    execFileSync(
      process.execPath,
      ["--input-type=module", "-e", `process.stderr.write = process.stdout.write.bind(process.stdout);${script}`],
      {
        env: { ...process.env, NODE_DEBUG },
        encoding: "utf8",
      },
    );
  expect(run("torch.utils.debug_log")).toMatch(/\[rank 0\]\[bwd\] t0_grad_norm=4\.0000 t1_grad_norm=6\.0000\n/);
  expect(run("")).toBe("");
});

test("a tensor that gets no gradient is an error, as in Python", () => {
  const [a, b] = [torch.ones(2, { requires_grad: true }), torch.ones(2, { requires_grad: true })];
  expect(debug_grad_log(a, b)).toBe(null);
  expect(() => a.mul(5).sum().backward()).toThrow(
    new torch.AttributeError("'NoneType' object has no attribute 'norm'"),
  );
});
