import { expectTypeOf } from "vitest";
import * as torch from "../../lib/index.js";
import { load_file, save_file } from "../../lib/safetensors.js";

const model = torch.nn.Linear(2, 3);
const bytes = new Uint8Array(4);

expectTypeOf(torch.save(model.state_dict(), "m.pt")).toEqualTypeOf<void>();
torch.save({ epoch: 1, state: [torch.ones(1), null, "a", new Map([[0, 1]])] }, torch.py.BytesIO());
expectTypeOf(torch.load("m.pt")).toBeAny();
torch.load(new URL("file:///m.pt"), { map_location: "cpu", mmap: true, weights_only: true });
torch.load(bytes, torch.device("cpu"));
torch.load(bytes, { map_location: { "cuda:0": "cpu" } });
torch.load(bytes, { map_location: (storage, location) => (location === "cpu" ? storage : storage) });
model.load_state_dict(torch.load("m.pt"), { strict: false, assign: true });

expectTypeOf(load_file("m.safetensors").weight).toBeAny();
save_file({ weight: model.weight }, "m.safetensors", { metadata: { format: "pt" } });

// @ts-expect-error misspelt
torch.load("m.pt", { mmapped: true });
// @ts-expect-error a number is no file
torch.load(3);
// @ts-expect-error the file is missing
torch.save(model.state_dict());
// @ts-expect-error text is no bool
model.load_state_dict({}, { strict: "no" });
// @ts-expect-error a number is no tensor
save_file({ weight: 1 }, "m.safetensors");
