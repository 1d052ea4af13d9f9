// The service's worker, which ends its thread when it is asked for a certain word.
import load from "../../../examples/serve/worker.mjs";

export const POISON = 137;

export default function loadPoisonable(file) {
  const compute = load(file);
  return (batch) => {
    if (batch.some((input) => Array.isArray(input) && input.length === 1 && input[0] === POISON)) process.exit(1);
    return compute(batch);
  };
}
