// HTTP: what is asked, what is answered, and with which status.
import fs from "node:fs";
import { STATUS_CODES } from "node:http";
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from "fastify";
import { type Batcher, ClosedError, QueueFullError, TimeoutError } from "tstorch/serve";
import type { Metrics } from "./metrics.js";
import type { Input } from "./model.js";

export interface AppOptions {
  /** Gives the scores of a text, one for each label. */
  batcher: Batcher<Input, number[]>;
  labels: readonly string[];
  metrics: Metrics;
  /** How many words the model knows. */
  num_words: number;
  /** Whether requests can be answered now. */
  isReady: () => boolean;
  /** Whether connections are to end with their answers. */
  isDraining: () => boolean;
}

const body = (num_words: number) => ({
  type: "object",
  properties: {
    text: { type: "string", minLength: 1, maxLength: 2000 },
    ids: { type: "array", minItems: 1, maxItems: 512, items: { type: "integer", minimum: 0, maximum: num_words - 1 } },
  },
  oneOf: [{ required: ["text"] }, { required: ["ids"] }],
  additionalProperties: false,
});

const answer = {
  200: {
    type: "object",
    properties: { label: { type: "string" }, scores: { type: "object", additionalProperties: { type: "number" } } },
  },
};

/** The status for an error that a request ended with. */
function statusOf(error: FastifyError): number {
  if (error instanceof QueueFullError || error instanceof ClosedError) return 503;
  if (error instanceof TimeoutError) return 504;
  return error.statusCode ?? 500;
}

/** Aborted when the client has gone before it was answered. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}

const asset = (name: string) => fs.readFileSync(new URL(`public/${name}`, import.meta.url));

export function build({ batcher, labels, metrics, num_words, isReady, isDraining }: AppOptions): FastifyInstance {
  const app = Fastify({
    bodyLimit: 64 * 1024,
    requestTimeout: 10_000,
    http: { connectionsCheckingInterval: 1000 },
    return503OnClosing: false, // what comes on a connection that is open is answered
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  });

  Object.assign(app.server, { httpAllowHalfOpen: true }); // who has sent all and closed that side waits for its answer
  app.removeContentTypeParser("text/plain");
  app.addHook("onSend", async (_request, reply) => {
    if (isDraining()) reply.header("connection", "close");
  });
  app.addHook("onResponse", async (request, reply) => {
    metrics.observeRequest(request.routeOptions.url ?? "unknown", reply.statusCode, reply.elapsedTime);
  });
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const status = statusOf(error);
    if (status === 503) reply.header("retry-after", "1");
    if (status === 500) console.error(error);
    const message = status === 500 ? "the model failed" : error.message;
    return reply.status(status).send({ statusCode: status, error: STATUS_CODES[status], message });
  });

  app.post<{ Body: { text?: string; ids?: number[] } }>(
    "/classify",
    { schema: { body: body(num_words), response: answer } },
    async ({ body: { text, ids } }, reply) => {
      const scores = await batcher.call(text ?? (ids as number[]), { signal: goneSignal(reply) });
      const best = scores.indexOf(Math.max(...scores));
      return { label: labels[best], scores: Object.fromEntries(labels.map((label, i) => [label, scores[i]])) };
    },
  );

  app.get("/healthz", () => ({ status: "ok" }));
  app.get("/readyz", (_request, reply) => {
    const ready = isReady() && !batcher.is_full;
    return reply.status(ready ? 200 : 503).send({ status: ready ? "ready" : "not ready" });
  });
  app.get("/metrics", async (_request, reply) => {
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });

  app.get("/live", () => {
    const { batch_sizes, ...others } = batcher.statistics();
    return { now: performance.now(), batch_sizes: Object.fromEntries(batch_sizes), ...others };
  });
  const page = asset("index.html");
  const script = asset("live.js");
  app.get("/", (_request, reply) => reply.type("text/html; charset=utf-8").send(page));
  app.get("/live.js", (_request, reply) => reply.type("text/javascript; charset=utf-8").send(script));
  return app;
}
