// torch/distributions/transforms.py. The transforms are in transforms/.

export {
  ComposeTransform,
  IndependentTransform,
  identity_transform,
  ReshapeTransform,
} from "./transforms/compose.js";
export {
  AbsTransform,
  AffineTransform,
  CumulativeDistributionTransform,
  ExpTransform,
  PowerTransform,
  SigmoidTransform,
  SoftplusTransform,
  TanhTransform,
} from "./transforms/elementwise.js";
export { CatTransform, StackTransform } from "./transforms/sequences.js";
export { Transform } from "./transforms/transform.js";
export {
  CorrCholeskyTransform,
  LowerCholeskyTransform,
  PositiveDefiniteTransform,
  SoftmaxTransform,
  StickBreakingTransform,
} from "./transforms/vectors.js";
