import * as torch from "tstorch";
import { afterEach, describe, expect, test } from "vitest";

const { device, nn } = torch;

afterEach(() => torch.set_default_device(null));

/** What makes tensors on the device of the mode, as torch/utils/_device.py lists it. */
const made: Record<string, () => torch.Tensor> = {
  empty: () => torch.empty(2, 3),
  empty_permuted: () => torch.empty_permuted([2, 3], [1, 0]),
  empty_strided: () => torch.empty_strided([2, 3], [3, 1]),
  ones: () => torch.ones(2),
  arange: () => torch.arange(0, 5, 2),
  bartlett_window: () => torch.bartlett_window(3),
  blackman_window: () => torch.blackman_window(3),
  eye: () => torch.eye(2),
  "fft.fftfreq": () => torch.fft.fftfreq(4),
  "fft.rfftfreq": () => torch.fft.rfftfreq(4),
  full: () => torch.full([2], 1.5),
  hamming_window: () => torch.hamming_window(3),
  hann_window: () => torch.hann_window(3),
  kaiser_window: () => torch.kaiser_window(3),
  linspace: () => torch.linspace(0, 1, 3),
  logspace: () => torch.logspace(0, 1, 3),
  rand: () => torch.rand(2),
  randn: () => torch.randn(2),
  randint: () => torch.randint(5, [2]),
  range: () => torch.range(0, 3),
  zeros: () => torch.zeros([2]),
  asarray: () => torch.asarray([1, 2]),
  tensor: () => torch.tensor([1.5]),
  as_tensor: () => torch.as_tensor([1.5]),
  scalar_tensor: () => torch.scalar_tensor(1),
  "with null": () => torch.ones(2, { device: null }),
  "with a dtype": () => torch.zeros(2, { dtype: torch.int64, requires_grad: false }),
};

describe("torch.device() as a mode", () => {
  test.each(Object.entries(made))("%s is made there", (_, make) => {
    expect(make().device.type).toBe("cpu");
    expect(device("meta", make).device.type).toBe("meta");
    expect(make().device.type).toBe("cpu");
  });

  test("what libtorch cannot make on meta is tried there", () => {
    for (const make of [() => torch.randperm(3), () => torch.tril_indices(2, 2), () => torch.triu_indices(2, 2)]) {
      let place = "";
      try {
        place = device("meta", make).device.type;
      } catch (error) {
        expect(error).toBeInstanceOf(torch.NotImplementedError);
        place = (error as Error).message.includes("with Meta tensors") ? "meta" : "elsewhere";
      }
      expect(place).toBe("meta");
    }
  });

  test("around a function, and with using", () => {
    expect(device("meta", () => 5)).toBe(5);
    expect(device("cuda", 1, () => torch.get_default_device())).toEqual(device("cuda:1"));
    {
      using _ = device("meta");
      expect(torch.zeros(1).is_meta).toBe(true);
      {
        using _ = device("cpu");
        expect(torch.zeros(1).is_cpu).toBe(true);
        expect(device(device("meta"), () => torch.zeros(1).is_meta)).toBe(true);
      }
      expect(torch.zeros(1).is_meta).toBe(true);
    }
    expect(torch.zeros(1).is_cpu).toBe(true);
    const error = new Error("mine");
    expect(() =>
      device("meta", () => {
        throw error;
      }),
    ).toThrow(error);
    expect(torch.zeros(1).is_cpu).toBe(true);
  });

  test("what is told where, or has a place already, is there", () => {
    const x = torch.ones(2);
    device("meta", () => {
      expect(torch.ones(1, { device: "cpu" }).is_cpu).toBe(true);
      expect(torch.ones_like(x).is_cpu).toBe(true);
      expect(x.new_ones(2).is_cpu).toBe(true);
      expect(torch.zeros(2, { out: torch.empty(2, { device: "cpu" }) }).is_cpu).toBe(true);
      expect(torch.from_numpy(new Float32Array(2)).is_cpu).toBe(true);
      expect(torch.normal(0, 1, [2]).is_cpu).toBe(true);
      expect(x.add(1).is_cpu).toBe(true);
      expect(x.to(torch.float64).is_cpu).toBe(true);
      expect(torch.as_tensor(x).is_meta).toBe(false);
    });
  });

  test("modules are made there", () => {
    const modules = device("meta", () => [
      nn.Linear(2, 3),
      nn.Conv2d(1, 2, 3),
      nn.BatchNorm1d(3),
      nn.Embedding(4, 2),
      nn.LSTM(2, 3, { num_layers: 2, bidirectional: true }),
      nn.LayerNorm(3),
      nn.TransformerEncoderLayer(8, 2),
    ]);
    for (const module of modules) {
      for (const [name, value] of Object.entries(module.state_dict() as Record<string, torch.Tensor>)) {
        expect(value.is_meta, `${module.constructor.name}.${name}`).toBe(true);
      }
    }
    expect(nn.Linear(2, 3).weight.is_cpu).toBe(true);
  });

  test("a device is not a mode before it is used as one", () => {
    const place = device("meta");
    expect(torch.zeros(1).is_cpu).toBe(true);
    expect(String(place)).toBe("meta");
    expect(device(place).equals(place)).toBe(true);
    expect(torch.zeros(1).is_cpu).toBe(true);
  });
});

test("set_default_device() reaches everything that is made without a device", () => {
  torch.set_default_device("meta");
  for (const make of Object.values(made)) expect(make().device.type).toBe("meta");
  expect(device("cpu", () => torch.ones(1).is_cpu)).toBe(true);
  expect(torch.ones(1).is_meta).toBe(true);
  torch.set_default_device(null);
  for (const make of Object.values(made)) expect(make().device.type).toBe("cpu");
});
