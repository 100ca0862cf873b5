/** The program of a function's process: loads the handler, then answers one invocation at a time over a pipe. */

/**
 * The settings of the process, in its environment variable `STREAMLAKE_START`, which is removed before the handler
 * loads.
 */
export interface StartMessage {
  /** The directory of the package. */
  readonly root: string;
  /** `"index.handler"` */
  readonly handler: string;
  readonly logFormat: "JSON" | "Text";
  /** With JSON, entries below this level are not logged. */
  readonly logLevel: LogLevel;
  /** Fields of the context object that are the same for every invocation. */
  readonly context: Readonly<Record<string, string>>;
}

export type LogLevel = "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR" | "FATAL";

/** The head of a frame that starts an invocation; the frame's body is the event's JSON. */
export interface InvocationHead {
  readonly requestId: string;
  readonly timeoutMillis: number;
}

/** The head of a frame that the process sends; the body is the JSON of the response or of the error. */
export interface AnswerHead {
  /** After `initError` and `fatal` the process ends. */
  readonly kind: "ready" | "initError" | "response" | "error" | "fatal";
}

/**
 * The whole program of the process. Its source text is written to a file, so it must not use anything outside itself.
 * A frame consists of two 32-bit lengths, a head and a body.
 */
export function bootstrap(): void {
  const { Socket } = require("node:net") as typeof import("node:net");
  const path = require("node:path") as typeof import("node:path");
  const { format } = require("node:util") as typeof import("node:util");

  const start = JSON.parse(process.env.STREAMLAKE_START as string) as StartMessage;
  delete process.env.STREAMLAKE_START;
  const pipe = new Socket({ fd: 3, readable: true, writable: true });
  let requestId = "";

  function send(kind: AnswerHead["kind"], body: string, after?: () => void): void {
    const head = Buffer.from(JSON.stringify({ kind }));
    const text = Buffer.from(body);
    const lengths = Buffer.alloc(8);
    lengths.writeUInt32LE(head.length, 0);
    lengths.writeUInt32LE(text.length, 4);
    pipe.write(Buffer.concat([lengths, head, text]), after);
  }

  /** Formats an error like Lambda's Node.js runtime. */
  function errorText(error: unknown): string {
    if (error instanceof Error) {
      const trace = (error.stack ?? "").split("\n");
      return JSON.stringify({ errorType: error.name, errorMessage: error.message, trace });
    }
    return JSON.stringify({ errorType: typeof error, errorMessage: String(error), trace: [] });
  }

  function end(errorType: string, error: unknown): void {
    const described = JSON.parse(errorText(error)) as { errorMessage: string };
    send("fatal", JSON.stringify({ ...described, errorType }), () => process.exit(129));
  }

  const levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
  const lowest = start.logFormat === "JSON" ? levels.indexOf(start.logLevel) : 0;
  for (const level of ["trace", "debug", "info", "warn", "error", "log"] as const) {
    const name = level === "log" ? "INFO" : level.toUpperCase();
    const out = level === "warn" || level === "error" ? process.stderr : process.stdout;
    console[level] = (...values: unknown[]) => {
      if (levels.indexOf(name) < lowest) return;
      const [only] = values;
      const isObject = values.length === 1 && typeof only === "object" && only !== null && !(only instanceof Error);
      const timestamp = new Date().toISOString();
      if (start.logFormat === "JSON") {
        const message = isObject ? only : format(...values);
        out.write(`${JSON.stringify({ timestamp, level: name, requestId, message })}\n`);
      } else {
        out.write(`${timestamp}\t${requestId}\t${name}\t${format(...values)}\n`);
      }
    };
  }

  function load(): (event: unknown, context: unknown) => unknown {
    const [file, ...names] = start.handler.split(".");
    const exported = require(path.join(start.root, file as string)) as Record<string, unknown>;
    const found = names.reduce<unknown>(
      (value, name) => (value as Record<string, unknown> | undefined)?.[name],
      exported,
    );
    if (typeof found === "function") return found as (event: unknown, context: unknown) => unknown;
    const error = new Error(`${start.handler} is undefined or not exported`);
    error.name = "Runtime.HandlerNotFound";
    throw error;
  }

  async function answer(
    handler: (event: unknown, context: unknown) => unknown,
    head: InvocationHead,
    body: Buffer,
  ): Promise<void> {
    const started = performance.now();
    requestId = head.requestId;
    const context = {
      ...start.context,
      callbackWaitsForEmptyEventLoop: true,
      awsRequestId: requestId,
      getRemainingTimeInMillis: () => Math.max(0, Math.round(head.timeoutMillis - (performance.now() - started))),
    };
    try {
      const response = await handler(JSON.parse(body.toString()), context);
      send("response", JSON.stringify(response) ?? "null");
    } catch (error) {
      send("error", errorText(error));
    }
  }

  let handler: ReturnType<typeof load>;
  try {
    handler = load();
  } catch (error) {
    send("initError", errorText(error), () => process.exit(1));
    return;
  }
  process.on("uncaughtException", (error) => end("Runtime.UncaughtException", error));
  process.on("unhandledRejection", (reason) => end("Runtime.UnhandledPromiseRejection", reason));

  let chunks: Buffer[] = [];
  let held = 0;
  let wanted = 8;
  pipe.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    held += chunk.length;
    while (held >= wanted) {
      const all = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      chunks = [all];
      const headEnd = 8 + all.readUInt32LE(0);
      const bodyEnd = headEnd + all.readUInt32LE(4);
      wanted = bodyEnd;
      if (held < bodyEnd) return;
      void answer(
        handler,
        JSON.parse(all.toString("utf8", 8, headEnd)) as InvocationHead,
        all.subarray(headEnd, bodyEnd),
      );
      chunks = [all.subarray(bodyEnd)];
      held -= bodyEnd;
      wanted = 8;
    }
  });
  // The parent process has ended, so no one waits for an answer.
  pipe.on("close", () => process.exit(0));
  send("ready", "");
}
