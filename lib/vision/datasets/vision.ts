// torchvision/datasets/vision.py

import { IndexError } from "../../errors.js";
import { Dataset } from "../../utils/data/dataset.js";

// biome-ignore-start lint/suspicious/noExplicitAny: samples and what transforms make of them

/** Makes something else of an image or a target. */
export type Transformation = ((value: any) => any) | null;

/**
 * The base of datasets of images and targets, kept in the folder `root`.
 *
 * {@link https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.VisionDataset.html}
 */
export abstract class VisionDataset extends Dataset<[image: any, target: any]> {
  readonly root: string;
  transform: Transformation;
  target_transform: Transformation;

  constructor(root: string, transform: Transformation = null, target_transform: Transformation = null) {
    super();
    this.root = root;
    this.transform = transform;
    this.target_transform = target_transform;
  }

  declare readonly length: number;

  /** @internal Throws IndexError for an index that no sample has. */
  _check_index(index: number, length: number): void {
    if (index < -length || index >= length) throw new IndexError(`index ${index} is out of range of ${length} samples`);
  }

  /** @internal The sample after the transforms. */
  _transformed(image: unknown, target: unknown): [image: any, target: any] {
    return [
      this.transform ? this.transform(image) : image,
      this.target_transform ? this.target_transform(target) : target,
    ];
  }
}

// biome-ignore-end lint/suspicious/noExplicitAny: see above
