// A generative adversarial network: a generator learns to draw points on a ring, a discriminator to tell them from real
// ones. Two optimizers, detached fakes, labels that change sides. The Python twin: gan.py
import * as torch from "tstorch";
import { nn, optim } from "tstorch";
import { isinstance, print } from "tstorch/python";

torch.manual_seed(7);

const [nz, batch_size] = [4, 64];

function real_points(count: number): torch.Tensor {
  const angle = torch.rand(count).mul(2 * Math.PI);
  const points = torch.stack([torch.cos(angle), torch.sin(angle)], { dim: 1 });
  return points.add(torch.randn(count, 2).mul(0.05));
}

function weights_init(m: nn.Module): void {
  if (isinstance(m, nn.Linear)) {
    nn.init.normal_(m.weight, 0.0, 0.2);
    nn.init.zeros_(m.bias as torch.Tensor);
  }
}

class Generator extends nn.Module {
  main = nn.Sequential(
    nn.Linear(nz, 32),
    nn.BatchNorm1d(32),
    nn.ReLU(true),
    nn.Linear(32, 32),
    nn.ReLU(true),
    nn.Linear(32, 2),
  );

  override forward(input: torch.Tensor): torch.Tensor {
    return this.main(input);
  }
}

class Discriminator extends nn.Module {
  main = nn.Sequential(
    nn.Linear(2, 32),
    nn.LeakyReLU(0.2, { inplace: true }),
    nn.Linear(32, 32),
    nn.LeakyReLU(0.2, { inplace: true }),
    nn.Linear(32, 1),
    nn.Sigmoid(),
  );

  override forward(input: torch.Tensor): torch.Tensor {
    return this.main(input).squeeze(1);
  }
}

const netG = new Generator();
netG.apply(weights_init);
const netD = new Discriminator();
netD.apply(weights_init);
print(netD);

const criterion = nn.BCELoss();
const fixed_noise = torch.randn(256, nz);
const optimizerD = optim.Adam(netD.parameters(), { lr: 4e-3, betas: [0.5, 0.999] });
const optimizerG = optim.Adam(netG.parameters(), { lr: 2e-3, betas: [0.5, 0.999] });

for (let step = 1; step <= 300; step++) {
  // maximise log(D(x)) + log(1 - D(G(z)))
  netD.zero_grad();
  const label = torch.full([batch_size], 1, { dtype: torch.float32 });
  const output = netD(real_points(batch_size));
  const errD_real = criterion(output, label);
  errD_real.backward();
  const fake = netG(torch.randn(batch_size, nz));
  label.fill_(0.0);
  const errD_fake = criterion(netD(fake.detach()), label);
  errD_fake.backward();
  optimizerD.step();
  // maximise log(D(G(z)))
  netG.zero_grad();
  label.fill_(1.0);
  const errG = criterion(netD(fake), label);
  errG.backward();
  optimizerG.step();
  if (step % 60 === 0) {
    netG.eval();
    const radius = torch.no_grad(() => netG(fixed_noise).norm({ dim: 1 }));
    netG.train();
    const loss = errD_real.add(errD_fake).item().toFixed(2);
    print(`step ${step} loss D ${loss} G ${errG.item().toFixed(2)} radius ${radius.mean().item().toFixed(2)}`);
  }
}
