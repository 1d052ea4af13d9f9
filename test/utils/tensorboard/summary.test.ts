import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as torch from "tstorch";
import { FileWriter, RecordWriter } from "tstorch/utils/tensorboard";
import * as summary from "tstorch/utils/tensorboard/summary";
import { expect, test } from "vitest";

test("compute_curve gives Python's counts and rates", () => {
  expect(summary.compute_curve([1, 0, 1, 1, 0], [0.1, 0.4, 0.35, 0.8, 0.9], 4).tolist()).toEqual([
    [3, 2, 1, 0],
    [2, 2, 1, 0],
    [0, 0, 1, 2],
    [0, 1, 2, 3],
    [0.6, 0.5, 0.5, 0],
    [1, 0.6666666666666666, 0.3333333333333333, 0],
  ]);
  expect(summary.compute_curve([1, 0, 1], [0.1, 0.4, 0.9], 3, [1, 2, 0.5]).tolist()).toEqual([
    [1.5, 0.5, 0],
    [2, 0, 0],
    [0, 2, 2],
    [0, 1, 1.5],
    [0.42857142857142855, 1, 0],
    [1, 0.3333333333333333, 0],
  ]);
});

test("make_histogram gives Python's message", () => {
  const message =
    "09000000000000f03f110000000000002240190000000000001040210000000000002d402900000000001057403228000000000000f03f000000000000084000000000000014400000000000001c4000000000000022403a280000000000000000000000000000084000000000000000000000000000000000000000000000f03f";
  expect(summary.make_histogram([1, 2, 2.5, 9], 4).toString("hex")).toBe(message);
  expect(summary.make_histogram([1, 2, 2.5, 9], 8, 3).toString("hex")).toBe(message);
  expect(() => summary.make_histogram([], 4)).toThrow("The input has no element.");
});

test("half_to_int and int_to_half", () => {
  expect([summary.half_to_int(1.5), summary.int_to_half(1069547520)]).toEqual([1069547520, 1.5]);
});

test("images and videos", () => {
  const black = torch.zeros([8, 9, 3], { dtype: torch.uint8 });
  const drawn = summary.draw_boxes(black.clone(), [[2, 2, 6, 6]]);
  expect(drawn.select(2, 0).gt(0).sum().item()).toBeGreaterThan(8);
  expect(drawn.select(2, 1).sum().item()).toBe(0);
  expect(() => summary.draw_boxes(black, [[1, 1, 2, 2]], ["label"])).toThrow(torch.NotImplementedError);
  // height, width and colorspace, then the file
  expect([...summary.make_image(black).subarray(0, 6)]).toEqual([8, 8, 16, 9, 24, 3]);
  expect(summary.make_image(black).includes("PNG")).toBe(true);
  const small = summary.make_image(black, 0.5, [[2, 2, 6, 6]]);
  const header = small.indexOf("IHDR") + 4;
  expect([small.readUInt32BE(header), small.readUInt32BE(header + 4)]).toEqual([4, 4]);
  const gif = summary.make_video(torch.zeros([2, 4, 5, 1], { dtype: torch.uint8 }), 4);
  expect([[...gif.subarray(0, 6)], gif.includes("GIF89a")]).toEqual([[8, 4, 16, 5, 24, 1], true]);
});

test("RecordWriter", () => {
  const written: Buffer[] = [];
  const calls: string[] = [];
  const target = {
    closed: false,
    write: (data: Uint8Array) => written.push(Buffer.from(data)),
    flush: () => calls.push("flush"),
    close: () => {
      target.closed = true;
    },
  };
  const writer = RecordWriter({ writer: target });
  writer.write(Buffer.from("abc"));
  writer.flush();
  expect([written.map((data) => data.toString("hex")), calls, writer.closed]).toEqual([
    ["0300000000000000b099490e6162636e57f121"],
    ["flush"],
    false,
  ]);
  writer.close();
  expect(writer.closed).toBe(true);
});

test("FileWriter", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "runs-"));
  try {
    const writer = FileWriter(folder, { filename_suffix: ".x" });
    expect(writer.get_logdir()).toBe(folder);
    writer.add_summary(summary.scalar("loss", 0.5), 3, 5);
    writer.close();
    const bytes = () => readdirSync(folder).map((name) => readFileSync(path.join(folder, name)));
    expect(
      bytes()[0].includes(
        Buffer.concat([Buffer.from([9]), Buffer.from(Float64Array.of(5).buffer), Buffer.from([16, 3])]),
      ),
    ).toBe(true);
    expect(readdirSync(folder)[0]).toMatch(/\.x$/);
    expect(() => writer.add_event([])).toThrow("write to closed file");
    writer.reopen();
    writer.add_onnx_graph(Buffer.from("graph"));
    writer.close();
    expect(bytes().some((file) => file.includes("graph"))).toBe(true);
    expect(bytes().length).toBe(2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("arguments have Python's names, order and defaults", () => {
  const hex = (values: Buffer[]) => Buffer.concat(values).toString("hex");
  expect(hex(summary.scalar("n", 0.5, { collections: [1], new_style: true }))).toBe(
    "0a1a0a016e420808012a040000003f4a0b0a090a077363616c617273",
  );
  const vertices = torch.arange(3).reshape(1, 1, 3).float();
  expect(hex(summary.mesh("m", vertices, null, null, null, { display_name: "d", description: "words" }))).toBe(
    "0a500a086d5f564552544558421e0801120c1202080112020801120208032a0c000000000000803f000000404a240a180a046d657368121012016d18012a027b7d320301010338021201641a05776f726473",
  );
  expect(
    hex(
      summary.histogram_raw("h", 1, 2, {
        num: 2,
        sum: 3,
        sum_squares: 5,
        bucket_limits: [1, 2],
        bucket_counts: [1, 1],
      }),
    ),
  ).toBe(
    "0a560a01682a5109000000000000f03f1100000000000000401900000000000000402100000000000008402900000000000014403210000000000000f03f00000000000000403a10000000000000f03f000000000000f03f",
  );
  expect(hex(summary.pr_curve_raw("p", [1, 0], [1, 0], [0, 1], [0, 1], [0.5, 0], [1, 0], { num_thresholds: 2 }))).toBe(
    "0a560a0170423e0801120812020806120208022a300000803f000000000000803f00000000000000000000803f000000000000803f0000003f000000000000803f000000004a110a0f0a0970725f63757276657312021002",
  );
  expect(hex(summary.image("i", torch.zeros(3, 2, 2), { dataformats: "CHW" }))).toMatch(/^0a..0a0169..+0802/);
  expect(() => summary.image("i", torch.zeros(3, 2, 2))).toThrow(torch.AssertionError);
  expect(() => summary.hparams()).toThrow("parameter: hparam_dict should be a dictionary, nothing logged.");
  expect(() => summary.hparams({ a: 1 })).toThrow("parameter: metric_dict should be a dictionary, nothing logged.");
  expect(() => summary.compute_curve([1], [1])).toThrow("unsupported operand type(s) for -: 'NoneType' and 'int'");
});
