import http from "node:http";
import type { AddressInfo } from "node:net";

/** What a server can do wrong with a request. */
export type Fault =
  | "cut" // sends half of the body, then closes the connection
  | "hang" // sends half of the body, then nothing
  | "silent" // does not answer
  | "corrupt" // changes bytes
  | "truncated" // has only the first half of the file
  | "whole" // does not know ranges
  | "redirect" // sends the client to another address
  | number; // a status

export type TestServer = {
  address: string;
  /** Says what goes wrong with a request of a file: the how manyth it is, and how many bytes it asks for. */
  fault: (file: string, request: number, bytes: number) => Fault | undefined;
  /** The requests so far, and the bytes that were sent. */
  requests: string[];
  sent: number;
  /** The credentials of the requests. */
  passwords: string[];
  close(): Promise<void>;
};

/** Serves an index of wheels (`/simple/`) and the wheels (`/files/`) on this machine. */
export async function startServer(files: Map<string, Buffer>, page: "json" | "html" = "json"): Promise<TestServer> {
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://localhost");
    const name = url.pathname.split("/").at(-1) ?? "";
    state.requests.push(`${url.pathname} ${request.headers.range ?? ""}`.trim());
    state.passwords.push(Buffer.from(request.headers.authorization?.slice(6) ?? "", "base64").toString());
    if (url.pathname.startsWith("/simple/")) sendPage(url.pathname.split("/")[2], response);
    else sendFile(name, request, response);
  });

  function sendPage(project: string, response: http.ServerResponse) {
    const names = [...files.keys()].filter((name) => name.startsWith(`${project.replaceAll("-", "_")}-`));
    const links = names.map((name) => ({ filename: name, url: `../../files/${name}#sha256=0` }));
    if (page === "json") {
      response.setHeader("content-type", "application/vnd.pypi.simple.v1+json");
      response.end(JSON.stringify({ files: links }));
    } else {
      response.setHeader("content-type", "text/html");
      response.end(links.map(({ filename, url }) => `<a data-x="1" href="${url}">${filename}</a>`).join("\n"));
    }
  }

  function sendFile(name: string, request: http.IncomingMessage, response: http.ServerResponse) {
    let bytes = files.get(name);
    const asked = parseRange(request);
    const fault = state.fault(name, state.requests.length, asked ? asked.end - asked.start : Number.POSITIVE_INFINITY);
    if (!bytes || typeof fault === "number") return response.writeHead(bytes ? Number(fault) : 404).end();
    if (fault === "silent") return;
    if (fault === "redirect") return response.writeHead(302, { location: `/moved/${name}` }).end();
    if (fault === "truncated") bytes = bytes.subarray(0, bytes.length / 2);
    const range = fault === "whole" ? undefined : asked;
    let body = bytes;
    if (range) {
      const { start } = range;
      const end = Math.min(range.end, bytes.length);
      if (start >= bytes.length) return response.writeHead(416).end();
      body = bytes.subarray(start, end);
      response.writeHead(206, { "content-range": `bytes ${start}-${end - 1}/${bytes.length}` });
    }
    if (fault === "corrupt") body = Buffer.from(body.map((byte) => byte ^ 0x55));
    if (fault === "cut" || fault === "hang") {
      if (!range) response.setHeader("content-length", body.length);
      const half = body.subarray(0, body.length / 2);
      state.sent += half.length;
      response.write(half, () => fault === "cut" && setTimeout(() => response.destroy(), 5));
      return;
    }
    state.sent += body.length;
    if (!range) response.setHeader("content-length", body.length);
    response.end(body);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const state: TestServer = {
    address: `http://127.0.0.1:${port}`,
    fault: () => undefined,
    requests: [],
    sent: 0,
    passwords: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return state;
}

function parseRange(request: http.IncomingMessage): { start: number; end: number } | undefined {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  return range ? { start: Number(range[1]), end: Number(range[2]) + 1 } : undefined;
}
