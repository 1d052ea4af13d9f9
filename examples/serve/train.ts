// Trains the classifier on support tickets that are put together from phrases: `tsx examples/serve/train.ts model.pt`
import { argv } from "node:process";
import { pathToFileURL } from "node:url";
import * as torch from "tstorch";
import { nn, optim } from "tstorch";
import { pack_batch } from "tstorch/serve";
import { TextClassifier, wordsOf } from "./model.js";

const OPENERS = ["hello", "hi there", "good morning", "dear team", "hey", "to whom it may concern", "quick question"];
const CLOSERS = ["thanks", "please help", "kind regards", "see you", "what can you do", "thank you in advance", "bye"];
const PHRASES: Record<string, string[]> = {
  billing: [
    "i was charged twice for my invoice",
    "the refund has not reached my account",
    "your bill shows the wrong price",
    "how can i pay with another credit card",
    "the payment failed but the money is gone",
    "please cancel my subscription and refund the last charge",
  ],
  delivery: [
    "my parcel has not arrived yet",
    "the package was sent to the wrong address",
    "the courier left the box in the rain",
    "when will my order be shipped",
    "tracking says delivered but nothing came",
    "half of the order is missing from the parcel",
  ],
  technical: [
    "the app crashes when i open the settings",
    "i cannot log in with my password",
    "the page shows an error and does not load",
    "since the update the screen stays black",
    "the server is down and the api returns errors",
    "the button does not work in my browser",
  ],
  praise: [
    "i love your product",
    "the support was friendly and very fast",
    "what a wonderful experience, keep it up",
    "you are the best, five stars",
    "everything works perfectly and looks great",
    "my family is happy with the new version",
  ],
};

const pick = <T>(list: readonly T[]): T => list[torch.randint(list.length, []).item()];

/** A ticket and the number of its label. */
function ticket(labels: readonly string[]): [text: string, label: number] {
  const label = torch.randint(labels.length, []).item();
  const parts = [pick(PHRASES[labels[label]])];
  if (torch.rand([]).item() < 0.5) parts.unshift(pick(OPENERS));
  if (torch.rand([]).item() < 0.5) parts.push(pick(CLOSERS));
  // Some words are left out, so that the model does not lean on one.
  const words = parts.flatMap(wordsOf).filter(() => torch.rand([]).item() > 0.1);
  return [words.join(" "), label];
}

/** Trains for some steps of 32 tickets each. */
export function train({ hidden_size = 32, steps = 100 } = {}): TextClassifier {
  torch.manual_seed(0);
  const labels = Object.keys(PHRASES);
  const all = [...OPENERS, ...CLOSERS, ...Object.values(PHRASES).flat()].flatMap(wordsOf);
  const classifier = new TextClassifier(["<unknown>", ...new Set(all)], labels, hidden_size);
  const { model } = classifier;
  const optimizer = optim.Adam(model.parameters(), { lr: 0.01 });
  const criterion = nn.CrossEntropyLoss();
  for (let step = 0; step < steps; step++) {
    const batch = Array.from({ length: 32 }, () => ticket(labels));
    optimizer.zero_grad();
    const logits = model(pack_batch(batch.map(([text]) => classifier.encode(text))));
    criterion(logits, torch.tensor(batch.map(([, label]) => label))).backward();
    optimizer.step();
  }
  model.eval();
  return classifier;
}

if (argv[2] && import.meta.url === pathToFileURL(argv[1]).href) {
  const hidden_size = Number(argv[3] ?? 32);
  train({ hidden_size, steps: Number(argv[4] ?? 100) }).save(argv[2]);
}
