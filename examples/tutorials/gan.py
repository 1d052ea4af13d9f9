# A generative adversarial network: a generator learns to draw points on a ring, a discriminator to tell them from real
# ones. Two optimizers, detached fakes, labels that change sides.
import math

import torch
import torch.nn as nn
import torch.optim as optim

torch.manual_seed(7)

nz, batch_size = 4, 64


def real_points(count):
    angle = 2 * math.pi * torch.rand(count)
    points = torch.stack([torch.cos(angle), torch.sin(angle)], dim=1)
    return points + 0.05 * torch.randn(count, 2)


def weights_init(m):
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, 0.0, 0.2)
        nn.init.zeros_(m.bias)


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(
            nn.Linear(nz, 32),
            nn.BatchNorm1d(32),
            nn.ReLU(True),
            nn.Linear(32, 32),
            nn.ReLU(True),
            nn.Linear(32, 2),
        )

    def forward(self, input):
        return self.main(input)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(
            nn.Linear(2, 32),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Linear(32, 32),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Linear(32, 1),
            nn.Sigmoid(),
        )

    def forward(self, input):
        return self.main(input).squeeze(1)


netG = Generator()
netG.apply(weights_init)
netD = Discriminator()
netD.apply(weights_init)
print(netD)

criterion = nn.BCELoss()
fixed_noise = torch.randn(256, nz)
optimizerD = optim.Adam(netD.parameters(), lr=4e-3, betas=(0.5, 0.999))
optimizerG = optim.Adam(netG.parameters(), lr=2e-3, betas=(0.5, 0.999))

for step in range(1, 301):
    # maximise log(D(x)) + log(1 - D(G(z)))
    netD.zero_grad()
    label = torch.full((batch_size,), 1.0)
    output = netD(real_points(batch_size))
    errD_real = criterion(output, label)
    errD_real.backward()
    fake = netG(torch.randn(batch_size, nz))
    label.fill_(0.0)
    errD_fake = criterion(netD(fake.detach()), label)
    errD_fake.backward()
    optimizerD.step()
    # maximise log(D(G(z)))
    netG.zero_grad()
    label.fill_(1.0)
    errG = criterion(netD(fake), label)
    errG.backward()
    optimizerG.step()
    if step % 60 == 0:
        netG.eval()
        with torch.no_grad():
            radius = netG(fixed_noise).norm(dim=1)
        netG.train()
        print(f"step {step} loss D {(errD_real + errD_fake).item():.2f} G {errG.item():.2f} radius {radius.mean().item():.2f}")
