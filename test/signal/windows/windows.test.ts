import { describe } from "vitest";
import { replay } from "../../recordings/replay.js";

describe("torch.signal.windows, as Python gave it", () => replay("signal.windows"));
