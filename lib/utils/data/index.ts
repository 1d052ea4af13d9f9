// torch.utils.data: torch/utils/data/__init__.py

export { from_module } from "../../multiprocessing/from_module.js";
export type { Collated, Converted } from "./_utils/collate.js";
export * as dataloader from "./dataloader.js";
export {
  _DatasetKind,
  DataLoader,
  type DataLoaderOptions,
  default_collate,
  default_convert,
  get_worker_info,
  type WorkerInfo,
} from "./dataloader.js";
export { functional_datapipe, guaranteed_datapipes_determinism, non_deterministic } from "./datapipes/_decorator.js";
export { DataChunk, DFIterDataPipe, IterDataPipe, MapDataPipe } from "./datapipes/datapipe.js";
export * as datapipes from "./datapipes/index.js";
export * as dataset from "./dataset.js";
export {
  ChainDataset,
  ConcatDataset,
  Dataset,
  type DatasetLike,
  IterableDataset,
  random_split,
  StackDataset,
  Subset,
  TensorDataset,
} from "./dataset.js";
export * as distributed from "./distributed.js";
export { DistributedSampler } from "./distributed.js";
export * as graph from "./graph.js";
export * as graph_settings from "./graph_settings.js";
export * as sampler from "./sampler.js";
export {
  BatchSampler,
  RandomSampler,
  Sampler,
  SequentialSampler,
  SubsetRandomSampler,
  WeightedRandomSampler,
} from "./sampler.js";
