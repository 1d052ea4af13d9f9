// Tables in files: torchvision has no such datasets, tutorials read them with pandas.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { keywordClass } from "../../arguments/class.js";
import { IndexError, KeyError, RuntimeError } from "../../errors.js";
import { modules } from "../../location.js";
import { float } from "../../python/numbers.js";
import { Dataset } from "../../utils/data/dataset.js";
import { block } from "./blocking.js";
import type { Transformation } from "./vision.js";

/** A row by the names of its columns. */
// biome-ignore lint/suspicious/noExplicitAny: values of any type
export type Row = Record<string, any>;

class TableDataset extends Dataset<Row> {
  readonly rows: readonly Row[];
  transform: Transformation;

  constructor(rows: readonly Row[], transform: Transformation) {
    super();
    this.rows = rows;
    this.transform = transform;
  }

  declare readonly length: number;

  /** The values of a column. Throws KeyError. */
  column(name: string): unknown[] {
    if (this.rows.length > 0 && !Object.hasOwn(this.rows[0], name)) throw new KeyError(`'${name}'`);
    return this.rows.map((row) => row[name]);
  }

  override __getitem__(index: number): Row {
    const row = this.rows.at(index);
    if (!row) throw new IndexError("list index out of range");
    return this.transform ? this.transform(row) : row;
  }

  override __len__(): number {
    return this.rows.length;
  }
}

/** The values of a column of text: numbers if all are, floats if one is. */
function parseColumn(texts: readonly string[]): unknown[] {
  const isNumber = texts.every((text) => text.trim() !== "" && !Number.isNaN(Number(text)));
  if (!isNumber) return [...texts];
  const isInt = texts.every((text) => /^\s*[-+]?\d+\s*$/.test(text));
  return texts.map((text) => (isInt ? Number(text) : float(Number(text))));
}

/** The records of a CSV file, each a list of texts. */
function parseCsv(file: string, delimiter: string): string[][] {
  let parse: typeof import("csv-parse/sync").parse;
  try {
    ({ parse } = createRequire(modules)("csv-parse/sync"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "MODULE_NOT_FOUND") throw error;
    throw Object.assign(new RuntimeError("Reading CSV files needs the package csv-parse: npm install csv-parse"), {
      code,
    });
  }
  return parse(readFileSync(file), { bom: true, skip_empty_lines: true, delimiter });
}

class CSVDataset extends TableDataset {
  constructor(
    file: string,
    columns: readonly string[] | null = null,
    delimiter = ",",
    header = true,
    transform: Transformation = null,
  ) {
    const records = parseCsv(file, delimiter);
    const all = header ? (records.shift() ?? []) : (records[0] ?? []).map((_, i) => `${i}`);
    const names = columns ?? all;
    const values = names.map((name) => {
      const at = all.indexOf(name);
      if (at < 0) throw new KeyError(`'${name}'`);
      return parseColumn(records.map((record) => record[at]));
    });
    super(
      records.map((_, i) => Object.fromEntries(names.map((name, j) => [name, values[j][i]]))),
      transform,
    );
  }
}

/**
 * The rows of a CSV file, by the names in its first line or, without `header`, by "0", "1" and so on; the package `csv-parse` reads them.
 *
 * A column whose values are all numbers is one of numbers: ints, or floats if one is written with a point or an exponent.
 *
 * Throws KeyError for a column that is not there, and RuntimeError if `csv-parse` is not installed.
 */
const CSVDatasetClass = keywordClass<CSVDataset>("CSVDataset")(CSVDataset, [
  "file",
  "columns",
  "delimiter",
  "header",
  "transform",
]);
type CSVDatasetClass = CSVDataset;

class ParquetDataset extends TableDataset {
  constructor(file: string, columns: readonly string[] | null = null, transform: Transformation = null) {
    const { rows, floats } = block("parquet", file, columns ?? undefined) as { rows: Row[]; floats: string[] };
    const convert = (name: string, value: unknown): unknown => {
      if (typeof value === "number" && floats.includes(name)) return float(value);
      if (typeof value === "bigint" && Number.isSafeInteger(Number(value))) return Number(value);
      return value;
    };
    const entries = rows.map((row) => Object.entries(row).map(([name, value]) => [name, convert(name, value)]));
    super(
      entries.map((row) => Object.fromEntries(row)),
      transform,
    );
  }
}

/**
 * The rows of a Parquet file, without compression or with Snappy's; the package `hyparquet` reads them.
 *
 * Throws RuntimeError for what is no such file, and if `hyparquet` is not installed.
 */
const ParquetDatasetClass = keywordClass<ParquetDataset>("ParquetDataset")(ParquetDataset, [
  "file",
  "columns",
  "transform",
]);
type ParquetDatasetClass = ParquetDataset;

export { CSVDatasetClass as CSVDataset, ParquetDatasetClass as ParquetDataset };
