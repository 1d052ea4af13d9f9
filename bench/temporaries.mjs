// A million tensors that nothing keeps, in a loop that never gives way to the event loop.
import * as torch from "tstorch";
import { collecting, peakRss, report, rss, sized } from "./measure.mjs";

const x = torch.randn(16, 16);
const loop = (count) => {
  for (let i = 0; i < count; i++) x.add(1);
};

const TEMPORARIES = sized(1_000_000, 200_000, 1000);
loop(TEMPORARIES / 10);
report("RSS after a tenth", rss(), "MB");
const started = performance.now();
const collected = await collecting(() => loop(TEMPORARIES));
const taken = performance.now() - started;
report("a temporary", (taken / TEMPORARIES) * 1e6, "ns");
report("RSS after all", rss(), "MB");
report("peak RSS", peakRss(), "MB");
report("garbage collection", (100 * collected) / taken, "%");
