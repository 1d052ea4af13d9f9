// The exceptions, each with its reason: recorded calls that no JavaScript can make, which a replay leaves out, and numbers that
// another CPU rounds otherwise. A replay says how many there are of both.

const rules = [
  {
    why: "x[key] has one key and no keyword arguments; what index() gets are the parts of the key",
    is: ({ call, kwargs, message }) =>
      call === "torch.Tensor.__getitem__" &&
      (Object.keys(kwargs).length > 0 || message.startsWith("expected 1 argument, got")),
  },
  {
    why: "text between the brackets is Python's own there: the str that Python refuses would be x['\"x\"']",
    is: ({ call, args }) => call === "torch.Tensor.__getitem__" && args[1].some((part) => typeof part === "string"),
  },
];

/** Why a case of kind `errors` cannot be replayed, or undefined. */
export const inexpressible = (c) => rules.find((rule) => rule.is(c))?.why;

/** By their names in op_db: their sums are in the order of the CPU's kernels, and cancel. */
const rounded = [
  { why: "products by BLAS", is: /^(add|badd)?bmm$|^(add)?m[mv]$|matmul|einsum|tensordot|cdist|inner|linear$/ },
  { why: "convolutions by oneDNN or BLAS", is: /conv/ },
  {
    why: "factorizations by LAPACK",
    is: /svd|pca|eig|cond|pinv|lstsq|qr|house|det|inv|solve|lu|cholesky|matrix_rank|norm$/,
  },
  {
    why: "layers of products by BLAS",
    is: /^(RNN|LSTM|GRU|Transformer|Multihead|Conv|Linear|Bilinear|LazyConv|LazyLinear)/,
  },
];

/** Whether a mismatch is a rounding of another CPU: single precision, and nearer than a ten-thousandth. */
export function isRounding({ op, module }, mismatch) {
  const [, got, want] = /: element \d+ is (\S+), not (\S+)$/.exec(mismatch) ?? [];
  const near = Math.abs(Number(got) - Number(want)) <= 1e-4 * Math.max(1, Math.abs(Number(want)));
  return near && rounded.some(({ is }) => is.test(op ?? module ?? ""));
}
