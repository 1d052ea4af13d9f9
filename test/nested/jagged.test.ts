import * as torch from "tstorch";
import { expect, test } from "vitest";
import { replay } from "../recordings/replay.js";

replay("nested.jagged");

const parts = [torch.ones(2, 3), torch.ones(4, 3)];

test("a ragged size is equal to itself alone, and goes with the offsets", () => {
  const nt = torch.nested.nested_tensor(parts, { layout: torch.jagged });
  expect(nt.size(1)).toBe(nt.shape[1]);
  expect(nt.add(1).size(1)).toBe(nt.size(1));
  expect(torch.nested.nested_tensor(parts, { layout: torch.jagged }).size(1)).not.toBe(nt.size(1));
  expect(nt.view(2, nt.size(1), 3, 1).shape.length).toBe(4);
});

test("jagged tensors share the memory of what they were made from", () => {
  const values = torch.zeros(4, 3);
  const nt = torch.nested.nested_tensor_from_jagged(values, torch.tensor([0, 1, 4]));
  nt.values().fill_(7);
  expect(values.sum().item()).toBe(84);
  const [first] = nt.unbind();
  first.zero_();
  expect(values.sum().item()).toBe(63);
});

test("operators that jagged tensors do not have throw, whatever they reach", () => {
  const nt = torch.nested.nested_tensor(parts, { layout: torch.jagged });
  expect(() => nt.cumsum(1)).toThrow(torch.NotImplementedError);
  expect(() => nt.data_ptr()).toThrow(torch.NotImplementedError);
  expect(() => torch.linalg.svd(nt)).toThrow(torch.NotImplementedError);
});

test("modules work on jagged tensors and train", () => {
  const nt = torch.nested.nested_tensor(parts, { layout: torch.jagged });
  const model = torch.nn.Sequential(
    torch.nn.Linear(3, 4),
    torch.nn.ReLU(),
    torch.nn.LayerNorm(4),
    torch.nn.Linear(4, 1),
  );
  const before = model(nt).square().mean().item();
  const optimizer = torch.optim.SGD(model.parameters(), { lr: 0.05 });
  for (let i = 0; i < 20; i++) {
    optimizer.zero_grad();
    model(nt).square().mean().backward();
    optimizer.step();
  }
  expect(model(nt).square().mean().item()).toBeLessThan(before);
});
