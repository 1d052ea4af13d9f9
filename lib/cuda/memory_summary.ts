// memory_summary() of torch/cuda/memory.py

import { def } from "../arguments/function.js";
import { KeyError } from "../errors.js";
import type { DeviceLike } from "../types.js";
import { deviceIndex } from "./_utils.js";
import { memory_stats } from "./memory.js";

type Format = (value: number, scale: number) => string;

/** A number in the unit that fits another one, at most `width` digits wide. */
function scaled(units: readonly string[], limit: number, step: number, width: number): Format {
  return (value, scale) => {
    let unit = 0;
    while (unit + 1 < units.length && scale >= limit) {
      unit++;
      value = Math.floor(value / step);
      scale /= step;
    }
    return `${String(value).padStart(width)} ${units[unit]}`;
  };
}

const size = scaled(["B  ", "KiB", "MiB", "GiB", "TiB", "PiB"], 768 * 1024, 1024, 6);
const inThousands = scaled([" ", "K", "M"], 750 * 1000, 1000, 7);
const count: Format = (value, scale) => `${inThousands(value, scale)} `;

const metrics: [key: string, name: string, format: Format][] = [
  ["allocated_bytes", "Allocated memory", size],
  ["active_bytes", "Active memory", size],
  ["requested_bytes", "Requested memory", size],
  ["reserved_bytes", "GPU reserved memory", size],
  ["inactive_split_bytes", "Non-releasable memory", size],
  ["allocation", "Allocations", count],
  ["active", "Active allocs", count],
  ["segment", "GPU reserved segments", count],
  ["inactive_split", "Non-releasable allocs", count],
];

const oversize: [key: string, name: string][] = [
  ["oversize_allocations", "Oversize allocations"],
  ["oversize_segments", "Oversize GPU segments"],
];

const columns = ["current", "peak", "allocated", "freed"];

/** @internal The table of what memory_stats() gave. */
export function summaryOf(stats: Readonly<Record<string, number>>, device: number, abbreviated: boolean): string {
  const figure = (key: string): number => {
    if (stats[key] === undefined) throw new KeyError(`'${key}'`);
    return stats[key];
  };
  const row = (name: string, prefix: string, format: Format, scales: readonly number[]): string => {
    const cells = columns.map((column, i) => format(figure(`${prefix}.${column}`), scales[i]));
    return ` ${name.padEnd(21)} | ${cells.join(" | ")} `;
  };
  const scalesOf = (prefix: string) => columns.map((column) => figure(`${prefix}.${column}`));
  const lines: string[] = [];
  for (const [key, name, format] of metrics) {
    const scales = scalesOf(`${key}.all`);
    lines.push("-".repeat(75), row(name, `${key}.all`, format, scales));
    if (abbreviated) continue;
    lines.push(row("      from large pool", `${key}.large_pool`, format, scales));
    lines.push(row("      from small pool", `${key}.small_pool`, format, scales));
  }
  for (const [key, name] of oversize) lines.push("-".repeat(75), row(name, key, count, scalesOf(key)));
  const blank = (width: number) => " ".repeat(width);
  const head = [
    "=".repeat(75),
    ` ${blank(16)} PyTorch CUDA memory summary, device ID ${String(device).padEnd(17)} `,
    "-".repeat(75),
    `  ${blank(9)} CUDA OOMs: ${String(figure("num_ooms")).padEnd(12)} | ${blank(6)} cudaMalloc retries: ${String(figure("num_alloc_retries")).padEnd(8)}  `,
    "=".repeat(75),
    "        Metric         | Cur Usage  | Peak Usage | Tot Alloc  | Tot Freed  ",
  ];
  return `|${[...head, ...lines, "=".repeat(75)].join("|\n|")}|\n`;
}

/**
 * The statistics of memory_stats() as a table; with `abbreviated` without the pools of small and large blocks.
 *
 * `memory_summary(device=None, abbreviated=False) -> str`
 *
 * Throws KeyError without a device, as PyTorch does.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.cuda.memory.memory_summary.html}
 */
export const memory_summary = def(
  "memory_summary",
  ["device", "abbreviated"],
  (device: DeviceLike | null = null, abbreviated = false): string =>
    summaryOf(memory_stats(device), deviceIndex(device, true), abbreviated),
);
