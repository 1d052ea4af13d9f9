// The tables of Python's package tabulate, as far as torch/utils/flop_counter.py has them

const isNumber = (text: string) => /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(text);
const isInteger = (text: string) => /^\s*[+-]?\d+\s*$/.test(text);

/** A number as "%g" writes it: six digits, without zeros at the end. */
function general(value: number): string {
  if (value === 0) return "0";
  const [digits, exponent] = value.toExponential(5).split("e");
  const power = Number(exponent);
  const trim = (text: string) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (power >= -4 && power < 6) return trim(value.toFixed(5 - power));
  return `${trim(digits)}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** A column of floats is written as tabulate writes floats, whatever text they were. */
function column(cells: readonly string[]): string[] {
  if (!cells.every(isNumber) || cells.every(isInteger)) return [...cells];
  return cells.map((cell) => general(Number(cell)));
}

/** Writes rows of text under headers; the first column stands left, the others right. */
export function tabulate(rows: readonly (readonly string[])[], headers: readonly string[]): string {
  const columns = headers.map((_, i) => column(rows.map((row) => row[i])));
  const widths = headers.map((header, i) => Math.max(header.length + 2, ...columns[i].map((cell) => cell.length)));
  const pad = (text: string, i: number) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]));
  const line = (cells: readonly string[]) => cells.map(pad).join("  ").trimEnd();
  return [
    line(headers),
    widths.map((width) => "-".repeat(width)).join("  "),
    ...rows.map((_, i) => line(columns.map((cells) => cells[i]))),
  ].join("\n");
}
