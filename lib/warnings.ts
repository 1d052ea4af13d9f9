// Python's warnings module, as far as ours needs it.

/** Python's classes of warnings that PyTorch uses. */
export type Category = "UserWarning" | "FutureWarning" | "DeprecationWarning";

/** Gives a warning by way of `process.emitWarning`; the same text may come again. */
export function warn(message: string, category: Category = "UserWarning"): void {
  process.emitWarning(message, category);
}
