import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCode } from "./errors.js";

const heartbeat = 5_000;
const silence = 60_000;

/** Runs a task while no other process does so under the same lock; the lock of a dead process does not count. */
export async function withLock<T>(
  lock: string,
  { onWait, signal }: { onWait(pid: number): void; signal?: AbortSignal },
  task: () => Promise<T>,
): Promise<T> {
  await fs.promises.mkdir(path.dirname(lock), { recursive: true });
  for (let waited = false; !(await create(lock)); ) {
    const owner = await readOwner(lock);
    if (owner?.dead) await removeDead(lock, owner.text);
    if (!owner || owner.dead) continue;
    if (!waited) onWait(owner.pid);
    waited = true;
    await sleep(200, undefined, { signal });
  }
  const timer = setInterval(() => fs.promises.utimes(lock, new Date(), new Date()).catch(() => {}), heartbeat).unref();
  try {
    return await task();
  } finally {
    clearInterval(timer);
    await fs.promises.rm(lock, { force: true });
  }
}

async function create(lock: string): Promise<boolean> {
  try {
    await fs.promises.writeFile(lock, `${process.pid} ${os.hostname()}`, { flag: "wx" });
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

async function readOwner(lock: string): Promise<{ text: string; pid: number; dead: boolean } | undefined> {
  try {
    const { mtimeMs } = await fs.promises.stat(lock);
    const text = await fs.promises.readFile(lock, "utf8");
    const [pid, host] = text.split(" ");
    // Without a text the owner is between creating the file and writing it.
    const gone = text !== "" && host === os.hostname() && !isAlive(Number(pid));
    return { text, pid: Number(pid), dead: gone || Date.now() - mtimeMs > silence };
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Removes the lock of a dead process; the lock of one that was quicker to do so is put back. */
async function removeDead(lock: string, text: string): Promise<void> {
  const aside = `${lock}.${process.pid}`;
  try {
    await fs.promises.rename(lock, aside);
    if ((await fs.promises.readFile(aside, "utf8")) !== text) await fs.promises.link(aside, lock);
  } catch (error) {
    if (errorCode(error) !== "ENOENT" && errorCode(error) !== "EEXIST") throw error;
  } finally {
    await fs.promises.rm(aside, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}
