/** A figure of all rounds: a number for each. */
export interface Figure {
  unit: string;
  typescript: number[];
  python: number[];
  native: number[];
}

/** What the rounds come to: medians, and TypeScript/Python of the rounds, each measured one after the other. */
export interface Summary {
  unit: string;
  typescript: number;
  python?: number;
  native?: number;
  ratio?: { median: number; low: number; high: number };
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function summarize({ unit, typescript, python, native }: Figure): Summary {
  const ratios = python.map((number, round) => typescript[round] / number);
  return {
    unit,
    typescript: median(typescript),
    ...(native.length > 0 && { native: median(native) }),
    ...(python.length > 0 && {
      python: median(python),
      ratio: { median: median(ratios), low: Math.min(...ratios), high: Math.max(...ratios) },
    }),
  };
}
