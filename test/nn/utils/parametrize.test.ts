import { describe } from "vitest";
import { replay } from "../../recordings/replay.js";

describe("torch.nn.utils.parametrize, as Python gave it", () => replay("nn.utils.parametrize"));
