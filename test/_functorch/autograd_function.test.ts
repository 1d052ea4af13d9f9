import * as torch from "tstorch";
import { grad, jacfwd, jvp, vmap } from "tstorch/func";
import { expect, test } from "vitest";

type T = torch.Tensor;

/** What a Function's static methods are given. */
interface Ctx {
  saved_tensors: T[];
  save_for_forward(...tensors: T[]): void;
}

class Product extends torch.autograd.Function {
  static override generate_vmap_rule = true;
  static override forward(x: T, y: T) {
    return x.mul(x).mul(y);
  }
  static override setup_context = (ctx: Ctx, inputs: T[]) => ctx.save_for_forward(...inputs);
  static override jvp(ctx: Ctx, dx: T | null, dy: T | null) {
    const [x, y] = ctx.saved_tensors;
    return x
      .mul(2)
      .mul(y)
      .mul(dx ?? 0)
      .add(x.mul(x).mul(dy ?? 0));
  }
}

const product = (x: T, y: T): T => Product.apply(x, y);
const x = torch.tensor([1.5, 2.5]);
const y = torch.tensor([0.5, 3.5]);

test("jvp under jvp(), jacfwd() and vmap()", () => {
  expect(jvp(product, [x, y], [y, x])[1].tolist()).toEqual([4.125, 76.875]);
  expect(jacfwd((x: T) => product(x, y))(x).tolist()).toEqual([[1.5, 0], [0, 17.5]]); // biome-ignore format: one row
  const tangent = (x: T, y: T) => jvp(product, [x, y], [y, x])[1];
  expect(vmap(tangent)(x, y).tolist()).toEqual([4.125, 76.875]);
  expect(vmap(tangent, [0, null])(x, y[0]).tolist()).toEqual([4.125, 16.875]);
});

test("hooks on saved tensors are refused", () => {
  const { saved_tensors_hooks } = torch.autograd.graph;
  const hooked = (x: T): T => saved_tensors_hooks((t: T) => t, (t: T) => t, () => x.sin().sum()); // biome-ignore format: one row
  expect(() => grad(hooked)(x)).toThrow(/torch.func.{grad, vjp, jacrev, hessian} don't yet support saved tensor hooks/);
  expect(grad((x: T) => x.sin().sum())(x).shape).toEqual(x.shape);
});
