// torch/utils/tensorboard/writer.py

import os from "node:os";
import path from "node:path";
import { keywordClass, takeKeywords } from "../../arguments/class.js";
import { isPlainObject } from "../../arguments/function.js";
import type { Keywords } from "../../types.js";
import { FileWriter } from "./_event_file.js";
import { bytes, int } from "./_proto.js";
import { type Bins, type HParam, histogram, hparams, image, scalar, text, type Values } from "./summary.js";

/** A step of training, or it and what else is given by keyword. */
type Step<More = unknown> = number | null | Keywords<{ global_step?: number | null; walltime?: number | null } & More>;

type StepOnly = number | null;

function defaultFolder(comment: string): string {
  const [, month, day, , time] = new Date().toString().split(" ");
  return path.join("runs", `${month}${day}_${time.replaceAll(":", "-")}_${os.hostname()}${comment}`);
}

class SummaryWriter {
  readonly log_dir: string;
  purge_step: number | null;
  readonly max_queue: number;
  readonly flush_secs: number;
  readonly filename_suffix: string;
  #writers: Map<string, FileWriter> | null = null;

  constructor(
    log_dir: string | null = null,
    comment = "",
    purge_step: number | null = null,
    max_queue = 10,
    flush_secs = 120,
    filename_suffix = "",
  ) {
    this.log_dir = log_dir || defaultFolder(comment);
    this.purge_step = purge_step;
    this.max_queue = max_queue;
    this.flush_secs = flush_secs;
    this.filename_suffix = filename_suffix;
    this._get_file_writer();
  }

