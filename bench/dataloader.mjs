// DataLoader: TensorDataset without workers, and two workers over a dataset that works on each sample.
import torch from "tstorch";
import { report, sized } from "./measure.mjs";

const { DataLoader, TensorDataset, from_module } = torch.utils.data;

function measure(name, loader, passes) {
  const times = [];
  const samples = loader.dataset.length;
  for (let i = 0; i < passes; i++) {
    const started = process.hrtime.bigint();
    let count = 0;
    for (const [batch] of loader) count += batch.size(0);
    times.push(Number(process.hrtime.bigint() - started) / samples);
    if (count !== samples) throw new Error(`${count} samples`);
  }
  report(name, Math.min(...times), "ns");
}

const tensors = TensorDataset(torch.randn(20000, 32), torch.arange(20000));
measure("TensorDataset", DataLoader(tensors, { batch_size: 64 }), 5);
measure("TensorDataset, shuffled", DataLoader(tensors, { batch_size: 64, shuffle: true }), 5);
const images = await from_module(new URL("./images.mjs", import.meta.url), "Images", [sized(4000, 4000, 64)]);
measure("images", DataLoader(images, { batch_size: 32 }), 3);
measure("images, 2 workers", DataLoader(images, { batch_size: 32, num_workers: 2, persistent_workers: true }), 4);
const tidy = await from_module(new URL("./images.mjs", import.meta.url), "TidyImages", [sized(4000, 4000, 64)]);
measure("images, 2 workers, tidy", DataLoader(tidy, { batch_size: 32, num_workers: 2, persistent_workers: true }), 4);
process.exit();
