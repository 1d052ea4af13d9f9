// A variational autoencoder on small images of bars that the script draws: the reparameterisation trick, the evidence
// lower bound, and samples from the prior. The Python twin: vae.py
import * as torch from "tstorch";
import { nn, optim } from "tstorch";
import * as F from "tstorch/nn/functional";
import { len, print } from "tstorch/python";
import { DataLoader, TensorDataset } from "tstorch/utils/data";

torch.manual_seed(6);

const SIZE = 8;

function make_images(count: number): torch.Tensor {
  const images = torch.zeros(count, SIZE, SIZE);
  for (let i = 0; i < count; i++) {
    const position = torch.randint(SIZE, [1]).item();
    if (torch.rand(1).item() < 0.5) {
      images.index_put_([i, position, ":"], 1);
    } else {
      images.index_put_([i, ":", position], 1);
    }
  }
  return images.flatten(1);
}

class VAE extends nn.Module {
  fc1: nn.Linear;
  fc21: nn.Linear;
  fc22: nn.Linear;
  fc3: nn.Linear;
  fc4: nn.Linear;

  constructor(latent = 3) {
    super();
    this.fc1 = nn.Linear(SIZE * SIZE, 48);
    this.fc21 = nn.Linear(48, latent);
    this.fc22 = nn.Linear(48, latent);
    this.fc3 = nn.Linear(latent, 48);
    this.fc4 = nn.Linear(48, SIZE * SIZE);
  }

  encode(x: torch.Tensor): [torch.Tensor, torch.Tensor] {
    const h1 = F.relu(this.fc1(x));
    return [this.fc21(h1), this.fc22(h1)];
  }

  reparameterize(mu: torch.Tensor, logvar: torch.Tensor): torch.Tensor {
    const std = torch.exp(logvar.mul(0.5));
    const eps = torch.randn_like(std);
    return mu.add(eps.mul(std));
  }

  decode(z: torch.Tensor): torch.Tensor {
    const h3 = F.relu(this.fc3(z));
    return torch.sigmoid(this.fc4(h3));
  }

  override forward(x: torch.Tensor): [torch.Tensor, torch.Tensor, torch.Tensor] {
    const [mu, logvar] = this.encode(x);
    const z = this.reparameterize(mu, logvar);
    return [this.decode(z), mu, logvar];
  }
}

function loss_function(recon_x: torch.Tensor, x: torch.Tensor, mu: torch.Tensor, logvar: torch.Tensor): torch.Tensor {
  const BCE = F.binary_cross_entropy(recon_x, x, { reduction: "sum" });
  // 0.5 * sum(1 + log(sigma^2) - mu^2 - sigma^2)
  const KLD = torch.sum(logvar.add(1).sub(mu.pow(2)).sub(logvar.exp())).mul(-0.5);
  return BCE.add(KLD);
}

const model = new VAE();
const optimizer = optim.Adam(model.parameters(), { lr: 5e-3 });
const train_loader = DataLoader(TensorDataset(make_images(512)), { batch_size: 32, shuffle: true });
const test_images = make_images(64);

for (let epoch = 1; epoch <= 12; epoch++) {
  model.train();
  let train_loss = 0.0;
  for (const [data] of train_loader) {
    optimizer.zero_grad();
    const [recon_batch, mu, logvar] = model(data);
    const loss = loss_function(recon_batch, data, mu, logvar);
    loss.backward();
    train_loss += loss.item();
    optimizer.step();
  }
  if (epoch % 3 === 0) {
    print(`epoch ${epoch} average loss ${(train_loss / len(train_loader.dataset)).toFixed(2)}`);
  }
}

model.eval();
torch.no_grad(() => {
  const [recon, mu, logvar] = model(test_images);
  print(`test loss ${(loss_function(recon, test_images, mu, logvar).item() / len(test_images)).toFixed(2)}`);
  for (const row of recon[0].view(SIZE, SIZE).gt(0.3).int().tolist()) {
    print(row.map((pixel: number) => (pixel ? "#" : ".")).join(""));
  }
  print(model.decode(torch.randn(2, 3)).mean({ dim: 1 }));
});
