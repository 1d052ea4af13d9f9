import * as torch from "tstorch";
import { expect, test } from "vitest";

const { nn } = torch;
const onCPU = !torch.cuda.is_available();

test.runIf(onCPU)("without a CUDA device DataParallel is its module", () => {
  const module = nn.Linear(2, 3);
  const parallel = nn.DataParallel(module);
  expect(String(parallel)).toBe("DataParallel(\n  (module): Linear(in_features=2, out_features=3, bias=True)\n)");
  expect(Object.keys(parallel.state_dict())).toEqual(["module.weight", "module.bias"]);
  const x = torch.randn(4, 2);
  expect(parallel(x).equal(module(x))).toBe(true);
  expect(parallel.device_ids).toEqual([]);
  expect(() => nn.parallel.data_parallel(module, x)).toThrow("device type could not be determined");
  expect(() => nn.parallel.gather([x], -1)).toThrow("Gather function not implemented for CPU tensors");
});

test.skipIf(onCPU)("on one CUDA device", () => {
  const parallel = nn.DataParallel(nn.Linear(2, 3), { device_ids: [0] });
  const x = torch.randn(4, 2);
  const out = parallel(x);
  expect([String(out.device), [...out.shape]]).toEqual(["cuda:0", [4, 3]]);
  out.sum().backward();
  expect([...parallel.parameters()].every((parameter) => parameter.grad !== null)).toBe(true);
  const { scatter, gather } = nn.parallel;
  const parts = scatter([x, { mask: x, n: 3 }], [0]);
  expect([parts.length, String(parts[0][0].device), parts[0][1].n]).toEqual([1, "cuda:0", 3]);
  expect(gather(parts, "cpu")[0].equal(x)).toBe(true);
});
