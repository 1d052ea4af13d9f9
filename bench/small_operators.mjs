// The forty operators of operators.mjs. small_operators.cc is the limit.
import * as torch from "tstorch";
import { measure } from "./measure.mjs";
import { operators } from "./operators.mjs";

const { "w + y, no_grad": ungraded, ...others } = operators;
for (const [name, call] of Object.entries(others)) measure(name, call);
torch.no_grad(() => measure("w + y, no_grad", ungraded));
