import { describe } from "vitest";
import { replay } from "./recordings/replay.js";

describe("torch.cpu, torch.compiler, torch.overrides, torch.version, storages, return_types, ..., as Python gave them", () =>
  replay("torch"));
