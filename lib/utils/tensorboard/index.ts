// torch/utils/tensorboard/__init__.py

export { RecordWriter } from "./_event_file.js";
export * as summary from "./summary.js";
export * as writer from "./writer.js";
export { FileWriter, SummaryWriter } from "./writer.js";
