// torch/utils/data/datapipes/iter/__init__.py

export * as callable from "./callable.js";
export { CollatorIterDataPipe as Collator, MapperIterDataPipe as Mapper } from "./callable.js";
export * as combinatorics from "./combinatorics.js";
export { SamplerIterDataPipe as Sampler, ShufflerIterDataPipe as Shuffler } from "./combinatorics.js";
export * as combining from "./combining.js";
export {
  ConcaterIterDataPipe as Concater,
  DemultiplexerIterDataPipe as Demultiplexer,
  ForkerIterDataPipe as Forker,
  MultiplexerIterDataPipe as Multiplexer,
  ZipperIterDataPipe as Zipper,
} from "./combining.js";
export * as filelister from "./filelister.js";
export { FileListerIterDataPipe as FileLister } from "./filelister.js";
export * as fileopener from "./fileopener.js";
export { FileOpenerIterDataPipe as FileOpener } from "./fileopener.js";
export * as grouping from "./grouping.js";
export {
  BatcherIterDataPipe as Batcher,
  GrouperIterDataPipe as Grouper,
  UnBatcherIterDataPipe as UnBatcher,
} from "./grouping.js";
export * as routeddecoder from "./routeddecoder.js";
export { RoutedDecoderIterDataPipe as RoutedDecoder } from "./routeddecoder.js";
export * as selecting from "./selecting.js";
export { FilterIterDataPipe as Filter } from "./selecting.js";
export * as sharding from "./sharding.js";
export { ShardingFilterIterDataPipe as ShardingFilter } from "./sharding.js";
export * as streamreader from "./streamreader.js";
export { StreamReaderIterDataPipe as StreamReader } from "./streamreader.js";
export * as utils from "./utils.js";
export { IterableWrapperIterDataPipe as IterableWrapper } from "./utils.js";
