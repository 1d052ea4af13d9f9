// How datasets and the functions of DataLoader cross to workers.

import { registerClass, registerFunction } from "../../../multiprocessing/reductions.js";
import { Range } from "../../../python/range.js";
import "../datapipes/index.js";
import { ChainDataset, ConcatDataset, StackDataset, Subset, TensorDataset } from "../dataset.js";
import { default_collate, default_convert } from "./collate.js";

const path = "torch.utils.data";
registerFunction(`${path}.default_collate`, default_collate);
registerFunction(`${path}.default_convert`, default_convert);
registerClass<Range>(
  "range",
  Range,
  ({ start, stop, step }) => [start, stop, step],
  (start, stop, step) => new Range(start, stop, step),
);
registerClass<TensorDataset>(
  `${path}.TensorDataset`,
  TensorDataset,
  ({ tensors }) => tensors,
  (...tensors) => TensorDataset(...tensors),
);
registerClass<Subset>(
  `${path}.Subset`,
  Subset,
  ({ dataset, indices }) => [dataset, indices],
  (dataset, indices) => Subset(dataset, indices),
);
registerClass<ConcatDataset>(
  `${path}.ConcatDataset`,
  ConcatDataset,
  ({ datasets }) => [datasets],
  (datasets) => ConcatDataset(datasets),
);
registerClass<ChainDataset>(
  `${path}.ChainDataset`,
  ChainDataset,
  ({ datasets }) => [datasets],
  (datasets) => ChainDataset(datasets),
);
registerClass<StackDataset>(
  `${path}.StackDataset`,
  StackDataset,
  ({ datasets }) => (Array.isArray(datasets) ? datasets : [datasets]),
  (...datasets) => StackDataset(...datasets),
);
