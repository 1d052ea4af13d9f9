import { describe } from "vitest";
import { replay } from "../../recordings/replay.js";

describe("torch.nn.utils.spectral_norm, as Python gave it", () => replay("nn.utils.spectral_norm"));
