// The forty operators of operators.mjs. small_operators.cc is the limit.
import * as torch from "tstorch";
import { measure } from "./measure.mjs";
import { operators } from "./operators.mjs";

for (const [name, call] of Object.entries(operators)) measure(name, call);
torch.no_grad(() => measure("w + y, no_grad", operators["w + y, recorded"]));
