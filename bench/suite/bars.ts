// Bar charts as SVG: one bar a row, a whisker for its spread, a tick for the limit; the line at 1 is Python.

export interface Bar {
  label: string;
  value: number;
  low: number;
  high: number;
  /** Where the tick is, if there is one. */
  limit?: number;
}

const ROW = 18;
const LEFT = 250;
const WIDTH = 470;
const TOP = 44;

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600 }
  .small { font-size: 11px; fill: #656d76 }
  .fast { fill: #3b82c4 } .slow { fill: #d97b29 }
  .line { stroke: #24292f } .spread { stroke: #656d76 } .limit { stroke: #1a7f37; stroke-width: 3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .small { fill: #9198a1 }
    .line { stroke: #e6edf3 } .spread { stroke: #9198a1 } .limit { stroke: #3fb950 }
  }`;

const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** A chart of ratios; what is beyond three times Python's is cut off, and its number says how far it goes. */
export function bars(title: string, legend: string, rows: readonly Bar[]): string {
  const end = Math.min(3, Math.max(1.2, ...rows.map(({ high }) => high)) * 1.05);
  const x = (value: number) => (LEFT + (Math.min(value, end) / end) * WIDTH).toFixed(1);
  const height = TOP + rows.length * ROW + 14;
  const lines = rows.flatMap(({ label, value, low, high, limit }, i) => {
    const top = TOP + i * ROW;
    const middle = top + 6.5;
    const width = (Number(x(value)) - LEFT).toFixed(1);
    return [
      `<text x="${LEFT - 8}" y="${top + 11}" text-anchor="end">${escape(label)}</text>`,
      `<rect x="${LEFT}" y="${top}" width="${width}" height="13" rx="2" class="${value <= 1 ? "fast" : "slow"}"/>`,
      `<line x1="${x(low)}" y1="${middle}" x2="${x(high)}" y2="${middle}" class="spread"/>`,
      limit === undefined ? "" : `<line x1="${x(limit)}" y1="${top}" x2="${x(limit)}" y2="${top + 13}" class="limit"/>`,
      `<text x="${LEFT + WIDTH + 10}" y="${top + 11}">${value.toFixed(2)}</text>`,
    ];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${LEFT + WIDTH + 60}" height="${height}" role="img" aria-label="${escape(title)}">
<style>${STYLE}
</style>
<text x="8" y="18" class="title">${escape(title)}</text>
<text x="8" y="34" class="small">${escape(legend)}</text>
${lines.filter(Boolean).join("\n")}
<line x1="${x(1)}" y1="${TOP - 4}" x2="${x(1)}" y2="${height - 10}" class="line"/>
</svg>
`;
}
