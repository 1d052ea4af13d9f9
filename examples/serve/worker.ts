// What each worker thread loads: the model, and the function that computes a batch.
import * as torch from "tstorch";
import { pack_batch } from "tstorch/serve";
import { type Input, TextClassifier } from "./model.js";

export interface Answer {
  label: string;
  scores: Record<string, number>;
}

export default function load(file: string): (batch: Input[]) => Answer[] {
  const classifier = TextClassifier.load(file);
  const { model, labels } = classifier;
  const scoresOf = (batch: Input[]) =>
    torch.tidy(() =>
      torch.inference_mode(() => model(pack_batch(batch.map((one) => classifier.encode(one)))).softmax(1)),
    );
  return (batch) =>
    (scoresOf(batch).tolist() as number[][]).map((scores) => ({
      label: labels[scores.indexOf(Math.max(...scores))],
      scores: Object.fromEntries(labels.map((label, i) => [label, scores[i]])),
    }));
}
