// torch/utils/tensorboard/__init__.py

export { SummaryWriter } from "./writer.js";
