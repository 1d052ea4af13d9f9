// torch/utils/tensorboard/writer.py

import { existsSync, mkdirSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Tensor } from "../../_tensor.js";
import { keywordClass, takeKeywords } from "../../arguments/class.js";
import { isPlainObject } from "../../arguments/function.js";
import { AssertionError, NotImplementedError, ValueError } from "../../errors.js";
import type { Keywords } from "../../types.js";
import {
  type EmbeddingMetadata,
  get_embedding_info,
  make_mat,
  make_sprite,
  make_tsv,
  write_pbtxt,
} from "./_embedding.js";
import { FileWriter } from "./_event_file.js";
import { bytes, int } from "./_proto.js";
import {
  audio,
  type Bins,
  custom_scalars,
  type HParam,
  histogram,
  histogram_raw,
  hparams,
  image,
  image_boxes,
  type Layout,
  mesh,
  pr_curve,
  pr_curve_raw,
  scalar,
  tensor_proto,
  text,
  toTensor,
  type Values,
  video,
} from "./summary.js";

export { FileWriter } from "./_event_file.js";

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
  #projector_config = "";

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
    const summary = scalar(tag, scalar_value, null, new_style, double_precision);
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

  /** Adds a whole tensor. */
  add_tensor(tag: string, tensor: Tensor, global_step: Step = null, walltime: number | null = null): void {
    this._get_file_writer().add_summary(tensor_proto(tag, tensor), global_step as StepOnly, walltime);
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

  /** Adds a histogram that was counted elsewhere: how many values lie below each limit and above the one before. */
  add_histogram_raw(
    tag: string,
    min: number,
    max: number,
    num: number,
    sum: number,
    sum_squares: number,
    bucket_limits: Values,
    bucket_counts: Values,
    global_step: Step = null,
    walltime: number | null = null,
  ): void {
    const [limits, counts]: number[][] = [bucket_limits, bucket_counts].map((x) => toTensor(x).tolist());
    if (limits.length !== counts.length) {
      throw new ValueError("len(bucket_limits) != len(bucket_counts), see the document.");
    }
    const summary = histogram_raw(tag, min, max, num, sum, sum_squares, limits, counts);
    this._get_file_writer().add_summary(summary, global_step as StepOnly, walltime);
  }

  /** Adds an image: uint8, or floats in [0, 1]; `dataformats` is "CHW", "HWC" or "HW". */
  add_image(
    tag: string,
    img_tensor: Values,
    global_step: Step<{ dataformats?: string }> = null,
    walltime: number | null = null,
    dataformats = "CHW",
  ): void {
    this._get_file_writer().add_summary(image(tag, img_tensor, 1, dataformats), global_step as StepOnly, walltime);
  }

  /** Adds images in a grid; `dataformats` is "NCHW" or "NHWC". */
  add_images(
    tag: string,
    img_tensor: Values,
    global_step: Step<{ dataformats?: string }> = null,
    walltime: number | null = null,
    dataformats = "NCHW",
  ): void {
    this._get_file_writer().add_summary(image(tag, img_tensor, 1, dataformats), global_step as StepOnly, walltime);
  }

  /**
   * Adds an image with boxes `[x1, y1, x2, y2]` drawn on it.
   *
   * Throws NotImplementedError for labels: there is no font to write them with.
   */
  add_image_with_boxes(
    tag: string,
    img_tensor: Values,
    box_tensor: Values,
    global_step: Step<{ rescale?: number; dataformats?: string }> = null,
    walltime: number | null = null,
    rescale = 1,
    dataformats = "CHW",
    labels: string | readonly string[] | null = null,
  ): void {
    if (labels !== null) throw new NotImplementedError("add_image_with_boxes() draws no labels: there is no font here");
    const summary = image_boxes(tag, img_tensor, box_tensor, rescale, dataformats);
    this._get_file_writer().add_summary(summary, global_step as StepOnly, walltime);
  }

  /** Throws NotImplementedError: matplotlib's figures are Python's. Draw a picture and give it to `add_image()`. */
  add_figure(): never {
    throw new NotImplementedError("figures are matplotlib's, which is Python: give a picture to add_image()");
  }

  /** Throws NotImplementedError: the graph comes from tracing Python. */
  add_graph(): never {
    throw new NotImplementedError("add_graph() needs torch.jit.trace of Python's module tree");
  }

  /** Adds videos (N, T, C, H, W), side by side, as a GIF: uint8, or floats in [0, 1]. */
  add_video(
    tag: string,
    vid_tensor: Values,
    global_step: Step<{ fps?: number }> = null,
    fps = 4,
    walltime: number | null = null,
  ): void {
    this._get_file_writer().add_summary(video(tag, vid_tensor, fps), global_step as StepOnly, walltime);
  }

  /** Adds a sound: samples in [-1, 1]. */
  add_audio(
    tag: string,
    snd_tensor: Values,
    global_step: Step<{ sample_rate?: number }> = null,
    sample_rate = 44100,
    walltime: number | null = null,
  ): void {
    this._get_file_writer().add_summary(audio(tag, snd_tensor, sample_rate), global_step as StepOnly, walltime);
  }

  /** Adds text, which TensorBoard shows as Markdown. */
  add_text(tag: string, text_string: string, global_step: Step = null, walltime: number | null = null): void {
    this._get_file_writer().add_summary(text(tag, text_string), global_step as StepOnly, walltime);
  }

  /** Adds points (N, D) for the projector, with labels and pictures (N, C, H, W). */
  add_embedding(
    mat: Values,
    metadata:
      | EmbeddingMetadata
      | null
      | Keywords<{
          metadata?: EmbeddingMetadata | null;
          label_img?: Tensor | null;
          global_step?: number | null;
          tag?: string;
          metadata_header?: readonly string[] | null;
        }> = null,
    label_img: Tensor | null = null,
    global_step: number | null = null,
    tag = "default",
    metadata_header: readonly string[] | null = null,
  ): void {
    const points = toTensor(mat);
    const labels = metadata as EmbeddingMetadata | null;
    const step = global_step ?? 0;
    const name = tag.replaceAll("%", "%25").replaceAll("/", "%2f").replaceAll("\\", "%5c");
    const subdir = `${String(step).padStart(5, "0")}/${name}`;
    const folder = this._get_file_writer().get_logdir();
    const save_path = path.join(folder, subdir);
    if (existsSync(save_path) && statSync(save_path).isDirectory()) {
      process.emitWarning("Embedding dir exists, did you set global_step for add_embedding()?", "UserWarning");
    } else mkdirSync(save_path, { recursive: true });
    if (labels !== null) {
      if (points.size(0) !== labels.length) throw new AssertionError("#labels should equal with #data points");
      make_tsv(labels, save_path, metadata_header);
    }
    if (label_img !== null) {
      if (points.size(0) !== label_img.size(0)) throw new AssertionError("#images should equal with #data points");
      make_sprite(label_img, save_path);
    }
    if (points.dim() !== 2) {
      throw new AssertionError("mat should be 2D, where mat.size(0) is the number of data points");
    }
    make_mat(points, save_path);
    this.#projector_config += get_embedding_info(labels, label_img, subdir, step, tag);
    write_pbtxt(folder, this.#projector_config);
  }

  /** Adds a curve of precision and recall, for labels of 0 and 1 and predictions in [0, 1]. */
  add_pr_curve(
    tag: string,
    labels: Values,
    predictions: Values,
    global_step: Step<{ num_thresholds?: number; weights?: Values | null }> = null,
    num_thresholds = 127,
    weights: Values | null = null,
    walltime: number | null = null,
  ): void {
    const summary = pr_curve(tag, labels, predictions, num_thresholds, weights);
    this._get_file_writer().add_summary(summary, global_step as StepOnly, walltime);
  }

  /** Adds such a curve that was calculated elsewhere, for each threshold. */
  add_pr_curve_raw(
    tag: string,
    true_positive_counts: Values,
    false_positive_counts: Values,
    true_negative_counts: Values,
    false_negative_counts: Values,
    precision: Values,
    recall: Values,
    global_step: Step<{ num_thresholds?: number; weights?: Values | null }> = null,
    num_thresholds = 127,
    _weights: Values | null = null,
    walltime: number | null = null,
  ): void {
    const counts = [true_positive_counts, false_positive_counts, true_negative_counts, false_negative_counts] as const;
    const summary = pr_curve_raw(tag, ...counts, precision, recall, num_thresholds);
    this._get_file_writer().add_summary(summary, global_step as StepOnly, walltime);
  }

  /** Draws scalars of these tags in one chart. */
  add_custom_scalars_multilinechart(
    tags: readonly string[],
    category: string | Keywords<{ category?: string; title?: string }> = "default",
    title = "untitled",
  ): void {
    this._get_file_writer().add_summary(custom_scalars({ [category as string]: { [title]: ["Multiline", tags] } }));
  }

  /** Draws three scalars as a line between its limits: the value, the lower one, the upper one. */
  add_custom_scalars_marginchart(
    tags: readonly string[],
    category: string | Keywords<{ category?: string; title?: string }> = "default",
    title = "untitled",
  ): void {
    if (tags.length !== 3) throw new AssertionError(`Expected 3 tags, got ${tags.length}.`);
    this._get_file_writer().add_summary(custom_scalars({ [category as string]: { [title]: ["Margin", tags] } }));
  }

  /** Draws scalars in charts of one's own: `{ category: { title: ["Multiline", tags] } }`; once for each writer. */
  add_custom_scalars(layout: Layout): void {
    this._get_file_writer().add_summary(custom_scalars(layout));
  }

  /** Adds points or triangles in space: all (B, N, 3). */
  add_mesh(
    tag: string,
    vertices: Values,
    colors:
      | Values
      | null
      | Keywords<{
          colors?: Values | null;
          faces?: Values | null;
          config_dict?: Readonly<Record<string, unknown>> | null;
          global_step?: number | null;
          walltime?: number | null;
        }> = null,
    faces: Values | null = null,
    config_dict: Readonly<Record<string, unknown>> | null = null,
    global_step: number | null = null,
    walltime: number | null = null,
  ): void {
    const summary = mesh(tag, vertices, colors as Values | null, faces, config_dict);
    this._get_file_writer().add_summary(summary, global_step, walltime);
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

takeKeywords("SummaryWriter", SummaryWriter.prototype, { add_custom_scalars: ["layout"] }, { dict: 0 });

const step = ["global_step", "walltime"];
takeKeywords("SummaryWriter", SummaryWriter.prototype, {
  close: [],
  flush: [],
  get_logdir: [],
  add_scalar: ["tag", "scalar_value", ...step, "new_style", "double_precision"],
  add_histogram: ["tag", "values", "global_step", "bins", "walltime", "max_bins"],
  add_image: ["tag", "img_tensor", ...step, "dataformats"],
  add_images: ["tag", "img_tensor", ...step, "dataformats"],
  add_text: ["tag", "text_string", ...step],
  add_tensor: ["tag", "tensor", ...step],
  add_histogram_raw: [...["tag", "min", "max", "num", "sum", "sum_squares", "bucket_limits", "bucket_counts"], ...step],
  add_image_with_boxes: ["tag", "img_tensor", "box_tensor", ...step, "rescale", "dataformats", "labels"],
  add_video: ["tag", "vid_tensor", "global_step", "fps", "walltime"],
  add_audio: ["tag", "snd_tensor", "global_step", "sample_rate", "walltime"],
  add_embedding: ["mat", "metadata", "label_img", "global_step", "tag", "metadata_header"],
  add_pr_curve: ["tag", "labels", "predictions", "global_step", "num_thresholds", "weights", "walltime"],
  add_pr_curve_raw: [
    ...["tag", "true_positive_counts", "false_positive_counts", "true_negative_counts", "false_negative_counts"],
    ...["precision", "recall", "global_step", "num_thresholds", "weights", "walltime"],
  ],
  add_custom_scalars_multilinechart: ["tags", "category", "title"],
  add_custom_scalars_marginchart: ["tags", "category", "title"],
  add_mesh: ["tag", "vertices", "colors", "faces", "config_dict", "global_step", "walltime"],
});
const dicts = {
  add_hparams: ["hparam_dict", "metric_dict", "hparam_domain_discrete", "run_name", "global_step"],
  add_scalars: ["main_tag", "tag_scalar_dict", ...step],
};
takeKeywords("SummaryWriter", SummaryWriter.prototype, dicts, { dict: 1 });

/**
 * Writes what TensorBoard shows: numbers, histograms, images, videos, sounds, text, hyperparameters, curves, meshes and
 * embeddings, to a folder of `runs` by default.
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
