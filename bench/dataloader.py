# DataLoader: TensorDataset without workers, and two workers over a dataset that works on each sample.
import time

import torch
from measure import report, sized
from torch.utils.data import DataLoader, Dataset, TensorDataset


class Images(Dataset):
    """Images as a training script prepares them: scaled, cropped, flipped, normalised."""

    def __init__(self, count):
        self.pixels = torch.randint(0, 256, (count, 3, 72, 72), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
        self.mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
        self.std = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)

    def __len__(self):
        return self.pixels.size(0)

    def __getitem__(self, index):
        image = self.pixels[index, :, 4:68, 4:68].to(torch.float32).div(255)
        if index % 2:
            image = image.flip(-1)
        return image.sub(self.mean).div(self.std), index % 10


def measure(name, loader, passes):
    times = []
    samples = len(loader.dataset)
    for i in range(passes):
        started = time.perf_counter_ns()
        count = 0
        for batch, _ in loader:
            count += batch.size(0)
        times.append((time.perf_counter_ns() - started) / samples)
        assert count == samples
    report(name, min(times), "ns")


if __name__ == "__main__":
    tensors = TensorDataset(torch.randn(20000, 32), torch.arange(20000))
    measure("TensorDataset", DataLoader(tensors, batch_size=64), 5)
    measure("TensorDataset, shuffled", DataLoader(tensors, batch_size=64, shuffle=True), 5)
    images = Images(sized(4000, 4000, 64))
    measure("images", DataLoader(images, batch_size=32), 3)
    measure("images, 2 workers", DataLoader(images, batch_size=32, num_workers=2, persistent_workers=True), 4)
