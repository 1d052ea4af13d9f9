import * as torch from "tstorch";
import { format_meter, format_num, type Meter, tqdm, trange } from "tstorch/tqdm";
import { DataLoader, TensorDataset } from "tstorch/utils/data";
import { describe, expect, test } from "vitest";

const none: Meter = {
  n: 0,
  total: null,
  elapsed: 0,
  ncols: null,
  prefix: "",
  ascii: false,
  unit: "it",
  unit_scale: false,
  rate: null,
  postfix: "",
  initial: 0,
};

// The texts are those of Python's tqdm.format_meter.
test.each<[Partial<Meter>, string]>([
  [
    { n: 5, total: 10, elapsed: 2, prefix: "epoch 1", postfix: "loss=0.5", ncols: 60 },
    "epoch 1:  50%|██▌  | 5/10 [00:02<00:02,  2.50it/s, loss=0.5]",
  ],
  [{ n: 3, elapsed: 61.5 }, "3it [01:01, 20.50s/it]"],
  [{ n: 1, total: 4, elapsed: 8 }, " 25%|██▌       | 1/4 [00:08<00:24,  8.00s/it]"],
  [{ n: 25, total: 1000, elapsed: 3700 }, "  2%|▎         | 25/1000 [1:01:40<40:05:00, 148.00s/it]"],
  [
    { n: 1500, total: 2000, elapsed: 1, ncols: 50, ascii: true, unit_scale: true, unit: "B" },
    " 75%|######  | 1.50k/2.00k [00:01<00:00, 1.50kB/s]",
  ],
  [{ n: 0, total: 10, ncols: 40 }, "  0%|            | 0/10 [00:00<?, ?it/s]"],
  [{ n: 12, total: 10, elapsed: 2 }, "12it [00:02,  6.00it/s]"],
])("format_meter %#", (meter, text) => {
  expect(format_meter({ ...none, ...meter })).toBe(text);
});

test("format_num", () => {
  expect([0.123456, 1234567, 3, 0.5, 1e-7, 123.456].map(format_num)).toEqual([
    "0.123",
    "1234567",
    "3",
    "0.5",
    "1e-7",
    "123",
  ]);
});

/** A terminal that keeps what is written to it. */
class Terminal {
  readonly isTTY: boolean = true;
  readonly columns = 60;
  text = "";

  write(text: string): void {
    this.text += text;
  }

  /** The text of each drawing. */
  get drawn(): string[] {
    return this.text.split("\r").map((each) => each.trim());
  }
}

describe("on a terminal", () => {
  test("draws the bar while the elements come, and leaves it", () => {
    const file = new Terminal();
    const seen = [...tqdm([1, 2, 3, 4], { desc: "run", file, mininterval: 0 })];
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(file.drawn[1]).toMatch(/^run: {3}0%\| +\| 0\/4 \[00:00<\?, \?it\/s\]$/);
    expect(file.drawn.at(-1)).toMatch(/^run: 100%\|█+\| 4\/4 \[00:00<00:00, +[\d.]+it\/s\]$/);
    expect(file.text.endsWith("\n")).toBe(true);
  });

  test("the total of a DataLoader is its length", () => {
    const loader = new DataLoader(new TensorDataset(torch.zeros([6, 1])), { batch_size: 2 });
    expect(tqdm(loader, { file: new Terminal() }).total).toBe(3);
  });

  test("update, set_description, set_postfix, write and close", () => {
    const file = new Terminal();
    const bar = tqdm({ total: 10, file, leave: false });
    bar.update(3);
    bar.set_description("step");
    bar.set_postfix({ loss: 0.123456, acc: torch.tensor(1), k: "v" });
    expect(file.drawn.at(-1)).toMatch(/^step: {2}30%\|.*\| 3\/10 .*, loss=0.123, acc=.*, k=v\]$/);
    tqdm.write("a line", file);
    expect(file.text).toMatch(/\r +a line\n\rstep/);
    bar.close();
    bar.update();
    expect(file.drawn.at(-1)).toBe("");
    expect(file.text.endsWith("\n")).toBe(false);
  });

  test("a loop that is left early ends the bar", () => {
    const file = new Terminal();
    for (const i of tqdm([1, 2, 3], { file })) if (i === 2) break;
    expect(file.drawn.at(-1)).toContain("1/3");
    expect(file.text.endsWith("\n")).toBe(true);
  });

  test("two bars have a line each", () => {
    const file = new Terminal();
    const outer = tqdm({ total: 2, file });
    const inner = tqdm({ total: 5, file, leave: null });
    expect(inner.leave).toBe(false);
    expect(file.text).toContain("\n\r  0%");
    expect(file.text.endsWith("\x1b[A")).toBe(true);
    inner.close();
    outer.close();
  });

  test("async iterables", async () => {
    const file = new Terminal();
    async function* numbers() {
      yield 1;
      yield 2;
    }
    const seen: number[] = [];
    for await (const n of tqdm(numbers(), { file })) seen.push(n);
    expect(seen).toEqual([1, 2]);
    expect(file.drawn.at(-1)).toMatch(/^2it \[/);
  });
});

test("elsewhere, and when disabled, nothing is written", () => {
  const file = new (class extends Terminal {
    override readonly isTTY = false;
  })();
  expect([...tqdm("abc", { file })].join("")).toBe("abc");
  expect([...trange(3, { file })]).toEqual([0, 1, 2]);
  const terminal = new Terminal();
  const bar = tqdm([1], { file: terminal, disable: true });
  expect([...bar]).toEqual([1]);
  expect(bar.n).toBe(1);
  expect(file.text + terminal.text).toBe("");
  expect(() => tqdm([1], { colour: 1 } as never)).toThrow("unexpected keyword argument 'colour'");
});
