import fs from "node:fs";
import path from "node:path";
import * as torch from "tstorch";
import { nn } from "tstorch";
import { FlopCounterMode, register_flop_formula } from "tstorch/utils/flop_counter";
import { ModuleTracker } from "tstorch/utils/module_tracker";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

type Tensor = torch.Tensor;

interface Recorded {
  name: string;
  total: number;
  counts: Record<string, Record<string, number>>;
  tables: [string, string, string];
}

const recorded: { cases: Recorded[]; tracked: [string[], boolean][] } = JSON.parse(
  fs.readFileSync(path.join(import.meta.dirname, "recordings/flop_counter.json"), "utf8"),
);

class Net extends nn.Module {
  conv = nn.Conv2d(3, 8, 3, { padding: 1 });
  head = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4));
  override forward(x: Tensor): Tensor {
    return this.head(torch.relu(this.conv(x)).mean([2, 3]));
  }
}

const { randn } = torch;

const cases: Record<string, () => unknown> = {
  net: () =>
    new Net()(randn(2, 3, 16, 16))
      .sum()
      .backward(),
  twice: () => {
    for (let i = 0; i < 2; i++) {
      new Net()(randn(2, 3, 16, 16, { requires_grad: true }))
        .sum()
        .backward();
    }
  },
  inference: () => torch.inference_mode(() => new Net()(randn(2, 3, 16, 16))),
  attention: () => {
    const q = randn(2, 4, 6, 8, { requires_grad: true });
    const k = randn(2, 4, 5, 8, { requires_grad: true });
    nn.functional.scaled_dot_product_attention(q, k, k).sum().backward();
  },
  transposed: () =>
    nn
      .ConvTranspose2d(
        4,
        6,
        3,
      )(randn(2, 4, 5, 5, { requires_grad: true }))
      .sum()
      .backward(),
  products: () => {
    randn(3, 4).matmul(randn(4, 5));
    torch.bmm(randn(2, 3, 4), randn(2, 4, 5));
    torch.baddbmm(randn(2, 3, 5), randn(2, 3, 4), randn(2, 4, 5));
    torch.einsum("ij,jk->ik", randn(9, 9), randn(9, 9));
  },
  mixed: () => [nn.Linear(4, 5)(randn(3, 4)), torch.mm(randn(30, 30), randn(30, 30))],
  lstm: () =>
    nn
      .LSTM(
        4,
        6,
        2,
      )(randn(5, 3, 4))[0]
      .sum()
      .backward(),
  encoder: () =>
    nn
      .TransformerEncoderLayer(
        8,
        2,
        16,
      )(randn(5, 3, 8))
      .sum()
      .backward(),
  nothing: () => torch.relu(randn(3)),
};

beforeEach(() => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());

describe("FlopCounterMode counts what Python counts", () => {
  test.each(recorded.cases)("$name", ({ name, total, counts, tables }) => {
    const counter = FlopCounterMode({ display: false }, (one) => {
      cases[name]();
      return one;
    });
    expect(counter.get_total_flops()).toBe(total);
    const found = Object.entries(counter.get_flop_counts()).map(([module, operators]) => [
      module,
      Object.fromEntries([...operators].map(([packet, flops]) => [String(packet), flops])),
    ]);
    expect(Object.fromEntries(found)).toEqual(counts);
    expect([null, 1, 3].map((depth) => counter.get_table(depth))).toEqual(tables);
  });
});

test("the table is printed at the end, unless it is not wanted", () => {
  const write = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
  FlopCounterMode(() => torch.mm(randn(2, 3), randn(3, 4)));
  expect(write.mock.calls.map(([text]) => text).join("")).toBe(
    "Module        FLOP    % Total\n----------  ------  ---------\nGlobal          48    100.00%\n - aten.mm      48    100.00%\n",
  );
});

test("formulas of one's own", () => {
  const { ops } = torch;
  register_flop_formula([ops.aten.cos, ops.aten.sin])((shape: number[], { out_shape }: { out_shape: number[] }) => {
    expect(out_shape).toEqual(shape);
    return 5 * shape[0];
  });
  register_flop_formula(ops.aten.cat, { get_raw: true })((tensors: Tensor[], ...rest: unknown[]) => {
    const { out_val } = rest.at(-1) as { out_val: Tensor };
    return out_val.numel() + tensors.length;
  });
  const custom_mapping = new Map([[ops.aten.mm, () => 1]]);
  const counter = FlopCounterMode({ display: false, custom_mapping }, (one) => {
    torch.cat([randn(4).cos(), randn(4).sin()]);
    torch.mm(randn(2, 2), randn(2, 2));
    return one;
  });
  expect(counter.get_total_flops()).toBe(20 + 20 + 10 + 1);
  expect(() => register_flop_formula(ops.aten.cos)(() => 0)).toThrow("duplicate registrations for aten.cos");
  expect(() => register_flop_formula("mm" as never)(() => 0)).toThrow(
    "register_flop_formula(targets): expected each target to be OpOverloadPacket (i.e. torch.ops.mylib.foo), JitFunction, or HigherOrderOperator, got mm which is of type <class 'str'>",
  );
});

test("an error in a formula, or in what is counted, reaches the caller", () => {
  const custom_mapping = new Map([
    [
      torch.ops.aten.mm,
      () => {
        throw new RangeError("mine");
      },
    ],
  ]);
  expect(() => FlopCounterMode({ display: false, custom_mapping }, () => torch.mm(randn(2, 2), randn(2, 2)))).toThrow(
    "mine",
  );
  expect(() => FlopCounterMode({ display: false }, () => torch.mm(randn(2, 2), randn(3, 2)))).toThrow(
    "mat1 and mat2 shapes cannot be multiplied",
  );
  const counter = FlopCounterMode({ display: false }, (one) => one);
  torch.mm(randn(2, 2), randn(2, 2));
  expect(counter.get_total_flops()).toBe(0);
});

test("ModuleTracker knows which modules run, forward and backward", () => {
  const seen: [string[], boolean][] = [];
  const net = new Net();
  ModuleTracker((tracker) => {
    const note = () => {
      seen.push([[...tracker.parents].sort(), tracker.is_bw]);
    };
    net.conv.register_forward_hook(note);
    net.head[2].register_forward_pre_hook(note);
    net.head[0].register_full_backward_hook(note);
    net.conv.register_full_backward_hook(note);
    net(randn(2, 3, 8, 8))
      .sum()
      .backward();
    note();
  });
  expect(seen).toEqual(recorded.tracked);
});
