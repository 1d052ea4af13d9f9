import { InstallError, NetworkError } from "./errors.js";
import { getText, shown } from "./http.js";
import { pipIndex } from "./python.js";
import type { Settings } from "./settings.js";

type Options = { network: Settings["network"]; signal?: AbortSignal };

const acceptedTypes = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

/** The address of the package index: TSTORCH_INDEX, PIP_INDEX_URL, else pip's. */
export function indexAddress(settings: Settings): string {
  const index = settings.index ?? pipIndex(settings);
  if (index && URL.canParse(index)) return index;
  throw new InstallError(
    index ? `The package index "${index}" is not an address.` : "There is no pip that could name a package index.",
    "Set TSTORCH_INDEX to the address of a package index, or get libtorch yourself: npx tstorch install --from DIR|ZIP|URL",
  );
}

/** Asks the index for the address of a wheel. */
export async function wheelAddress(file: string, index: string, options: Options): Promise<string> {
  const links = await readIndex(file.split("-")[0], index, options);
  const link = links.find((link) => decodeURIComponent(new URL(link).pathname).endsWith(`/${file}`));
  if (link) return link;
  throw new InstallError(
    `The package index ${shown(index)} does not have ${file}.`,
    "Set TSTORCH_INDEX to one that has it, or get libtorch yourself: npx tstorch install --from DIR|ZIP|URL",
  );
}

/** The addresses of all files of a project, from its page in the index: JSON or HTML. */
export async function readIndex(project: string, index: string, options: Options): Promise<string[]> {
  const page = new URL(`${index.replace(/\/*$/, "")}/${project.replaceAll("_", "-").toLowerCase()}/`).href;
  const { text, url, type } = await getText(page, { ...options, accept: acceptedTypes }).catch((error) => {
    if (error instanceof NetworkError) error.message = `${shown(page)}: ${error.message}`;
    throw error;
  });
  const links = type.includes("json") ? jsonLinks(text) : htmlLinks(text);
  return links.map((link) => withCredentialsOf(page, new URL(link, url)));
}

function jsonLinks(text: string): string[] {
  try {
    return (JSON.parse(text) as { files: { url: string }[] }).files.map((file) => file.url);
  } catch {
    // Not an index; what it lacks is said later.
    return [];
  }
}

function htmlLinks(text: string): string[] {
  return Array.from(text.matchAll(/<a\s[^>]*?href\s*=\s*["']([^"']+)["']/gi), ([, link]) =>
    link.replaceAll("&amp;", "&"),
  );
}

function withCredentialsOf(page: string, link: URL): string {
  const { origin, username, password } = new URL(page);
  if (link.origin === origin) Object.assign(link, { username, password });
  link.hash = "";
  return link.href;
}
