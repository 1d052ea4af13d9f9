import { describe } from "vitest";
import { replay } from "../../recordings/replay.js";

describe("torch.nn.utils, as Python gave it", () => replay("nn.utils"));
