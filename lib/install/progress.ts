/** How the installer speaks: lines always, a bar only on a terminal. */
export type Report = {
  line(text: string): void;
  /** Starts a bar; the function that comes back adds bytes to it. */
  bar(label: string, total: number): { add(bytes: number): void; end(): void };
};

/** A report on standard error. */
export function consoleReport(stream: NodeJS.WriteStream = process.stderr): Report {
  const line = (text: string) => void stream.write(`${text}\n`);
  if (!stream.isTTY || process.env.CI) return { line, bar: () => ({ add() {}, end() {} }) };
  return {
    line,
    bar(label, total) {
      let done = 0;
      let drawn = 0;
      const draw = () => {
        const share = total ? Math.min(1, done / total) : 1;
        const filled = Math.round(share * 24);
        const bar = "█".repeat(filled) + "░".repeat(24 - filled);
        stream.write(`\r${label} ${bar} ${megabytes(done)} of ${megabytes(total)}\x1b[K`);
        drawn = Date.now();
      };
      return {
        add(bytes) {
          done += bytes;
          if (Date.now() - drawn > 100) draw();
        },
        end: () => void stream.write("\r\x1b[K"),
      };
    },
  };
}

/** "147 MB" */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** "3.2 s" since a time of `performance.now()`. */
export function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
