// Reads docs/porting.md: the blocks and the rows of tables of each section, in order.

/** A line of Python, its TypeScript, and what both print ("" where nothing is compared). */
export interface Row {
  readonly kind: "row";
  readonly line: number;
  readonly python: string;
  readonly typescript: string;
  readonly prints: string;
}

export interface Block {
  readonly kind: "block";
  readonly line: number;
  readonly language: string;
  readonly code: string;
}

export interface Section {
  readonly title: string;
  readonly parts: (Row | Block)[];
}

/** The code in a cell: between one backtick, or two where it has backticks itself. */
function codeOf(cell: string): string {
  const [, double, single] = /^\s*(?:`` (.*) ``|`([^`]*)`)?\s*$/.exec(cell) ?? [];
  return (double ?? single ?? "").replaceAll("\\|", "|");
}

/** The sections of a page; what stands before the first has the title "". */
export function read(markdown: string): Section[] {
  const lines = markdown.split("\n");
  const sections: Section[] = [{ title: "", parts: [] }];
  for (let i = 0; i < lines.length; i++) {
    const { parts } = sections[sections.length - 1];
    const line = lines[i];
    if (line.startsWith("## ")) sections.push({ title: line.slice(3), parts: [] });
    else if (line.startsWith("```")) {
      const end = lines.indexOf("```", i + 1);
      parts.push({ kind: "block", line: i + 1, language: line.slice(3), code: lines.slice(i + 1, end).join("\n") });
      i = end;
    } else if (line.startsWith("| `")) {
      const [, python, typescript, prints = ""] = line.split(/(?<!\\)\|/);
      const row = { python: codeOf(python), typescript: codeOf(typescript), prints: codeOf(prints) };
      parts.push({ kind: "row", line: i + 1, ...row });
    }
  }
  return sections;
}
