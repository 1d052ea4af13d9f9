import * as torch from "tstorch";
import { nn } from "tstorch";
import { beforeEach, describe, expect, test } from "vitest";
import { expectClose, thrown } from "../functional/helpers/values.js";

const { ones } = torch;
// biome-ignore lint/suspicious/noExplicitAny: calls that TypeScript forbids
const untyped = nn as any;

beforeEach(() => {
  torch.manual_seed(0);
});

describe("Linear", () => {
  test("draws its parameters as Python does", () => {
    const m = nn.Linear(3, 2);
    expectClose(
      m.weight,
      [
        [-0.0043, 0.3097, -0.4752],
        [-0.4249, -0.2224, 0.1548],
      ],
      1e-4,
    );
    expectClose(m.bias as torch.Tensor, [-0.0114, 0.4578], 1e-4);
    expectClose(m(ones(3)), [-0.1812, -0.0347], 1e-4);
    expectClose(m({ input: ones(3) }), [-0.1812, -0.0347], 1e-4);
  });

  test("prints, with and without a bias", () => {
    expect(String(nn.Linear(3, 2))).toBe("Linear(in_features=3, out_features=2, bias=True)");
    const m = new nn.Linear(3, 2, { bias: false });
    expect(String(m)).toBe("Linear(in_features=3, out_features=2, bias=False)");
    expect(m.bias).toBe(null);
    expect(Object.keys(m.state_dict())).toEqual(["weight"]);
  });

  test("device and dtype", () => {
    const { weight } = nn.Linear(2, 2, { device: "meta", dtype: torch.float64 });
    expect([weight.device.type, weight.dtype]).toEqual(["meta", torch.float64]);
  });

  test("without inputs", () => {
    expect(String(nn.Linear(0, 2)(ones(1, 0)))).toBe("tensor([[0., 0.]], grad_fn=<AddmmBackward0>)");
  });

  test("can be subclassed", () => {
    class Doubled extends nn.Linear {
      override forward(input: torch.Tensor): torch.Tensor {
        return super.forward(input).mul(2);
      }
    }
    const m = new Doubled(3, 2, { bias: false });
    expect(m).toBeInstanceOf(nn.Linear);
    expect(String(m)).toBe("Doubled(in_features=3, out_features=2, bias=False)");
    expect(m(ones(1, 3)).shape).toEqual([1, 2]);
  });

  test("errors", () => {
    expect(thrown(() => untyped.Linear(3))).toBe(
      "TypeError: Linear.__init__() missing 1 required positional argument: 'out_features'",
    );
    expect(thrown(() => untyped.Linear(3, 2, { foo: 1 }))).toBe(
      "TypeError: Linear.__init__() got an unexpected keyword argument 'foo'",
    );
    expect(thrown(() => untyped.Linear(1, 2, 3, 4, 5, 6))).toBe(
      "TypeError: Linear.__init__() takes from 3 to 6 positional arguments but 7 were given",
    );
    expect(thrown(() => untyped.Linear(3, 2)())).toBe(
      "TypeError: Linear.forward() missing 1 required positional argument: 'input'",
    );
  });
});

test("Identity", () => {
  const x = ones(1);
  expect(nn.Identity(54, { unused: 0.1 })(x)).toBe(x);
  expect(String(nn.Identity())).toBe("Identity()");
  expect(thrown(() => untyped.Identity()(x, 2))).toBe(
    "TypeError: Identity.forward() takes 2 positional arguments but 3 were given",
  );
});

test("Bilinear", () => {
  const m = nn.Bilinear(2, 2, 1);
  expectClose(m(ones(2), { input2: ones(2) }), [-1.0007], 1e-4);
  expect(String(m)).toBe("Bilinear(in1_features=2, in2_features=2, out_features=1, bias=True)");
  expect(thrown(() => nn.Bilinear(0, 2, 3))).toBe("ValueError: in1_features must be > 0, but got (in1_features=0)");
});

describe("LazyLinear", () => {
  test("becomes a Linear in the first call", () => {
    const m = nn.LazyLinear(3);
    expect(String(m)).toBe("LazyLinear(in_features=0, out_features=3, bias=True)");
    expect(String(m.weight)).toBe("<UninitializedParameter>");
    expect(m).toBeInstanceOf(nn.Linear);
    torch.manual_seed(1);
    expect(m(ones(2, 4)).sum().item()).toBeCloseTo(0.5565752983093262, 5);
    expect(String(m)).toBe("Linear(in_features=4, out_features=3, bias=True)");
    expect(m.weight.shape).toEqual([3, 4]);
  });

  test("takes its size from a state dict", () => {
    const m = nn.LazyLinear(3);
    const given = nn.Linear(4, 3);
    m.load_state_dict(given.state_dict());
    expect(m.weight.tolist()).toEqual(given.weight.tolist());
    expect(m.constructor.name).toBe("LazyLinear");
    m(ones(1, 4));
    expect(String(m)).toBe("Linear(in_features=4, out_features=3, bias=True)");
  });

  test("errors", () => {
    expect(thrown(() => untyped.LazyLinear())).toBe(
      "TypeError: LazyLinear.__init__() missing 1 required positional argument: 'out_features'",
    );
  });
});
