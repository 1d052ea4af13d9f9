// A text classifier: words, embedded, through a GRU of packed sequences. The Python twin: server.py
import * as torch from "tstorch";
import { nn } from "tstorch";
import { PackedSequence } from "tstorch/nn/utils/rnn";

/** A text, or the numbers of its words. */
export type Input = string | readonly number[];

/** The number of the words that are not in the vocabulary. */
export const UNKNOWN = 0;

export class Classifier extends nn.Module {
  embedding: nn.Embedding;
  rnn: nn.GRU;
  fc: nn.Linear;

  constructor(num_words: number, num_labels: number, hidden_size: number) {
    super();
    this.embedding = nn.Embedding(num_words, hidden_size);
    this.rnn = nn.GRU(hidden_size, hidden_size);
    this.fc = nn.Linear(hidden_size, num_labels);
  }

  override forward(words: PackedSequence): torch.Tensor {
    const { batch_sizes, sorted_indices, unsorted_indices } = words;
    const embedded = new PackedSequence(this.embedding(words.data), batch_sizes, sorted_indices, unsorted_indices);
    const [, hidden] = this.rnn(embedded);
    return this.fc(hidden[0] as torch.Tensor);
  }
}

/** What the file of a model holds: Python reads it with torch.load(). */
interface Saved {
  state_dict: Record<string, torch.Tensor>;
  words: string[];
  labels: string[];
  hidden_size: number;
}

/** A model with the words that it knows and the labels that it gives. */
export class TextClassifier {
  readonly #numbers: Map<string, number>;

  constructor(
    readonly words: readonly string[],
    readonly labels: readonly string[],
    readonly hidden_size: number,
    readonly model = new Classifier(words.length, labels.length, hidden_size),
  ) {
    this.#numbers = new Map(words.map((word, number) => [word, number]));
  }

  static load(file: string): TextClassifier {
    const { state_dict, words, labels, hidden_size } = torch.load(file) as Saved;
    const result = new TextClassifier(words, labels, hidden_size);
    result.model.load_state_dict(state_dict);
    result.model.eval();
    return result;
  }

  save(file: string): void {
    const { words, labels, hidden_size } = this;
    torch.save({ state_dict: this.model.state_dict(), words, labels, hidden_size }, file);
  }

  /** The numbers of a text's words; of one without words, that of an unknown one. */
  encode(input: Input): readonly number[] {
    if (typeof input !== "string") return input;
    const numbers = wordsOf(input).map((word) => this.#numbers.get(word) ?? UNKNOWN);
    return numbers.length > 0 ? numbers : [UNKNOWN];
  }
}

export const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z']+/g) ?? [];
