import { describe } from "vitest";
import { replay } from "./recordings/replay.js";

describe("torch.quasirandom, as Python gave it", () => replay("quasirandom"));
