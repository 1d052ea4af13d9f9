import { describe } from "vitest";
import { replay } from "../../recordings/replay.js";

describe("torch.nn.utils.weight_norm, as Python gave it", () => replay("nn.utils.weight_norm"));
