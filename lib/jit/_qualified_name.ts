// The names of classes in TorchScript, as Python's `_qualified_name()` gives them: "__torch__.torch.nn.modules.linear.Linear".

import * as activation from "../nn/modules/activation.js";
import * as adaptive from "../nn/modules/adaptive.js";
import * as batchnorm from "../nn/modules/batchnorm.js";
import * as channelshuffle from "../nn/modules/channelshuffle.js";
import * as container from "../nn/modules/container.js";
import * as conv from "../nn/modules/conv.js";
import * as distance from "../nn/modules/distance.js";
import * as dropout from "../nn/modules/dropout.js";
import * as flatten from "../nn/modules/flatten.js";
import * as fold from "../nn/modules/fold.js";
import * as instancenorm from "../nn/modules/instancenorm.js";
import * as linear from "../nn/modules/linear.js";
import * as loss from "../nn/modules/loss.js";
import type { Module } from "../nn/modules/module.js";
import * as normalization from "../nn/modules/normalization.js";
import * as padding from "../nn/modules/padding.js";
import * as pixelshuffle from "../nn/modules/pixelshuffle.js";
import * as pooling from "../nn/modules/pooling.js";
import * as rnn from "../nn/modules/rnn.js";
import * as sparse from "../nn/modules/sparse.js";
import * as transformer from "../nn/modules/transformer.js";
import * as upsampling from "../nn/modules/upsampling.js";

const files = {
  activation,
  adaptive,
  batchnorm,
  channelshuffle,
  container,
  conv,
  distance,
  dropout,
  flatten,
  fold,
  instancenorm,
  linear,
  loss,
  normalization,
  padding,
  pixelshuffle,
  pooling,
  rnn,
  sparse,
  transformer,
  upsampling,
};

let known: Map<unknown, string> | null = null;

function fileOf(constructor: unknown): string | undefined {
  if (known === null) {
    known = new Map();
    for (const [file, classes] of Object.entries(files)) {
      for (const one of Object.values(classes)) if (typeof one === "function") known.set(one, file);
    }
  }
  return known.get(constructor);
}

/** The name of a module's class; users' classes are in no file, as those of Python's main program. */
export function qualifiedName(module: Module): string {
  const name = module.constructor.name.replace(/\W/g, "_") || "_lambda";
  const file = fileOf(module.constructor);
  return file === undefined ? `__torch__.${name}` : `__torch__.torch.nn.modules.${file}.${name}`;
}