  #open(folder: string): FileWriter {
    this.#writers ??= new Map();
    let writer = this.#writers.get(folder);
    if (!writer) {
      writer = new FileWriter(folder, this.max_queue, this.flush_secs, this.filename_suffix);
      this.#writers.set(folder, writer);
    }
    return writer;
  }

  /** @internal The file, opened again after `close()`. */
  _get_file_writer(): FileWriter {
    const writer = this.#open(this.log_dir);
    if (this.purge_step !== null) {
      writer.add_event([bytes(3, "brain.Event:2")], this.purge_step);
      writer.add_event([bytes(7, int(1, 1))], this.purge_step); // SessionLog: START
      this.purge_step = null;
    }
    return writer;
  }

  /** The folder of the files. */
  get_logdir(): string {
    return this.log_dir;
  }

  /** Adds a run with these hyperparameters and the metrics that it reached. */
  add_hparams(
    hparam_dict: Readonly<Record<string, HParam>>,
    metric_dict: Readonly<Record<string, Values>>,
    hparam_domain_discrete: Readonly<Record<string, readonly HParam[]>> | null = null,
    run_name: string | null = null,
    global_step: StepOnly = null,
  ): void {
    if (!isPlainObject(hparam_dict) || !isPlainObject(metric_dict)) {
      throw new TypeError("hparam_dict and metric_dict should be dictionary.");
    }
    const summaries = hparams(hparam_dict, metric_dict, hparam_domain_discrete);
    const folder = path.join(this._get_file_writer().get_logdir(), run_name || `${Date.now() / 1000}`);
    const run = new SummaryWriter(folder);
    for (const summary of summaries) run._get_file_writer().add_summary(summary, global_step);
    for (const [name, metric] of Object.entries(metric_dict)) run.add_scalar(name, metric, global_step);
    run.close();
  }

  /** Adds a number. */
  add_scalar(
    tag: string,
    scalar_value: Values,
    global_step: Step<{ new_style?: boolean; double_precision?: boolean }> = null,
    walltime: number | null = null,
    new_style = false,
    double_precision = false,
  ): void {
    const summary = scalar(tag, scalar_value, new_style, double_precision);
    this._get_file_writer().add_summary(summary, global_step as StepOnly, walltime);
  }

  /** Adds numbers that are drawn in one plot: each has a folder of its own. */
  add_scalars(
    main_tag: string,
    tag_scalar_dict: Readonly<Record<string, Values>>,
    global_step: Step = null,
    walltime: number | null = null,
  ): void {
    const time = walltime ?? Date.now() / 1000;
    const folder = this._get_file_writer().get_logdir();
    for (const [tag, scalar_value] of Object.entries(tag_scalar_dict)) {
      const writer = this.#open(`${folder}/${main_tag.replaceAll("/", "_")}_${tag}`);
      writer.add_summary(scalar(main_tag, scalar_value), global_step as StepOnly, time);
    }
  }

  /** Adds a histogram of values. Throws ValueError if there are none. */
  add_histogram(
    tag: string,
    values: Values,
    global_step: Step<{ bins?: Bins; max_bins?: number | null }> = null,
    bins: Bins = "tensorflow",
    walltime: number | null = null,
    max_bins: number | null = null,
  ): void {
    this._get_file_writer().add_summary(histogram(tag, values, bins, max_bins), global_step as StepOnly, walltime);
  }

  /** Adds an image: uint8, or floats in [0, 1]; `dataformats` is "CHW", "HWC" or "HW". */
  add_image(
    tag: string,
    img_tensor: Values,
    global_step: Step<{ dataformats?: string }> = null,
    walltime: number | null = null,
    dataformats = "CHW",
  ): void {
    this._get_file_writer().add_summary(image(tag, img_tensor, dataformats), global_step as StepOnly, walltime);
  }

  /** Adds images in a grid; `dataformats` is "NCHW" or "NHWC". */
  add_images(
    tag: string,
    img_tensor: Values,
    global_step: Step<{ dataformats?: string }> = null,
    walltime: number | null = null,
    dataformats = "NCHW",
  ): void {
    this._get_file_writer().add_summary(image(tag, img_tensor, dataformats), global_step as StepOnly, walltime);
  }

  /** Adds text, which TensorBoard shows as Markdown. */
  add_text(tag: string, text_string: string, global_step: Step = null, walltime: number | null = null): void {
    this._get_file_writer().add_summary(text(tag, text_string), global_step as StepOnly, walltime);
  }

  /** Writes to the files what is not written yet. */
  flush(): void {
    this.#writers?.forEach((writer) => {
      writer.flush();
    });
  }

  close(): void {
    this.#writers?.forEach((writer) => {
      writer.close();
    });
    this.#writers = null;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

const step = ["global_step", "walltime"];
takeKeywords("SummaryWriter", SummaryWriter.prototype, {
  add_scalar: ["tag", "scalar_value", ...step, "new_style", "double_precision"],
  add_histogram: ["tag", "values", "global_step", "bins", "walltime", "max_bins"],
  add_image: ["tag", "img_tensor", ...step, "dataformats"],
  add_images: ["tag", "img_tensor", ...step, "dataformats"],
  add_text: ["tag", "text_string", ...step],
});
const dicts = {
  add_hparams: ["hparam_dict", "metric_dict", "hparam_domain_discrete", "run_name", "global_step"],
  add_scalars: ["main_tag", "tag_scalar_dict", ...step],
};
takeKeywords("SummaryWriter", SummaryWriter.prototype, dicts, { dict: 1 });

/**
 * Writes what TensorBoard shows: numbers, histograms, images, text and hyperparameters, to a folder of `runs` by default.
 *
 * `using writer = new SummaryWriter()` closes the files at the end of the block.
 *
 * {@link https://docs.pytorch.org/docs/2.15/tensorboard.html#torch.utils.tensorboard.writer.SummaryWriter}
 */
const SummaryWriterClass = keywordClass<SummaryWriter>("SummaryWriter")(SummaryWriter, [
  "log_dir",
  "comment",
  "purge_step",
  "max_queue",
  "flush_secs",
  "filename_suffix",
]);
type SummaryWriterClass = SummaryWriter;

export { SummaryWriterClass as SummaryWriter };
