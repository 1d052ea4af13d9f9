# Classifying names with a character-level RNN: a network of plain Linear layers, trained by hand-written gradient
# descent, tells from its letters which language a name belongs to. The names are made by rules of each language.
import torch
import torch.nn as nn

torch.manual_seed(1)

LETTERS = "abcdefghijklmnopqrstuvwxyz"
STARTS = ["mar", "leo", "an", "kat", "jo", "vic", "ser", "al", "pet", "ros"]
ENDINGS = {
    "Italian": ["ini", "etti", "ucci", "ello"],
    "Polish": ["ski", "wicz", "czyk", "owski"],
    "Dutch": ["stra", "sma", "huis", "veld"],
}
LANGUAGES = list(ENDINGS)


def choose(items):
    return items[torch.randint(len(items), (1,)).item()]


def make_name(language):
    return choose(STARTS) + choose(ENDINGS[language])


def name_to_tensor(name):
    tensor = torch.zeros(len(name), 1, len(LETTERS))
    for i, letter in enumerate(name):
        tensor[i][0][LETTERS.index(letter)] = 1
    return tensor


class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        combined = torch.cat((input, hidden), 1)
        hidden = torch.tanh(self.i2h(combined))
        output = self.softmax(self.h2o(hidden))
        return output, hidden

    def init_hidden(self):
        return torch.zeros(1, self.hidden_size)


rnn = RNN(len(LETTERS), 32, len(LANGUAGES))
print(rnn)
criterion = nn.NLLLoss()
learning_rate = 0.05


def run(name):
    hidden = rnn.init_hidden()
    for letter in name_to_tensor(name):
        output, hidden = rnn(letter, hidden)
    return output


def train(language, name):
    rnn.zero_grad()
    output = run(name)
    loss = criterion(output, torch.tensor([LANGUAGES.index(language)]))
    loss.backward()
    with torch.no_grad():
        for p in rnn.parameters():
            p.add_(p.grad, alpha=-learning_rate)
    return loss.item()


total = 0.0
for step in range(1, 601):
    language = choose(LANGUAGES)
    total += train(language, make_name(language))
    if step % 100 == 0:
        print(f"step {step} loss {total / 100:.4f}")
        total = 0.0

confusion = torch.zeros(len(LANGUAGES), len(LANGUAGES), dtype=torch.long)
with torch.no_grad():
    for _ in range(150):
        language = choose(LANGUAGES)
        guess = run(make_name(language)).argmax(1).item()
        confusion[LANGUAGES.index(language)][guess] += 1
print(confusion)

for name in ["rosini", "petwicz", "annasma"]:
    with torch.no_grad():
        output = run(name)
    value, index = output.topk(1)
    print(f"{name}: {LANGUAGES[index.item()]} ({value.exp().item():.3f})")
