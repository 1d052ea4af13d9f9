// torchvision/datasets/mnist.py

import { existsSync } from "node:fs";
import path from "node:path";
import type { Tensor } from "../../_tensor.js";
import { keywordClass } from "../../arguments/class.js";
import type { dtype } from "../../dtype.js";
import * as dtypes from "../../dtype.js";
import { RuntimeError, ValueError } from "../../errors.js";
import { frombuffer } from "../../tensor_new.js";
import { download, missing, readMaybeGzip } from "./utils.js";
import { type Transformation, VisionDataset } from "./vision.js";

/** The types of idx files by their number, and how many bytes an element has. */
const types = new Map<number, [dtype, size: number]>([
  [8, [dtypes.uint8, 1]],
  [9, [dtypes.int8, 1]],
  [11, [dtypes.int16, 2]],
  [12, [dtypes.int32, 4]],
  [13, [dtypes.float32, 4]],
  [14, [dtypes.float64, 8]],
]);

/**
 * The tensor of an idx file, which may be compressed with gzip as `path.gz`.
 *
 * Throws ValueError for a file of another format or length.
 */
export function read_sn3_pascalvincent_tensor(file: string): Tensor {
  const bytes = readMaybeGzip(file);
  const type = bytes.length >= 4 && bytes.readUInt16BE(0) === 0 ? types.get(bytes[2]) : undefined;
  const dims = bytes[3];
  if (!type || dims < 1 || dims > 3 || bytes.length < 4 + 4 * dims) throw new ValueError(`${file} is no idx file`);
  const shape = Array.from({ length: dims }, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  const [dtype, size] = type;
  const data = Buffer.from(bytes.subarray(4 + 4 * dims));
  const expected = shape.reduce((product, n) => product * n, size);
  if (data.length !== expected) throw new ValueError(`${file} has ${data.length} bytes of data, not ${expected}`);
  if (size === 2) data.swap16();
  else if (size === 4) data.swap32();
  else if (size === 8) data.swap64();
  return frombuffer(data, { dtype }).view(shape);
}

/** A file to download and its checksum. */
type Resource = readonly [filename: string, md5: string];

class MNIST extends VisionDataset {
  /** Where the files are. */
  static mirrors: readonly string[] = [
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "http://yann.lecun.com/exdb/mnist/",
  ];
  static resources: readonly Resource[] = [
    ["train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"],
    ["train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432"],
    ["t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3"],
    ["t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c"],
  ];
  static classes: readonly string[] = [
    "0 - zero",
    "1 - one",
    "2 - two",
    "3 - three",
    "4 - four",
    "5 - five",
    "6 - six",
    "7 - seven",
    "8 - eight",
    "9 - nine",
  ];

  readonly train: boolean;
  readonly classes: readonly string[];
  /** The images, uint8 (N, 28, 28). */
  data: Tensor;
  /** The classes, int64 (N). */
  targets: Tensor;

  constructor(
    root: string,
    train = true,
    transform: Transformation = null,
    target_transform: Transformation = null,
    download = false,
  ) {
    super(root, transform, target_transform);
    this.train = train;
    this.classes = this.#class.classes;
    if (download) this.download();
    if (!this._check_exists()) {
      throw missing(
        `Dataset not found. You can use download=True to download it, or put ${this.#files.join(", ")} (or the same with .gz) into ${path.resolve(this.raw_folder)}`,
      );
    }
    this.data = this.#read("images-idx3", dtypes.uint8, 3);
    this.targets = this.#read("labels-idx1", dtypes.uint8, 1).long();
    if (this.data.size(0) !== this.targets.size(0)) {
      throw new RuntimeError(`There are ${this.data.size(0)} images and ${this.targets.size(0)} labels.`);
    }
  }

  get #class(): typeof MNIST {
    return this.constructor as typeof MNIST;
  }

  get #files(): string[] {
    return this.#class.resources.map(([filename]) => filename.replace(/\.gz$/, ""));
  }

  #read(kind: string, dtype: dtype, dims: number): Tensor {
    const file = path.join(this.raw_folder, `${this.train ? "train" : "t10k"}-${kind}-ubyte`);
    const tensor = read_sn3_pascalvincent_tensor(file);
    if (tensor.dtype !== dtype || tensor.dim() !== dims) {
      throw new ValueError(`${file} has ${tensor.dim()} dimensions of ${tensor.dtype}, not ${dims} of ${dtype}`);
    }
    return tensor;
  }

  /** The folder of the files: root/MNIST/raw, with the name of the class. */
  get raw_folder(): string {
    return path.join(this.root, this.constructor.name, "raw");
  }

  get class_to_idx(): Record<string, number> {
    return Object.fromEntries(this.classes.map((name, i) => [name, i]));
  }

  /** @internal */
  _check_exists(): boolean {
    return this.#files.every((name) =>
      [name, `${name}.gz`].some((file) => existsSync(path.join(this.raw_folder, file))),
    );
  }

  /** Downloads the files that are not there. Throws RuntimeError, which says where to put them by hand. */
  download(): void {
    if (this._check_exists()) return;
    const { mirrors, resources } = this.#class;
    for (const [filename, md5] of resources) {
      download(
        mirrors.map((mirror) => `${mirror}${filename}`),
        this.raw_folder,
        filename,
        md5,
      );
    }
  }

  override __getitem__(index: number): ReturnType<VisionDataset["__getitem__"]> {
    this._check_index(index, this.__len__());
    return this._transformed(this.data.select(0, index).unsqueeze(0), this.targets.select(0, index).item());
  }

  override __len__(): number {
    return this.data.size(0);
  }

  extra_repr(): string {
    return `Split: ${this.train ? "Train" : "Test"}`;
  }
}

