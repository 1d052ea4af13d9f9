// torch.nn.modules: what modules/ exports, and each of its files by its name

export * as activation from "./modules/activation.js";
export * as adaptive from "./modules/adaptive.js";
export * as batchnorm from "./modules/batchnorm.js";
export * as channelshuffle from "./modules/channelshuffle.js";
export * as container from "./modules/container.js";
export * as conv from "./modules/conv.js";
export * as distance from "./modules/distance.js";
export * as dropout from "./modules/dropout.js";
export * as flatten from "./modules/flatten.js";
export * as fold from "./modules/fold.js";
export * from "./modules/index.js";
export * as instancenorm from "./modules/instancenorm.js";
export * as lazy from "./modules/lazy.js";
export * as linear from "./modules/linear.js";
export * as loss from "./modules/loss.js";
export * as module from "./modules/module.js";
export * as normalization from "./modules/normalization.js";
export * as padding from "./modules/padding.js";
export * as pixelshuffle from "./modules/pixelshuffle.js";
export * as pooling from "./modules/pooling.js";
export * as rnn from "./modules/rnn.js";
export * as sparse from "./modules/sparse.js";
export * as transformer from "./modules/transformer.js";
export * as upsampling from "./modules/upsampling.js";
export * as utils from "./modules/utils.js";
