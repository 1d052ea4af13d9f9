// npx tsx pack.ts PREFIX...: packs the recordings that record.py wrote into cases/.
import fs from "node:fs";
import path from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
for (const prefix of process.argv.slice(2)) {
  for (const extension of ["json", "bin"]) {
    const packed = brotliCompressSync(fs.readFileSync(`${prefix}.${extension}`), { params });
    const file = path.join(import.meta.dirname, "cases", `${path.basename(prefix)}.${extension}.br`);
    fs.writeFileSync(file, packed);
  }
}
