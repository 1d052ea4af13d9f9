// The dataset of dataloader.mjs, in a module of its own for the workers.
import torch from "tstorch";

/** Images as a training script prepares them: scaled, cropped, flipped, normalised. */
export class Images extends torch.utils.data.Dataset {
  constructor(count) {
    super();
    const generator = new torch.Generator().manual_seed(0);
    this.pixels = torch.randint(0, 256, [count, 3, 72, 72], { dtype: torch.uint8, generator });
    this.mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1);
    this.std = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1);
  }

  __len__() {
    return this.pixels.size(0);
  }

  __getitem__(index) {
    let image = this.pixels[`${index}, :, 4:68, 4:68`].to(torch.float32).div(255);
    if (index % 2) image = image.flip(-1);
    return [image.sub(this.mean).div(this.std), index % 10];
  }
}

/** The same, which frees what it makes on the way at once. */
export class TidyImages extends Images {
  __getitem__(index) {
    return torch.tidy(() => super.__getitem__(index));
  }
}
