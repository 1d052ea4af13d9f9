const given = new Set<string>();

/** Python's `warnings.warn()`, by way of `process.emitWarning`: each text once, as Python shows it once for a line. */
export function warn(message: string): void {
  if (given.has(message)) return;
  given.add(message);
  process.emitWarning(message, "UserWarning");
}
