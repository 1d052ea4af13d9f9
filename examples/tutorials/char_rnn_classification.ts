// Classifying names with a character-level RNN: a network of plain Linear layers, trained by hand-written gradient
// descent, tells from its letters which language a name belongs to. The Python twin: char_rnn_classification.py
import * as torch from "tstorch";
import { nn } from "tstorch";
import { enumerate, len, print } from "tstorch/python";

torch.manual_seed(1);

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const STARTS = ["mar", "leo", "an", "kat", "jo", "vic", "ser", "al", "pet", "ros"];
const ENDINGS: Record<string, string[]> = {
  Italian: ["ini", "etti", "ucci", "ello"],
  Polish: ["ski", "wicz", "czyk", "owski"],
  Dutch: ["stra", "sma", "huis", "veld"],
};
const LANGUAGES = Object.keys(ENDINGS);

function choose(items: string[]): string {
  return items[torch.randint(len(items), [1]).item()];
}

function make_name(language: string): string {
  return choose(STARTS) + choose(ENDINGS[language]);
}

function name_to_tensor(name: string): torch.Tensor {
  const tensor = torch.zeros(len(name), 1, len(LETTERS));
  for (const [i, letter] of enumerate(name)) {
    tensor[i][0].index_put_([LETTERS.indexOf(letter)], 1);
  }
  return tensor;
}

class RNN extends nn.Module {
  hidden_size: number;
  i2h: nn.Linear;
  h2o: nn.Linear;
  softmax: nn.LogSoftmax;

  constructor(input_size: number, hidden_size: number, output_size: number) {
    super();
    this.hidden_size = hidden_size;
    this.i2h = nn.Linear(input_size + hidden_size, hidden_size);
    this.h2o = nn.Linear(hidden_size, output_size);
    this.softmax = nn.LogSoftmax({ dim: 1 });
  }

  override forward(input: torch.Tensor, hidden: torch.Tensor): [torch.Tensor, torch.Tensor] {
    const combined = torch.cat([input, hidden], 1);
    hidden = torch.tanh(this.i2h(combined));
    const output = this.softmax(this.h2o(hidden));
    return [output, hidden];
  }

  init_hidden(): torch.Tensor {
    return torch.zeros(1, this.hidden_size);
  }
}

const rnn = new RNN(len(LETTERS), 32, len(LANGUAGES));
print(rnn);
const criterion = nn.NLLLoss();
const learning_rate = 0.05;

function run(name: string): torch.Tensor {
  let hidden = rnn.init_hidden();
  let output!: torch.Tensor;
  for (const letter of name_to_tensor(name)) {
    [output, hidden] = rnn(letter, hidden);
  }
  return output;
}

function train(language: string, name: string): number {
  rnn.zero_grad();
  const output = run(name);
  const loss = criterion(output, torch.tensor([LANGUAGES.indexOf(language)]));
  loss.backward();
  torch.no_grad(() => {
    for (const p of rnn.parameters()) {
      p.add_(p.grad as torch.Tensor, { alpha: -learning_rate });
    }
  });
  return loss.item();
}

let total = 0.0;
for (let step = 1; step <= 600; step++) {
  const language = choose(LANGUAGES);
  total += train(language, make_name(language));
  if (step % 100 === 0) {
    print(`step ${step} loss ${(total / 100).toFixed(4)}`);
    total = 0.0;
  }
}

const confusion = torch.zeros(len(LANGUAGES), len(LANGUAGES), { dtype: torch.long });
torch.no_grad(() => {
  for (let i = 0; i < 150; i++) {
    const language = choose(LANGUAGES);
    const guess = run(make_name(language)).argmax(1).item();
    confusion[LANGUAGES.indexOf(language)][guess].add_(1);
  }
});
print(confusion);

for (const name of ["rosini", "petwicz", "annasma"]) {
  const output = torch.no_grad(() => run(name));
  const [value, index] = output.topk(1);
  print(`${name}: ${LANGUAGES[index.item()]} (${value.exp().item().toFixed(3)})`);
}
