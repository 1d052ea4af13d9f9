// npm run coverage: writes docs/coverage.md and prints the share.
import fs from "node:fs";
import { coverage, entries, page, share, version } from "./coverage.js";

const all = await entries();
fs.writeFileSync(page, coverage(all, version));
console.log(`There are ${share(all)}.`);
