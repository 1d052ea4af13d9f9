// torchvision/datasets/folder.py

import { readdirSync } from "node:fs";
import path from "node:path";
import type { Tensor } from "../../_tensor.js";
import { keywordClass } from "../../arguments/class.js";
import { uint8 } from "../../dtype.js";
import { IndexError, ValueError } from "../../errors.js";
import { frombuffer } from "../../tensor_new.js";
import { block } from "./blocking.js";
import { missing } from "./utils.js";
import { type Transformation, VisionDataset } from "./vision.js";

/** The endings of the files that ImageFolder takes for images. */
export const IMG_EXTENSIONS = [".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"];

/** Whether a file's name ends with one of these, in any case. */
export function has_file_allowed_extension(filename: string, extensions: string | readonly string[]): boolean {
  const endings = typeof extensions === "string" ? [extensions] : extensions;
  return endings.some((ending) => filename.toLowerCase().endsWith(ending));
}

/**
 * The subfolders of a folder in their order, which are its classes, and their numbers.
 *
 * Throws an error of code ENOENT if there are none.
 */
export function find_classes(directory: string): [classes: string[], class_to_idx: Record<string, number>] {
  const folders = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const classes = folders.map((entry) => entry.name).sort();
  if (classes.length === 0) throw missing(`Couldn't find any class folder in ${directory}.`);
  return [classes, Object.fromEntries(classes.map((name, i) => [name, i]))];
}

/** The files below a folder: each folder's own in their order, then those of its subfolders. */
function* walk(directory: string): Generator<string, void, undefined> {
  const entries = readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) if (!entry.isDirectory()) yield path.join(directory, entry.name);
  for (const entry of entries) if (entry.isDirectory()) yield* walk(path.join(directory, entry.name));
}

/**
 * The pixels of an image file as a uint8 tensor (3, H, W), decoded by the package `sharp`.
 *
 * Throws RuntimeError for what is no image, and if `sharp` is not installed.
 */
export function default_loader(file: string): Tensor {
  type Image = { data: Uint8Array; width: number; height: number; channels: number };
  const { data, width, height, channels } = block("decode", file) as Image;
  const image = frombuffer(data, { dtype: uint8 }).view(height, width, channels).permute(2, 0, 1).contiguous();
  return channels === 1 ? image.expand(3, height, width) : image;
}

/** Makes a sample of a file. */
// biome-ignore lint/suspicious/noExplicitAny: samples of any type
export type Loader = (path: string) => any;

class DatasetFolder extends VisionDataset {
  readonly loader: Loader;
  readonly extensions: readonly string[] | null;
  readonly classes: string[];
  readonly class_to_idx: Record<string, number>;
  /** The files and their classes. */
  readonly samples: [path: string, class_index: number][];
  readonly targets: number[];

  constructor(
    root: string,
    loader: Loader,
    extensions: string | readonly string[] | null = null,
    transform: Transformation = null,
    target_transform: Transformation = null,
    is_valid_file: ((path: string) => boolean) | null = null,
    allow_empty = false,
  ) {
    super(root, transform, target_transform);
    if ((extensions === null) === (is_valid_file === null)) {
      throw new ValueError("Both extensions and is_valid_file cannot be None or not None at the same time");
    }
    this.loader = loader;
    this.extensions = typeof extensions === "string" ? [extensions] : extensions;
    [this.classes, this.class_to_idx] = this.find_classes(root);
    const isValid = is_valid_file ?? ((file) => has_file_allowed_extension(file, this.extensions ?? []));
    this.samples = [];
    const empty: string[] = [];
    for (const name of Object.keys(this.class_to_idx).sort()) {
      const files = [...walk(path.join(root, name))].filter(isValid);
      if (files.length === 0) empty.push(name);
      for (const file of files) this.samples.push([file, this.class_to_idx[name]]);
    }
    if (empty.length > 0 && !allow_empty) {
      const which = this.extensions ? `Supported extensions are: ${this.extensions.join(", ")}` : "";
      throw missing(`Found no valid file for the classes ${empty.join(", ")}. ${which}`.trim());
    }
    this.targets = this.samples.map(([, target]) => target);
  }

  /** The classes of the folder; a subclass may have others. */
  find_classes(directory: string): [classes: string[], class_to_idx: Record<string, number>] {
    return find_classes(directory);
  }

  override __getitem__(index: number): ReturnType<VisionDataset["__getitem__"]> {
    const sample = this.samples.at(index);
    if (!sample) throw new IndexError("list index out of range");
    return this._transformed(this.loader(sample[0]), sample[1]);
  }

  override __len__(): number {
    return this.samples.length;
  }
}

/**
 * Samples in files, in a subfolder of `root` for each class.
 *
 * Either `extensions` or `is_valid_file` says which files are samples. Throws an error of code ENOENT for classes without
 * files unless `allow_empty`.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.DatasetFolder.html}
 */
const DatasetFolderClass = keywordClass<DatasetFolder>("DatasetFolder")(DatasetFolder, [
  "root",
  "loader",
  "extensions",
  "transform",
  "target_transform",
  "is_valid_file",
  "allow_empty",
]);
type DatasetFolderClass = DatasetFolder;

class ImageFolder extends DatasetFolder {
  readonly imgs: [path: string, class_index: number][];

  constructor(
    root: string,
    transform: Transformation = null,
    target_transform: Transformation = null,
    loader: Loader = default_loader,
    is_valid_file: ((path: string) => boolean) | null = null,
    allow_empty = false,
  ) {
    const extensions = is_valid_file === null ? IMG_EXTENSIONS : null;
    super(root, loader, extensions, transform, target_transform, is_valid_file, allow_empty);
    this.imgs = this.samples;
  }
}

/**
 * Images in files, in a subfolder of `root` for each class; {@link default_loader} reads them.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.ImageFolder.html}
 */
const ImageFolderClass = keywordClass<ImageFolder>("ImageFolder")(ImageFolder, [
  "root",
  "transform",
  "target_transform",
  "loader",
  "is_valid_file",
  "allow_empty",
]);
type ImageFolderClass = ImageFolder;

export { DatasetFolderClass as DatasetFolder, ImageFolderClass as ImageFolder };
