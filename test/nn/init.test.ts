import * as torch from "tstorch";
import * as init from "tstorch/nn/init";
import { beforeEach, describe, expect, test } from "vitest";
import { expectClose, thrown } from "./functional/helpers/values.js";

const { empty } = torch;

beforeEach(() => {
  torch.manual_seed(0);
});

describe("calculate_gain", () => {
  test("of each nonlinearity", () => {
    expect(init.calculate_gain("linear")).toBe(1);
    expect(init.calculate_gain("conv_transpose3d")).toBe(1);
    expect(init.calculate_gain("sigmoid")).toBe(1);
    expect(init.calculate_gain("tanh")).toBe(1.6666666666666667);
    expect(init.calculate_gain("relu")).toBe(Math.SQRT2);
    expect(init.calculate_gain("selu")).toBe(0.75);
    expect(init.calculate_gain("leaky_relu")).toBe(1.4141428569978354);
    expect(init.calculate_gain("leaky_relu", { param: 0.2 })).toBe(1.3867504905630728);
  });

  test("errors", () => {
    expect(thrown(() => init.calculate_gain("gelu" as "relu"))).toBe("ValueError: Unsupported nonlinearity gelu");
    expect(thrown(() => init.calculate_gain("leaky_relu", true as unknown as number))).toBe(
      "ValueError: negative_slope True not a valid number",
    );
  });
});

describe("random numbers come as in Python", () => {
  test("uniform_ and normal_", () => {
    expect(String(init.uniform_(empty(2, 3), -1, 2))).toBe(
      "tensor([[ 0.4888,  1.3047, -0.7346],\n        [-0.6039, -0.0777,  0.9022]])",
    );
    torch.manual_seed(0);
    expect(String(init.normal_(empty(2, 3), { mean: 1, std: 0.5 }))).toBe(
      "tensor([[ 1.7705,  0.8533, -0.0894],\n        [ 1.2842,  0.4577,  0.3007]])",
    );
  });

  test("trunc_normal_ with wide, one-sided and narrow bounds", () => {
    expectClose(init.trunc_normal_(empty(3, 4))[0], [1.541, -0.2934, -1.0712, 0.5684], 1e-4);
    torch.manual_seed(0);
    expectClose(init.trunc_normal_(empty(3, 4), { a: 1, b: 3 })[0], [1.9925, 1.5259, 1.177, 1.2641], 1e-4);
    torch.manual_seed(0);
    expectClose(
      init.trunc_normal_(empty(3, 4), { std: 5, a: -0.5, b: 0.5 })[0],
      [-0.0037, 0.2682, -0.4115, -0.368],
      1e-4,
    );
  });

  test("xavier_uniform_ and xavier_normal_", () => {
    expectClose(init.xavier_uniform_(empty(2, 3), { gain: 2 })[0], [-0.0164, 1.1753, -1.8032], 1e-4);
    torch.manual_seed(0);
    expectClose(init.xavier_normal_(empty(2, 3, 2))[0][0], [0.6892, -0.1312], 1e-4);
  });

  test("kaiming_uniform_ and kaiming_normal_", () => {
    const weight = init.kaiming_uniform_(empty(2, 3), { mode: "fan_out", nonlinearity: "relu" });
    expectClose(weight[0], [-0.013, 0.9291, -1.4256], 1e-4);
    torch.manual_seed(0);
    expectClose(init.kaiming_normal_(empty(2, 3, 2), { a: 0.1 })[0][0], [0.8853, -0.1686], 1e-4);
  });

  test("orthogonal_", () => {
    expectClose(
      init.orthogonal_(empty(2, 3)),
      [
        [0.574, -0.1093, -0.8115],
        [-0.3454, -0.9309, -0.1189],
      ],
      1e-4,
    );
    torch.manual_seed(0);
    expectClose(init.orthogonal_(empty(3, 2), { gain: 2 })[0], [1.0699, -0.3399], 1e-4);
  });

  test("sparse_", () => {
    expectClose(
      init.sparse_(empty(4, 2), { sparsity: 0.5 }),
      [
        [0, -0.0029],
        [0, 0],
        [-0.0108, -0.014],
        [0.004, 0],
      ],
      1e-4,
    );
  });

  test("of a generator", () => {
    const generator = torch.Generator().manual_seed(5);
    expectClose(init.uniform_(empty(2), { generator }), [0.8303, 0.1261], 1e-4);
    expectClose(init.kaiming_normal_(empty(2, 2), { generator })[0], [-0.058, 0.9444], 1e-4);
  });
});

test("constant_, ones_ and zeros_ fill in place, outside of autograd", () => {
  const parameter = new torch.nn.Parameter(empty(2));
  expect(init.constant_(parameter, 0.5)).toBe(parameter);
  expect(parameter.tolist()).toEqual([0.5, 0.5]);
  expect(parameter.grad_fn).toBe(null);
  expect(init.ones_(empty(2)).tolist()).toEqual([1, 1]);
  expect(init.zeros_(empty(2)).tolist()).toEqual([0, 0]);
});

test("eye_ and dirac_", () => {
  expect(init.eye_(new torch.nn.Parameter(empty(2, 3))).tolist()).toEqual([
    [1, 0, 0],
    [0, 1, 0],
  ]);
  expect(
    init
      .dirac_(empty(4, 2, 3), { groups: 2 })
      .select(2, 1)
      .tolist(),
  ).toEqual([
    [1, 0],
    [0, 1],
    [1, 0],
    [0, 1],
  ]);
});

test("a tensor without elements stays as it is", () => {
  expect(init.kaiming_uniform_(empty(0, 2)).shape).toEqual([0, 2]);
});

test("the old names", () => {
  expectClose(init.uniform(empty(2)), [0.4963, 0.7682], 1e-4);
  expect(init.constant(empty(1), { val: 3 }).item()).toBe(3);
});

test("errors", () => {
  expect(thrown(() => init.constant_(...([empty(2)] as unknown as [torch.Tensor, number])))).toBe(
    "TypeError: constant_() missing 1 required positional argument: 'val'",
  );
  expect(thrown(() => init.eye_(empty(2)))).toBe("ValueError: Only tensors with 2 dimensions are supported");
  expect(thrown(() => init.sparse_(empty(2), 0.5))).toBe("ValueError: Only tensors with 2 dimensions are supported");
  expect(thrown(() => init.dirac_(empty(4, 2)))).toBe(
    "ValueError: Only tensors with 3, 4, or 5 dimensions are supported",
  );
  expect(thrown(() => init.dirac_(empty(3, 2, 3), 2))).toBe("ValueError: dim 0 must be divisible by groups");
  expect(thrown(() => init.orthogonal_(empty(3)))).toBe(
    "ValueError: Only tensors with 2 or more dimensions are supported",
  );
  expect(thrown(() => init.xavier_normal_(empty(2)))).toBe(
    "ValueError: Fan in and fan out can not be computed for tensor with fewer than 2 dimensions",
  );
  expect(thrown(() => init.kaiming_normal_(empty(2, 2), { mode: "Fan" as "fan_in" }))).toBe(
    "ValueError: Mode fan not supported, please use one of ['fan_in', 'fan_out']",
  );
});
