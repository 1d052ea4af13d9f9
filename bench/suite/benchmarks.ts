// Which benchmarks there are, and the goals: the one table of both.
import type { Summary } from "./summary.js";

export interface Benchmark {
  /** The name of its files in bench/. */
  name: string;
  title: string;
  /** Whether it also runs with all threads: its kernels can use them. */
  parallel?: true;
  /** Whether it has a twin in C++: the limit. */
  native?: true;
  /** Runs only where it is asked for by name. */
  optional?: true;
}

const training = (name: string, title: string): Benchmark => ({ name, title, parallel: true });

export const TRAINING = [
  training("mlp_sgd", "Training step: a tiny MLP with SGD"),
  training("mlp_adam", "Training step: a tiny MLP with Adam"),
  training("lstm_tagger", "Training step: an LSTM tagger, packed sequences"),
  training("cnn", "Training step: a small CNN with BatchNorm"),
  training("transformer", "Training step: a small Transformer"),
  training("embedding_bag", "Training step: EmbeddingBag, sparse gradients"),
  training("gradient_accumulation", "Training step: gradient accumulation over a DataLoader"),
];

export const benchmarks: readonly Benchmark[] = [
  { name: "start", title: "Start" },
  { name: "small_operators", title: "Forty small operators", native: true },
  ...TRAINING,
  { name: "optimizers", title: "Optimizers: a step over 200 small parameters" },
  { name: "modules", title: "nn.Module" },
  { name: "temporaries", title: "Temporaries in a synchronous loop" },
  { name: "scaling", title: "Scaling" },
  { name: "size", title: "Size on disk" },
  { name: "files", title: "Files of 400 MB", optional: true },
  { name: "dataloader", title: "DataLoader, a sample", optional: true },
  { name: "types", title: "The compiler on a user's file", optional: true },
];

/** What a goal is for: the summaries of one thread, by benchmark and figure. */
export type Results = (benchmark: string, figure: string) => Summary | undefined;

export interface Goal {
  text: string;
  limit: number;
  unit: "x" | "%";
  /** The figure that is held against the limit, or null where it was not measured. */
  value: (of: Results, all: (benchmark: string) => Summary[]) => number | null;
}

const ratiosOf = (summaries: readonly Summary[]) => summaries.flatMap(({ ratio }) => (ratio ? [ratio.median] : []));

const geometricMean = (numbers: readonly number[]) =>
  numbers.length > 0 ? Math.exp(numbers.reduce((sum, x) => sum + Math.log(x), 0) / numbers.length) : null;

const worst = (numbers: readonly number[]) => (numbers.length > 0 ? Math.max(...numbers) : null);

function mean(text: string, benchmark: string, limit: number): Goal {
  return { text, limit, unit: "x", value: (_of, all) => geometricMean(ratiosOf(all(benchmark))) };
}

function worstOf(text: string, benchmark: string, limit: number): Goal {
  return { text, limit, unit: "x", value: (_of, all) => worst(ratiosOf(all(benchmark))) };
}

function ratio(text: string, benchmark: string, figure: string, limit: number): Goal {
  return { text, limit, unit: "x", value: (of) => of(benchmark, figure)?.ratio?.median ?? null };
}

/** The worst ratio to Python of a figure that all training steps have. */
function inTraining(text: string, figure: string, limit: number): Goal {
  const found = (of: Results) => TRAINING.flatMap(({ name }) => of(name, figure) ?? []);
  return { text, limit, unit: "x", value: (of) => worst(ratiosOf(found(of))) };
}

export const goals: readonly Goal[] = [
  mean("40 small operators, geometric mean", "small_operators", 0.8),
  worstOf("40 small operators, the worst", "small_operators", 1.15),
  ratio("tiny MLP with SGD, step", "mlp_sgd", "step", 0.7),
  ratio("tiny MLP with Adam, step", "mlp_adam", "step", 0.7),
  ratio("LSTM tagger with packed sequences, step", "lstm_tagger", "step", 0.85),
  ratio("small CNN with BatchNorm, step", "cnn", "step", 1.05),
  ratio("small Transformer, step", "transformer", "step", 0.95),
  ratio("embedding bag with sparse gradients, step", "embedding_bag", "step", 0.9),
  ratio("gradient accumulation, step", "gradient_accumulation", "step", 0.8),
  mean("optimizers, geometric mean", "optimizers", 0.5),
  worstOf("optimizers, the worst", "optimizers", 1.0),
  ratio("20 nested modules", "modules", "20 nested modules", 0.3),
  ratio("state_dict of 1,000 tensors", "modules", "state_dict of 1,000 tensors", 0.8),
  ratio("load_state_dict of 1,000 tensors", "modules", "load_state_dict of 1,000 tensors", 0.8),
  ratio("import + first operator", "start", "import + first operator", 0.2),
  ratio("RSS after it", "start", "RSS after it", 0.4),
  inTraining("RSS of training, the worst", "RSS", 0.8),
  inTraining("peak RSS of training, the worst", "peak RSS", 0.8),
  inTraining("slowest step (p99.9), the worst", "p99.9 of steps", 2),
  {
    text: "garbage collection in training, the worst",
    limit: 5,
    unit: "%",
    value: (of) => worst(TRAINING.flatMap(({ name }) => of(name, "garbage collection")?.typescript ?? [])),
  },
  {
    text: "RSS after 10^6 temporaries against 10^5",
    limit: 1.1,
    unit: "x",
    value: (of) => {
      const [after, before] = ["RSS after all", "RSS after a tenth"].map((figure) => of("temporaries", figure));
      return after && before ? after.typescript / before.typescript : null;
    },
  },
];
