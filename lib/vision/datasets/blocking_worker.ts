// The thread of block(): see blocking.ts.

import { readFile, rename, writeFile } from "node:fs/promises";
import { type MessagePort, workerData } from "node:worker_threads";

const { port, signal } = workerData as { port: MessagePort; signal: Int32Array };

/** An optional package; the error of one that is not there names the cure. */
async function load<T>(name: string, purpose: string, importing: () => Promise<T>): Promise<T> {
  try {
    return await importing();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const cure = `${purpose} needs the package ${name}: npm install ${name}`;
    throw Object.assign(new Error(code === "ERR_MODULE_NOT_FOUND" ? cure : `${cure} (${message})`), { code });
  }
}

const tasks: Record<string, (...args: never[]) => Promise<unknown>> = {
  /** Downloads to a file, which is complete or not there. */
  async download(url: string, file: string) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    await writeFile(`${file}.part`, new Uint8Array(await response.arrayBuffer()));
    await rename(`${file}.part`, file);
  },

  /** The pixels of an image file in three channels. */
  async decode(file: string) {
    const { default: sharp } = await load("sharp", "Reading image files", () => import("sharp"));
    const bytes = await readFile(file);
    const decoded = async () =>
      sharp(bytes).toColourspace("srgb").removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const { data, info } = await decoded().catch((error: Error) => {
      throw new Error(`cannot identify image file '${file}': ${error.message}`);
    });
    const { width, height, channels } = info;
    return { data: new Uint8Array(data), width, height, channels };
  },

  /** The rows of a Parquet file and the names of its columns of floats. */
  async parquet(file: string, columns: string[] | undefined) {
    const parquet = await load("hyparquet", "Reading Parquet files", () => import("hyparquet"));
    const bytes = new Uint8Array(await readFile(file));
    const source = bytes.buffer as ArrayBuffer;
    const rows = await parquet.parquetReadObjects({ file: source, columns });
    const { schema } = parquet.parquetMetadata(source);
    const floats = schema.filter(({ type }) => type === "FLOAT" || type === "DOUBLE").map(({ name }) => name);
    return { rows, floats };
  },
};

port.on("message", async ({ task, args }: { task: string; args: never[] }) => {
  try {
    port.postMessage({ value: await tasks[task](...args) });
  } catch (error) {
    const { message, code, cause } = error as NodeJS.ErrnoException & { cause?: Error };
    const reason =
      cause instanceof Error ? `${message}: ${cause.message || (cause as NodeJS.ErrnoException).code}` : message;
    port.postMessage({ error: { message: reason, code } });
  }
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
});
