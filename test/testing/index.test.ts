import { describe } from "vitest";
import { replay } from "../recordings/replay.js";

describe("assert_close() and make_tensor(), as Python gave them", () => replay("testing"));