const parameters = ["root", "train", "transform", "target_transform", "download"] as const;

/**
 * Handwritten digits: uint8 images (1, 28, 28), where Python has PIL's, and their classes.
 *
 * The files are idx files, as they are or compressed with gzip, in root/MNIST/raw. Downloading blocks.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.MNIST.html}
 */
const MNISTClass = keywordClass<MNIST>("MNIST")(MNIST, parameters);
type MNISTClass = MNIST;

class FashionMNIST extends MNIST {
  static override mirrors: readonly string[] = ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"];
  static override resources: readonly Resource[] = [
    ["train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"],
    ["train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"],
    ["t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"],
    ["t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"],
  ];
  static override classes: readonly string[] = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
  ];
}

/**
 * Pictures of clothes, in the form of MNIST, in root/FashionMNIST/raw.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.FashionMNIST.html}
 */
const FashionMNISTClass = keywordClass<FashionMNIST>("FashionMNIST")(FashionMNIST, parameters, { owner: MNIST });
type FashionMNISTClass = FashionMNIST;

class KMNIST extends MNIST {
  static override mirrors: readonly string[] = ["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"];
  static override resources: readonly Resource[] = [
    ["train-images-idx3-ubyte.gz", "bdb82020997e1d708af4cf47b453dcf7"],
    ["train-labels-idx1-ubyte.gz", "e144d726b3acfaa3e44228e80efcd344"],
    ["t10k-images-idx3-ubyte.gz", "5c965bf0a639b31b8f53240b1b52f4d7"],
    ["t10k-labels-idx1-ubyte.gz", "7320c461ea6c1c855c0b718fb2a4b134"],
  ];
  static override classes: readonly string[] = ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"];
}

/**
 * Handwritten Japanese characters, in the form of MNIST, in root/KMNIST/raw.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.KMNIST.html}
 */
const KMNISTClass = keywordClass<KMNIST>("KMNIST")(KMNIST, parameters, { owner: MNIST });
type KMNISTClass = KMNIST;

export { FashionMNISTClass as FashionMNIST, KMNISTClass as KMNIST, MNISTClass as MNIST };
