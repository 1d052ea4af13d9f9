// torch/utils/data/datapipes/map/__init__.py

export * as callable from "./callable.js";
export { MapperMapDataPipe as Mapper } from "./callable.js";
export * as combinatorics from "./combinatorics.js";
export { ShufflerIterDataPipe as Shuffler } from "./combinatorics.js";
export * as combining from "./combining.js";
export { ConcaterMapDataPipe as Concater, ZipperMapDataPipe as Zipper } from "./combining.js";
export * as grouping from "./grouping.js";
export { BatcherMapDataPipe as Batcher } from "./grouping.js";
export * as utils from "./utils.js";
export { SequenceWrapperMapDataPipe as SequenceWrapper } from "./utils.js";
