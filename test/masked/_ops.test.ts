import { describe } from "vitest";
import { replay } from "../recordings/replay.js";

describe("torch.masked, as Python gave it", () => replay("masked"));
