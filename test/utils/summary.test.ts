import * as torch from "tstorch";
import { nn } from "tstorch";
import { summary } from "tstorch/utils/summary";
import { expect, test } from "vitest";

const model = () =>
  nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Sequential(nn.Flatten(), nn.Linear(4 * 6 * 6, 10)));

test("the table has each layer's output shape and parameters", () => {
  const net = model();
  net[0].weight.requires_grad_(false);
  const result = summary(net, torch.zeros([2, 1, 8, 8]));
  expect(`${result}`).toBe(
    [
      "============================================",
      "Layer (type (name))  Output Shape  Param #",
      "============================================",
      "Sequential           [2, 10]       1,498",
      "├─Conv2d (0)         [2, 4, 6, 6]  40",
      "├─BatchNorm2d (1)    [2, 4, 6, 6]  8",
      "├─Sequential (2)     [2, 10]       1,450",
      "│    ├─Flatten (0)   [2, 144]      --",
      "│    ├─Linear (1)    [2, 10]       1,450",
      "============================================",
      "Total params: 1,498",
      "Trainable params: 1,462",
      "Non-trainable params: 36",
      "============================================",
    ].join("\n"),
  );
});

test("leaves the model as it was", () => {
  const net = model();
  const mean = net[1].running_mean?.clone();
  summary(net, { input_data: [torch.ones([2, 1, 8, 8])], depth: 1 });
  expect([net.training, net[1].training]).toEqual([true, true]);
  expect(net[1].running_mean?.equal(mean as torch.Tensor)).toBe(true);
  expect(() => summary(net, torch.zeros([2, 3, 8, 8]))).toThrow(torch.RuntimeError);
  expect(net.training).toBe(true);
});

test("without inputs there are no shapes; shared parameters count once", () => {
  const linear = nn.Linear(2, 2);
  const { layers, total_params } = summary(nn.Sequential(linear, linear));
  expect(layers[1].output_size).toEqual([]);
  expect(total_params).toBe(6);
});
