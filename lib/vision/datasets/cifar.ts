// torchvision/datasets/cifar.py, for the binary version of the files: Python's version is pickled numpy arrays

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Tensor } from "../../_tensor.js";
import { keywordClass } from "../../arguments/class.js";
import { uint8 } from "../../dtype.js";
import { ValueError } from "../../errors.js";
import { frombuffer } from "../../tensor_new.js";
import { download, extract_archive, missing } from "./utils.js";
import { type Transformation, VisionDataset } from "./vision.js";

const PIXELS = 3 * 32 * 32;

class CIFAR10 extends VisionDataset {
  static base_folder = "cifar-10-batches-bin";
  static url = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz";
  static filename = "cifar-10-binary.tar.gz";
  static tgz_md5 = "c32a1d4ab5d03f1284b67883e8d87530";
  static train_list: readonly string[] = [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`);
  static test_list: readonly string[] = ["test_batch.bin"];
  static meta = "batches.meta.txt";
  /** How many bytes of labels come before an image; the last one counts. @internal */
  static _labels = 1;

  readonly train: boolean;
  readonly classes: readonly string[];
  /** The images, uint8 (N, 32, 32, 3). */
  data: Tensor;
  targets: number[];

  constructor(
    root: string,
    train = true,
    transform: Transformation = null,
    target_transform: Transformation = null,
    download = false,
  ) {
    super(root, transform, target_transform);
    this.train = train;
    if (download) this.download();
    const { base_folder, train_list, test_list, meta, filename, _labels } = this.#class;
    if (!this._check_integrity()) {
      throw missing(
        `Dataset not found or corrupted. You can use download=True to download it, or put ${[...train_list, ...test_list, meta].join(", ")} (from ${filename}) into ${path.resolve(root, base_folder)}`,
      );
    }
    this.classes = readFileSync(path.join(root, base_folder, meta), "utf8")
      .split(/\r?\n/)
      .filter(Boolean);
    const record = _labels + PIXELS;
    const files = (train ? train_list : test_list).map((name) => {
      const bytes = readFileSync(path.join(root, base_folder, name));
      if (bytes.length === 0 || bytes.length % record) {
        throw new ValueError(`${name} has ${bytes.length} bytes, which is no multiple of ${record}`);
      }
      return bytes;
    });
    const all = frombuffer(Buffer.concat(files), { dtype: uint8 }).view(-1, record);
    this.targets = all.select(1, _labels - 1).tolist();
    this.data = all.narrow(1, _labels, PIXELS).reshape(-1, 3, 32, 32).permute(0, 2, 3, 1);
  }

  get #class(): typeof CIFAR10 {
    return this.constructor as typeof CIFAR10;
  }

  get class_to_idx(): Record<string, number> {
    return Object.fromEntries(this.classes.map((name, i) => [name, i]));
  }

  /** @internal */
  _check_integrity(): boolean {
    const { base_folder, train_list, test_list, meta } = this.#class;
    return [...train_list, ...test_list, meta].every((name) => existsSync(path.join(this.root, base_folder, name)));
  }

  /** Downloads and unpacks the archive unless it is there. Throws RuntimeError, which says where to put it by hand. */
  download(): void {
    if (this._check_integrity()) return;
    const { url, filename, tgz_md5 } = this.#class;
    extract_archive(download([url], this.root, filename, tgz_md5), this.root);
  }

  override __getitem__(index: number): ReturnType<VisionDataset["__getitem__"]> {
    this._check_index(index, this.__len__());
    return this._transformed(this.data.select(0, index).permute(2, 0, 1), this.targets.at(index));
  }

  override __len__(): number {
    return this.targets.length;
  }

  extra_repr(): string {
    return `Split: ${this.train ? "Train" : "Test"}`;
  }
}

const parameters = ["root", "train", "transform", "target_transform", "download"] as const;

/**
 * Small photographs of ten classes: uint8 images (3, 32, 32), where Python has PIL's, and their classes.
 *
 * The files are those of the binary version, in root/cifar-10-batches-bin. Downloading blocks.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.CIFAR10.html}
 */
const CIFAR10Class = keywordClass<CIFAR10>("CIFAR10")(CIFAR10, parameters);
type CIFAR10Class = CIFAR10;

class CIFAR100 extends CIFAR10 {
  static override base_folder = "cifar-100-binary";
  static override url = "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz";
  static override filename = "cifar-100-binary.tar.gz";
  static override tgz_md5 = "03b5dce01913d631647c71ecec9e9cb8";
  static override train_list: readonly string[] = ["train.bin"];
  static override test_list: readonly string[] = ["test.bin"];
  static override meta = "fine_label_names.txt";
  static override _labels = 2;
}

/**
 * The same for a hundred classes (the fine ones), in root/cifar-100-binary.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.CIFAR100.html}
 */
const CIFAR100Class = keywordClass<CIFAR100>("CIFAR100")(CIFAR100, parameters, { owner: CIFAR10 });
type CIFAR100Class = CIFAR100;

export { CIFAR10Class as CIFAR10, CIFAR100Class as CIFAR100 };
