import { describe } from "vitest";
import { replay } from "../recordings/replay.js";

describe("torch.func.rearrange(), as Python gave it", () => replay("func.rearrange"));
