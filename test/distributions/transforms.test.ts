import * as torch from "tstorch";
import { constraints, Normal, TransformedDistribution } from "tstorch/distributions";
import { AffineTransform, ComposeTransform, ExpTransform, Transform } from "tstorch/distributions/transforms";
import { describe, expect, test } from "vitest";

const { tensor } = torch;

test("a transform is called, and so is its inverse", () => {
  const transform = new AffineTransform({ loc: 1, scale: 2 });
  expect(transform(tensor([1.5])).tolist()).toEqual([4]);
  expect(transform.inv(tensor([4])).tolist()).toEqual([1.5]);
  expect(transform.inv.inv).toBe(transform);
  expect(ComposeTransform([transform, ExpTransform()]).inv.inv).toBeInstanceOf(ComposeTransform);
});

test("with a cache the inverse of a result is the very value", () => {
  const x = tensor([0.5]);
  const plain = ExpTransform();
  expect(plain.inv(plain(x)) === x).toBe(false);
  const cached = ExpTransform({ cache_size: 1 });
  expect(cached.inv(cached(x)) === x).toBe(true);
  expect(cached.with_cache()).toBe(cached);
  expect(plain.with_cache(1)._cache_size).toBe(1);
});

describe("a transform of a user's", () => {
  class Doubled extends Transform {
    static override domain = constraints.real;
    static override codomain = constraints.real;
    static override bijective = true;
    static override sign = 1;

    override _call(x: torch.Tensor): torch.Tensor {
      return x.mul(2);
    }

    override _inverse(y: torch.Tensor): torch.Tensor {
      return y.div(2);
    }

    override log_abs_det_jacobian(x: torch.Tensor, _y: torch.Tensor): torch.Tensor {
      return torch.full_like(x, Math.log(2));
    }
  }

  test("makes a distribution", () => {
    const distribution = TransformedDistribution(Normal(0, 1), new Doubled());
    const value = tensor([0.5, 3]);
    expect(torch.allclose(distribution.log_prob(value), Normal(0, 2).log_prob(value))).toBe(true);
    expect(torch.allclose(distribution.cdf(value), Normal(0, 2).cdf(value))).toBe(true);
    expect(String(new Doubled().inv)).toBe("_InverseTransform(Doubled())");
  });

  test("is copied with a cache unless it has a constructor", () => {
    class Constructs extends Doubled {
      constructor() {
        super(0);
      }
    }
    expect(new Doubled().with_cache()).toBeInstanceOf(Doubled);
    expect(() => new Constructs().with_cache()).toThrow("<class 'Constructs'>.with_cache is not implemented");
  });

  test("without a sign or a domain", () => {
    class Nothing extends Transform {}
    expect(() => new Nothing().sign).toThrow(torch.NotImplementedError);
    expect(() => new Nothing().domain).toThrow("'Nothing' object has no attribute 'domain'");
    expect(() => new Nothing()(tensor(1))).toThrow(torch.NotImplementedError);
  });
});
