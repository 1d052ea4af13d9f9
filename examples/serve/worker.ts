// What each worker thread loads: the model, and the function that computes a batch.
import * as torch from "tstorch";
import { pack_batch } from "tstorch/serve";
import { type Input, TextClassifier } from "./model.js";

/** The scores of each input, one for each label. */
export default function load(file: string): (batch: Input[]) => number[][] {
  const classifier = TextClassifier.load(file);
  const logits = (batch: Input[]) => classifier.model(pack_batch(batch.map((input) => classifier.encode(input))));
  const scores = (batch: Input[]) => torch.tidy(() => torch.inference_mode(() => logits(batch).softmax(1)));
  return (batch) => scores(batch).tolist() as number[][];
}
