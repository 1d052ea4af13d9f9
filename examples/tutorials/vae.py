# A variational autoencoder on small images of bars that the script draws: the reparameterisation trick, the evidence
# lower bound, and samples from the prior.
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import optim
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(6)

SIZE = 8


def make_images(count):
    images = torch.zeros(count, SIZE, SIZE)
    for i in range(count):
        position = torch.randint(SIZE, (1,)).item()
        if torch.rand(1).item() < 0.5:
            images[i, position, :] = 1
        else:
            images[i, :, position] = 1
    return images.flatten(1)


class VAE(nn.Module):
    def __init__(self, latent=3):
        super().__init__()
        self.fc1 = nn.Linear(SIZE * SIZE, 48)
        self.fc21 = nn.Linear(48, latent)
        self.fc22 = nn.Linear(48, latent)
        self.fc3 = nn.Linear(latent, 48)
        self.fc4 = nn.Linear(48, SIZE * SIZE)

    def encode(self, x):
        h1 = F.relu(self.fc1(x))
        return self.fc21(h1), self.fc22(h1)

    def reparameterize(self, mu, logvar):
        std = torch.exp(0.5 * logvar)
        eps = torch.randn_like(std)
        return mu + eps * std

    def decode(self, z):
        h3 = F.relu(self.fc3(z))
        return torch.sigmoid(self.fc4(h3))

    def forward(self, x):
        mu, logvar = self.encode(x)
        z = self.reparameterize(mu, logvar)
        return self.decode(z), mu, logvar


def loss_function(recon_x, x, mu, logvar):
    BCE = F.binary_cross_entropy(recon_x, x, reduction="sum")
    # 0.5 * sum(1 + log(sigma^2) - mu^2 - sigma^2)
    KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return BCE + KLD


model = VAE()
optimizer = optim.Adam(model.parameters(), lr=5e-3)
train_loader = DataLoader(TensorDataset(make_images(512)), batch_size=32, shuffle=True)
test_images = make_images(64)

for epoch in range(1, 13):
    model.train()
    train_loss = 0.0
    for (data,) in train_loader:
        optimizer.zero_grad()
        recon_batch, mu, logvar = model(data)
        loss = loss_function(recon_batch, data, mu, logvar)
        loss.backward()
        train_loss += loss.item()
        optimizer.step()
    if epoch % 3 == 0:
        print(f"epoch {epoch} average loss {train_loss / len(train_loader.dataset):.2f}")

model.eval()
with torch.no_grad():
    recon, mu, logvar = model(test_images)
    print(f"test loss {loss_function(recon, test_images, mu, logvar).item() / len(test_images):.2f}")
    for row in recon[0].view(SIZE, SIZE).gt(0.3).int().tolist():
        print("".join("#" if pixel else "." for pixel in row))
    print(model.decode(torch.randn(2, 3)).mean(dim=1))
