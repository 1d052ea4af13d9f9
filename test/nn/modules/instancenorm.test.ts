import * as torch from "tstorch";
import { nn } from "tstorch";
import { describe, expect, test } from "vitest";
import { expectClose, f32, thrown } from "../functional/helpers/values.js";

const { ones } = torch;

describe("InstanceNorm1d, 2d and 3d", () => {
  test("with and without a batch", () => {
    const x = f32([
      [1, 2],
      [3, 5],
    ]);
    const m = nn.InstanceNorm1d(2);
    expectClose(
      m(x),
      [
        [-1, 1],
        [-1, 1],
      ],
      1e-4,
    );
    expectClose(
      m(x.unsqueeze(0)),
      [
        [
          [-1, 1],
          [-1, 1],
        ],
      ],
      1e-4,
    );
    expect(nn.InstanceNorm2d(2)(ones(2, 2, 2)).shape).toEqual([2, 2, 2]);
    expect(nn.InstanceNorm3d(2)(ones(1, 2, 2, 2, 2)).shape).toEqual([1, 2, 2, 2, 2]);
  });

  test("running statistics", () => {
    const m = nn.InstanceNorm1d(2, { affine: true, track_running_stats: true });
    m(
      f32([
        [
          [1, 2],
          [3, 5],
        ],
      ]),
    );
    expectClose(m.running_mean as torch.Tensor, [0.15, 0.4]);
    expectClose(m.running_var as torch.Tensor, [0.95, 1.1]);
  });

  test("prints", () => {
    expect(String(nn.InstanceNorm1d(2))).toBe(
      "InstanceNorm1d(2, eps=1e-05, momentum=0.1, affine=False, bias=False, track_running_stats=False)",
    );
  });

  test("errors", () => {
    expect(thrown(() => nn.InstanceNorm1d(3)(ones(3)))).toBe("ValueError: expected 2D or 3D input (got 1D input)");
    expect(thrown(() => nn.InstanceNorm2d(3, { affine: true })(ones(2, 4, 2, 2)))).toBe(
      "ValueError: expected input's size at dim=1 to match num_features (3), but got: 4.",
    );
    expect(thrown(() => nn.InstanceNorm1d(2)(ones(2, 2, 1)))).toBe(
      "ValueError: Expected more than 1 spatial element when training, got input size torch.Size([2, 2, 1])",
    );
    const state = { running_mean: torch.zeros(2), running_var: ones(2) };
    expect(thrown(() => nn.InstanceNorm1d(2).load_state_dict(state))).toBe(
      'RuntimeError: Error(s) in loading state_dict for InstanceNorm1d:\n\tUnexpected running stats buffer(s) "running_mean" and "running_var" for InstanceNorm1d with track_running_stats=False. If state_dict is a checkpoint saved before 0.4.0, this may be expected because InstanceNorm1d does not track running stats by default since 0.4.0. Please remove these keys from state_dict. If the running stats are actually needed, instead set track_running_stats=True in InstanceNorm1d to enable them. See the documentation of InstanceNorm1d for details.',
    );
  });
});

test.each([
  [nn.LazyInstanceNorm1d(), ones(2, 4, 3), "InstanceNorm1d", "affine=True, bias=True"],
  [nn.LazyInstanceNorm2d({ affine: false }), ones(2, 4, 2, 2), "InstanceNorm2d", "affine=False, bias=False"],
  [nn.LazyInstanceNorm3d(), ones(2, 4, 2, 2, 2), "InstanceNorm3d", "affine=True, bias=True"],
])("%s", (m, input, name, text) => {
  m(input);
  expect(String(m)).toBe(`${name}(4, eps=1e-05, momentum=0.1, ${text}, track_running_stats=True)`);
});
