# A siamese network: two images go through the same convolutions, and a head tells whether they show the same shape. The
# shapes are drawn by the script, with noise.
import torch
import torch.nn as nn
import torch.optim as optim
from torch.optim.lr_scheduler import StepLR
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(10)

SIZE, SHAPES = 10, 3


def draw(shape):
    image = torch.zeros(SIZE, SIZE)
    row, column = torch.randint(1, SIZE - 5, (2,)).tolist()
    if shape == 0:  # a square's outline
        image[row : row + 5, column : column + 5] = 1
        image[row + 1 : row + 4, column + 1 : column + 4] = 0
    elif shape == 1:  # a cross
        image[row + 2, column : column + 5] = 1
        image[row : row + 5, column + 2] = 1
    else:  # a diagonal
        for i in range(5):
            image[row + i, column + i] = 1
    return (image + 0.1 * torch.randn(SIZE, SIZE)).unsqueeze(0)


class PairDataset(Dataset):
    def __init__(self, size):
        self.pairs = []
        for i in range(size):
            first = torch.randint(SHAPES, (1,)).item()
            second = first if i % 2 == 0 else (first + torch.randint(1, SHAPES, (1,)).item()) % SHAPES
            self.pairs.append((draw(first), draw(second), torch.tensor(float(first == second))))

    def __len__(self):
        return len(self.pairs)

    def __getitem__(self, index):
        return self.pairs[index]


class SiameseNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 8, 3),
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.Conv2d(8, 16, 3),
            nn.ReLU(),
            nn.AdaptiveMaxPool2d(2),
            nn.Flatten(),
        )
        self.fc = nn.Sequential(
            nn.Linear(2 * 64, 32),
            nn.ReLU(inplace=True),
            nn.Linear(32, 1),
        )
        self.sigmoid = nn.Sigmoid()
        self.fc.apply(self.init_weights)

    def init_weights(self, m):
        if isinstance(m, nn.Linear):
            torch.nn.init.xavier_uniform_(m.weight)
            m.bias.data.fill_(0.01)

    def forward_once(self, x):
        return self.features(x)

    def forward(self, input1, input2):
        output1 = self.forward_once(input1)
        output2 = self.forward_once(input2)
        output = torch.cat((output1, output2), 1)
        return self.sigmoid(self.fc(output))


model = SiameseNetwork()
train_loader = DataLoader(PairDataset(256), batch_size=32, shuffle=True)
test_loader = DataLoader(PairDataset(128), batch_size=64)
optimizer = optim.Adadelta(model.parameters(), lr=1.0)
scheduler = StepLR(optimizer, step_size=2, gamma=0.7)
criterion = nn.BCELoss()

for epoch in range(1, 7):
    model.train()
    for images_1, images_2, targets in train_loader:
        optimizer.zero_grad()
        outputs = model(images_1, images_2).squeeze()
        loss = criterion(outputs, targets)
        loss.backward()
        optimizer.step()
    model.eval()
    test_loss, correct = 0.0, 0
    with torch.no_grad():
        for images_1, images_2, targets in test_loader:
            outputs = model(images_1, images_2).squeeze()
            test_loss += criterion(outputs, targets).item() * len(targets)
            pred = torch.where(outputs > 0.5, 1, 0)
            correct += pred.eq(targets.view_as(pred)).sum().item()
    size = len(test_loader.dataset)
    print(f"epoch {epoch} lr {scheduler.get_last_lr()[0]:.3f} test loss {test_loss / size:.2f} correct {correct}/{size}")
    scheduler.step()
