import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { type Archive, isAddress } from "./archives.js";
import { cachePlaces } from "./cache.js";
import { CorruptError, InstallError, NetworkError } from "./errors.js";
import { extract } from "./extract.js";
import type { Range } from "./http.js";
import { megabytes, type Report, secondsSince } from "./progress.js";
import { readRecord } from "./record.js";
import { type Bytes, copyFiles, openLocal, openRemote, type Remote } from "./remote.js";
import type { Settings } from "./settings.js";
import { openZip } from "./zip.js";

type Context = { settings: Settings; report: Report; signal?: AbortSignal };

/** Brings the needed members of an archive into a folder; what is fetched for it is kept for another try. */
export async function unpack(archive: Archive, folder: string, context: Context): Promise<void> {
  try {
    if (isAddress(archive.location)) await unpackRemote(archive, folder, context);
    else await unpackLocal(archive, folder, context);
  } catch (error) {
    const isAboutArchive = error instanceof CorruptError || error instanceof NetworkError;
    if (isAboutArchive) error.message = `${archive.name}: ${error.message}`;
    throw error;
  }
}

/** Deletes what was fetched for an archive. */
export async function forget(archive: Archive, settings: Settings): Promise<void> {
  for (const file of Object.values(copyFiles(copyOf(archive, settings)))) await fs.promises.rm(file, { force: true });
}

function copyOf(archive: Archive, settings: Settings): string {
  return path.join(cachePlaces(settings).downloads, archive.name);
}

async function unpackLocal(archive: Archive, folder: string, context: Context) {
  const file = await openLocal(archive.location);
  try {
    await unpackMembers(file, archive, folder, context);
  } catch (error) {
    if (!(error instanceof CorruptError)) throw error;
    throw new InstallError(`${archive.location} is damaged: ${error.message}.`, "Get it again.", { cause: error });
  } finally {
    await file.close();
  }
}

async function unpackRemote(archive: Archive, folder: string, context: Context) {
  const { settings, signal } = context;
  const remote = await openRemote(archive.location, copyOf(archive, settings), { network: settings.network, signal });
  const fetch = (ranges: Range[]) => fetchRanges(remote, ranges, archive.name, context);
  try {
    if (archive.sha256 || !remote.inParts) await fetch([{ start: 0, end: remote.size }]);
    if (archive.sha256) await checkHash(remote, archive.sha256);
    await unpackMembers(remote, archive, folder, context, fetch);
  } catch (error) {
    if (error instanceof CorruptError) await remote.discard();
    throw error;
  } finally {
    await remote.close();
  }
}

async function unpackMembers(
  bytes: Bytes,
  { name, members, record: pin }: Archive,
  folder: string,
  context: Context,
  fetch?: (ranges: Range[]) => Promise<void>,
) {
  const { report, signal } = context;
  const zip = await openZip(bytes);
  const names = zip.names.filter((name) => isNeeded(name, members));
  const size = names.reduce((sum, name) => sum + zip.size(name), 0);
  await checkSpace(size, context);
  await fetch?.(zip.ranges(names));

  const record = await readRecord(zip, pin);
  const start = performance.now();
  const bar = report.bar("Unpacking", size);
  await extract(zip, names, folder, { record, onBytes: bar.add, signal }).finally(bar.end);
  report.line(
    `Unpacked and checked ${names.length} files of ${project(name)}, ${megabytes(size)}, in ${secondsSince(start)}`,
  );
}

async function fetchRanges(remote: Remote, ranges: Range[], name: string, context: Context) {
  const missing = remote.missing(ranges);
  if (missing === 0) return;
  await checkSpace(missing, context);
  const start = performance.now();
  context.report.line(`Fetching ${project(name)}: ${megabytes(missing)} of ${megabytes(remote.size)}`);
  const bar = context.report.bar("Fetching", missing);
  await remote.fetch(ranges, bar.add).finally(bar.end);
  context.report.line(`Fetched ${megabytes(missing)} in ${secondsSince(start)}`);
}

/** The short name of a wheel: "torch-2.15.0". */
function project(name: string): string {
  return name.endsWith(".whl") ? name.split("-").slice(0, 2).join("-") : name;
}

async function checkHash(remote: Remote, sha256: string) {
  const hash = createHash("sha256");
  for await (const chunk of remote.handle.createReadStream({ start: 0, autoClose: false })) hash.update(chunk);
  const found = hash.digest("hex");
  if (found !== sha256) throw new CorruptError(`its sha256 is ${found}, and not ${sha256}`);
}

function isNeeded(name: string, members: string[]): boolean {
  const isMember = (member: string) => (member.endsWith("/") ? name.startsWith(member) : name === member);
  return members.some(isMember) || /^[^/]+\.dist-info\/licenses\//.test(name);
}

async function checkSpace(needed: number, { settings }: Context) {
  const { bavail, bsize } = await fs.promises.statfs(settings.cache);
  if (bavail * bsize >= needed) return;
  throw new InstallError(
    `${settings.cache} has ${megabytes(bavail * bsize)} free, and ${megabytes(needed)} are needed.`,
    "Free some space, or set TSTORCH_CACHE to a folder on another disk; then run: npx tstorch install",
  );
}
