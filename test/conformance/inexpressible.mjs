// Recorded calls that no JavaScript can make: a replay leaves them out and says how many.

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
