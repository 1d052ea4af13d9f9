// torch/signal/windows/windows.py

import type { Tensor } from "../../_tensor.js";
import { def } from "../../arguments/function.js";
import * as dtypes from "../../dtype.js";
import { ValueError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { type layout, strided } from "../../layout.js";
import { floatRepr } from "../../python/format.js";
import { get_default_dtype, tensor } from "../../tensor_new.js";
import type { DeviceLike, dtype } from "../../types.js";

/** How a window is made: the keywords that all windows take. */
interface Options {
  readonly dtype: dtype;
  readonly layout: layout;
  readonly device: DeviceLike | null;
  readonly requires_grad: boolean;
}

const keywords = ["sym", "dtype", "layout", "device", "requires_grad"] as const;

/** The options of a window; throws ValueError for what none can be made of. */
function checked(
  name: string,
  M: number,
  dtype: dtype | null,
  layout: layout,
  device: DeviceLike | null,
  requires_grad: boolean,
): Options {
  const type = dtype ?? get_default_dtype();
  if (M < 0) throw new ValueError(`${name} requires non-negative window length, got M=${M}`);
  if (layout !== strided) throw new ValueError(`${name} is implemented for strided tensors only, got: ${layout}`);
  if (type !== dtypes.float32 && type !== dtypes.float64) {
    throw new ValueError(`${name} expects float32 or float64 dtypes, got: ${type}`);
  }
  return { dtype: type, layout, device, requires_grad };
}

const empty = (options: Options) => torch.empty([0], options);
const one = (options: Options) => torch.ones([1], options);

/**
 * A window that falls off exponentially from its center: exp(-\|n - center\| / tau).
 *
 * `exponential(M, *, center=None, tau=1.0, sym=True, dtype=None, layout=torch.strided, device=None,
 * requires_grad=False) -> Tensor`
 *
 * @param M the number of points
 * @param center by default the middle; not for symmetric windows
 *
 * Throws ValueError for a negative `M`, for `tau` <= 0 and for dtypes but float32 and float64.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.signal.windows.exponential.html}
 */
export const exponential = def(
  "exponential",
  ["M", "*", "center", "tau", ...keywords],
  (
    M: number,
    center: number | null = null,
    tau = 1.0,
    sym = true,
    dtype: dtype | null = null,
    layout: layout = strided,
    device: DeviceLike | null = null,
    requires_grad = false,
  ): Tensor => {
    const options = checked("exponential", M, dtype, layout, device, requires_grad);
    if (tau <= 0) throw new ValueError(`Tau must be positive, got: ${floatRepr(tau)} instead.`);
    if (sym && center !== null) throw new ValueError("Center must be None for symmetric windows");
    if (M === 0) return empty(options);
    const middle = center ?? (!sym && M > 1 ? M : M - 1) / 2;
    const constant = 1 / tau;
    const k = torch.linspace(-middle * constant, (-middle + (M - 1)) * constant, M, options);
    return torch.exp(torch.abs(k).neg());
  },
);

/**
 * A window that is half a period of a sine: sin(pi (n + 0.5) / M).
 *
 * `cosine(M, *, sym=True, dtype=None, layout=torch.strided, device=None, requires_grad=False) -> Tensor`
 *
 * @param M the number of points
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.signal.windows.cosine.html}
 */
export const cosine = def(
  "cosine",
  ["M", "*", ...keywords],
  (
    M: number,
    sym = true,
    dtype: dtype | null = null,
    layout: layout = strided,
    device: DeviceLike | null = null,
    requires_grad = false,
  ): Tensor => {
    const options = checked("cosine", M, dtype, layout, device, requires_grad);
    if (M === 0) return empty(options);
    const constant = Math.PI / (!sym && M > 1 ? M + 1 : M);
    return torch.sin(torch.linspace(0.5 * constant, (0.5 + (M - 1)) * constant, M, options));
  },
);

/**
 * A window with the shape of a normal distribution: exp(-(n - (M - 1) / 2)^2 / (2 std^2)).
 *
 * `gaussian(M, *, std=1.0, sym=True, dtype=None, layout=torch.strided, device=None, requires_grad=False) -> Tensor`
 *
 * @param M the number of points
 *
 * Throws ValueError for `std` <= 0.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.signal.windows.gaussian.html}
 */
export const gaussian = def(
  "gaussian",
  ["M", "*", "std", ...keywords],
  (
    M: number,
    std = 1.0,
    sym = true,
    dtype: dtype | null = null,
    layout: layout = strided,
    device: DeviceLike | null = null,
    requires_grad = false,
  ): Tensor => {
    const options = checked("gaussian", M, dtype, layout, device, requires_grad);
    if (std <= 0) throw new ValueError(`Standard deviation must be positive, got: ${floatRepr(std)} instead.`);
    if (M === 0) return empty(options);
    const start = -(!sym && M > 1 ? M : M - 1) / 2;
    const constant = 1 / (std * Math.sqrt(2));
    const k = torch.linspace(start * constant, (start + (M - 1)) * constant, M, options);
    return torch.exp(k.pow(2).neg());
  },
);

/**
 * The Kaiser window: I0(beta sqrt(1 - ((n - N) / N)^2)) / I0(beta), with N = (M - 1) / 2.
 *
 * `kaiser(M, *, beta=12.0, sym=True, dtype=None, layout=torch.strided, device=None, requires_grad=False) -> Tensor`
 *
 * @param M the number of points
 *
 * Throws ValueError for a negative `beta`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.signal.windows.kaiser.html}
 */
export const kaiser = def(
  "kaiser",
  ["M", "*", "beta", ...keywords],
  (
    M: number,
    beta = 12.0,
    sym = true,
    dtype: dtype | null = null,
    layout: layout = strided,
    device: DeviceLike | null = null,
    requires_grad = false,
  ): Tensor => {
    const options = checked("kaiser", M, dtype, layout, device, requires_grad);
    if (beta < 0) throw new ValueError(`beta must be non-negative, got: ${floatRepr(beta)} instead.`);
    if (M === 0) return empty(options);
    if (M === 1) return one(options);
    // In the window's own precision, so that the root below has no negative argument.
    const b = tensor(beta, { dtype: options.dtype, device });
    const start = b.neg();
    const constant = b.mul(2).div(sym ? M - 1 : M);
    const end = torch.minimum(b, start.add(constant.mul(M - 1)));
    const k = torch.linspace(start, end, M, options);
    return torch.i0(torch.sqrt(b.mul(b).sub(torch.pow(k, 2)))).div(torch.i0(b));
  },
);

/**
 * A sum of cosines: sum over i of (-1)^i a_i cos(2 pi i n / (M - 1)).
 *
 * `general_cosine(M, *, a, sym=True, dtype=None, layout=torch.strided, device=None, requires_grad=False) -> Tensor`
 *
 * @param M the number of points
 * @param a the coefficients
 *
 * Throws ValueError if there are no coefficients.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.signal.windows.general_cosine.html}
 */
export const general_cosine = def(
  "general_cosine",
  ["M", "*", "a", ...keywords],
  (
    M: number,
    a: Iterable<number>,
    sym = true,
    dtype: dtype | null = null,
    layout: layout = strided,
    device: DeviceLike | null = null,
    requires_grad = false,
  ): Tensor => {
    const options = checked("general_cosine", M, dtype, layout, device, requires_grad);
    if (M === 0) return empty(options);
    if (M === 1) return one(options);
    if (typeof a !== "object" || a === null || !(Symbol.iterator in a)) {
      throw new TypeError("Coefficients must be a list/tuple");
    }
    const coefficients = [...a];
    if (!coefficients.length) throw new ValueError("Coefficients cannot be empty");
    const constant = (2 * Math.PI) / (sym ? M - 1 : M);
    const k = torch.linspace(0, (M - 1) * constant, M, options);
    const signed = coefficients.map((w, i) => (i % 2 ? -w : w));
    const { layout: _, ...where } = options;
    const a_i = tensor(signed, where);
    const i = torch.arange(coefficients.length, where);
    return a_i
      .unsqueeze(-1)
      .mul(torch.cos(i.unsqueeze(-1).mul(k)))
      .sum(0);
  },
);

/** Makes a window that is a sum of cosines with these coefficients. */
function cosines(name: string, coefficients: readonly number[], checks = false) {
  return def(
    name,
    ["M", "*", ...keywords],
    (
      M: number,
      sym = true,
      dtype: dtype | null = null,
      layout: layout = strided,
      device: DeviceLike | null = null,
      requires_grad = false,
    ): Tensor => {
      if (checks) checked(name, M, dtype, layout, device, requires_grad);
      return general_cosine(M, { a: coefficients, sym, dtype, layout, device, requires_grad });
    },
  );
}

/**
 * The Hamming window: 0.54 - 0.46 cos(2 pi n / (M - 1)).
 *
 * `hamming(M, *, sym=True, dtype=None, layout=torch.strided, device=None, requires_grad=False) -> Tensor`
 *
 * @param M the number of points
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.signal.windows.hamming.html}
 */
export const hamming = cosines("hamming", [0.54, 1 - 0.54]);

/**
 * The Hann window: 0.5 - 0.5 cos(2 pi n / (M - 1)).
 *
 * `hann(M, *, sym=True, dtype=None, layout=torch.strided, device=None, requires_grad=False) -> Tensor`
 *
 * @param M the number of points
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.signal.windows.hann.html}
 */
export const hann = cosines("hann", [0.5, 0.5]);

/**
 * The Blackman window: 0.42 - 0.5 cos(2 pi n / (M - 1)) + 0.08 cos(4 pi n / (M - 1)).
 *
 * `blackman(M, *, sym=True, dtype=None, layout=torch.strided, device=None, requires_grad=False) -> Tensor`
 *
 * @param M the number of points
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.signal.windows.blackman.html}
 */
export const blackman = cosines("blackman", [0.42, 0.5, 0.08], true);

/**
 * The Nuttall window of four terms.
 *
 * `nuttall(M, *, sym=True, dtype=None, layout=torch.strided, device=None, requires_grad=False) -> Tensor`
 *
 * @param M the number of points
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.signal.windows.nuttall.html}
 */
export const nuttall = cosines("nuttall", [0.3635819, 0.4891775, 0.1365995, 0.0106411]);

/**
 * The triangular Bartlett window: 1 - \|2 n / (M - 1) - 1\|.
 *
 * `bartlett(M, *, sym=True, dtype=None, layout=torch.strided, device=None, requires_grad=False) -> Tensor`
 *
 * @param M the number of points
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.signal.windows.bartlett.html}
 */
export const bartlett = def(
  "bartlett",
  ["M", "*", ...keywords],
  (
    M: number,
    sym = true,
    dtype: dtype | null = null,
    layout: layout = strided,
    device: DeviceLike | null = null,
    requires_grad = false,
  ): Tensor => {
    const options = checked("bartlett", M, dtype, layout, device, requires_grad);
    if (M === 0) return empty(options);
    if (M === 1) return one(options);
    const constant = 2 / (sym ? M - 1 : M);
    return torch.rsub(torch.abs(torch.linspace(-1, -1 + (M - 1) * constant, M, options)), 1);
  },
);

/**
 * The generalized Hamming window: alpha - (1 - alpha) cos(2 pi n / (M - 1)).
 *
 * `general_hamming(M, *, alpha=0.54, sym=True, dtype=None, layout=torch.strided, device=None,
 * requires_grad=False) -> Tensor`
 *
 * @param M the number of points
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.signal.windows.general_hamming.html}
 */
export const general_hamming = def(
  "general_hamming",
  ["M", "*", "alpha", ...keywords],
  (
    M: number,
    alpha = 0.54,
    sym = true,
    dtype: dtype | null = null,
    layout: layout = strided,
    device: DeviceLike | null = null,
    requires_grad = false,
  ): Tensor => general_cosine(M, { a: [alpha, 1 - alpha], sym, dtype, layout, device, requires_grad }),
);
