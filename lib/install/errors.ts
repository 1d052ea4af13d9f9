/** An error of the installer: what went wrong, and under it what the user can do. */
export class InstallError extends Error {
  override name = "InstallError";

  constructor(problem: string, cure?: string, options?: ErrorOptions) {
    super(cure ? `${problem}\n${cure}` : problem, options);
  }
}

/** A file that arrived but is not the file that was asked for; what was kept of it must go. */
export class CorruptError extends Error {
  override name = "CorruptError";
}

/** A failed request; `temporary` when the same request may succeed later. */
export class NetworkError extends Error {
  override name = "NetworkError";

  constructor(
    message: string,
    readonly temporary: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The system's code of an error ("ENOSPC", "ECONNRESET", ...), also where fetch hides it in `cause`. */
export function errorCode(error: unknown): string | undefined {
  for (let e = error; e instanceof Error; e = e.cause) {
    if ("code" in e && typeof e.code === "string") return e.code;
  }
  return undefined;
}

/** Whether an error's code says that a certificate was not trusted. */
export function isCertificateCode(code: string | undefined): boolean {
  return code !== undefined && /CERT|VERIFY/.test(code);
}

/** Takes an error that no network and no file system made for the sign of a corrupted file. */
export function asCorrupt(error: unknown): unknown {
  const known = error instanceof InstallError || error instanceof NetworkError || error instanceof CorruptError;
  const code = errorCode(error);
  if (known || !(error instanceof Error) || (code && !code.startsWith("Z_"))) return error;
  return new CorruptError(error.message, { cause: error });
}

/** Turns what can go wrong in an installation into an error that says what to do; other errors stay as they are. */
export function explain(error: unknown, { cache, command }: { cache: string; command: string }): unknown {
  const again = `run: ${command}`;
  const make = (problem: string, cure: string) => new InstallError(problem, cure, { cause: error });
  if (error instanceof InstallError) return error;
  if (error instanceof CorruptError) return make(`${error.message}. It was deleted.`, `To fetch it again, ${again}`);
  if (error instanceof NetworkError) {
    const cure = error.temporary ? `To go on with what has arrived, ${again}` : `When that is mended, ${again}`;
    return make(`${error.message}.`, networkHint(error) + cure);
  }
  const code = errorCode(error);
  if (code === "ENOSPC" || code === "EDQUOT") {
    return make(
      `The disk of ${cache} is full.`,
      `Free some space, or set TSTORCH_CACHE to a folder elsewhere; then ${again}`,
    );
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return make(`${(error as Error).message}.`, `Set TSTORCH_CACHE to a folder that you may write to; then ${again}`);
  }
  return error;
}

function networkHint(error: NetworkError): string {
  if (isCertificateCode(errorCode(error))) {
    return "Where the network has its own certificates, NODE_EXTRA_CA_CERTS must name their file.\n";
  }
  const { HTTPS_PROXY, https_proxy } = process.env;
  if ((HTTPS_PROXY || https_proxy) && !process.allowedNodeEnvironmentFlags.has("--use-env-proxy")) {
    return "HTTPS_PROXY is set, but this Node does not use it; Node 22.21 and 24 do.\n";
  }
  return "";
}
