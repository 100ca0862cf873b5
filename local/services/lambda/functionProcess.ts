/** One execution environment: a Node process that keeps a function loaded and handles one invocation at a time. */
import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import type { Clock } from "../../cloud/clock";
import { type Answer, AnswerReader, invocationPrefix } from "./frames";

/** The result of an invocation; the payload is JSON. */
export interface InvocationEnd {
  readonly requestId: string;
  /** Lambda reports every error of a function as `Unhandled`. */
  readonly functionError?: "Unhandled";
  readonly payload: string;
}

interface ProcessOptions {
  /** The file with the bootstrap program. */
  readonly bootstrap: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMebibytes: number;
  /** An open file for the output of the process. @default none; the output is discarded */
  readonly logFile?: number;
  readonly clock: Clock;
}

/** Lambda's limit for loading a function. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const INIT_TIMEOUT_MILLIS = 10_000;
/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_RESPONSE_BYTES = 6_291_556;

type Ended = { readonly kind: "exited"; readonly how: string };

export class FunctionProcess {
  private readonly child: ChildProcess;
  private readonly pipe: Socket;
  private readonly reader = new AnswerReader();
  private readonly ready: Promise<Answer | Ended>;
  private readonly exited: Promise<void>;
  private deliver: (answer: Answer | Ended) => void = () => undefined;
  private ended: Ended | undefined;

  constructor(private readonly options: ProcessOptions) {
    const { memoryMebibytes, logFile } = options;
    const limits = [
      `--max-old-space-size=${Math.floor(memoryMebibytes * 0.9)}`,
      `--max-semi-space-size=${Math.max(1, Math.floor(memoryMebibytes * 0.05))}`,
    ];
    const output = logFile ?? "ignore";
    this.child = spawn(process.execPath, [...limits, options.bootstrap], {
      cwd: options.cwd,
      env: options.environment,
      stdio: ["ignore", output, output, "pipe"],
      // A separate process group: Ctrl-C reaches only the parent, which then ends its processes in order.
      detached: true,
    });
    this.pipe = this.child.stdio[3] as Socket;
    this.ready = new Promise((resolve) => {
      this.deliver = resolve;
    });
    this.pipe.on("data", (chunk: Buffer) => {
      for (const answer of this.reader.read(chunk)) this.deliver(answer);
    });
    // A process that ends while it receives a frame breaks the pipe; its exit is reported below.
    this.pipe.on("error", () => undefined);
    this.exited = new Promise((resolve) => {
      const end = (how: string) => {
        this.ended ??= { kind: "exited", how };
        this.deliver(this.ended);
        resolve();
      };
      this.child.once("close", (code, signal) => end(signal ? `signal: ${signalName(signal)}` : `exit status ${code}`));
      this.child.once("error", (error) => end(error.message));
    });
  }

  /** False once the process has ended or must not be used again. */
  get isAlive(): boolean {
    return this.ended === undefined;
  }

  async invoke(requestId: string, event: Uint8Array, timeoutMillis: number): Promise<InvocationEnd> {
    const loaded = await this.within(INIT_TIMEOUT_MILLIS, this.ready);
    if (loaded === "timeout") return this.timeOut(requestId, INIT_TIMEOUT_MILLIS);
    if (loaded.kind !== "ready") return this.endOf(requestId, loaded);
    const answered = new Promise<Answer | Ended>((resolve) => {
      this.deliver = resolve;
      if (this.ended) resolve(this.ended);
    });
    this.pipe.write(invocationPrefix({ requestId, timeoutMillis }, event.length));
    this.pipe.write(event);
    const answer = await this.within(timeoutMillis, answered);
    return answer === "timeout" ? this.timeOut(requestId, timeoutMillis) : this.endOf(requestId, answer);
  }

  /** Kills the process, and resolves when it has ended. */
  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.exited;
  }

  private async within<T>(millis: number, promise: Promise<T>): Promise<T | "timeout"> {
    const abort = new AbortController();
    const elapsed = this.options.clock.sleep(millis, abort.signal).then(
      () => "timeout" as const,
      () => promise,
    );
    try {
      return await Promise.race([promise, elapsed]);
    } finally {
      abort.abort();
    }
  }

  private async timeOut(requestId: string, millis: number): Promise<InvocationEnd> {
    await this.kill();
    const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${(millis / 1000).toFixed(2)} seconds`;
    return failed(requestId, { errorType: "Sandbox.Timedout", errorMessage });
  }

  private async endOf(requestId: string, answer: Answer | Ended): Promise<InvocationEnd> {
    if (answer.kind === "exited") {
      const errorMessage = `RequestId: ${requestId} Error: Runtime exited with error: ${answer.how}`;
      return failed(requestId, { errorType: "Runtime.ExitError", errorMessage });
    }
    if (answer.kind === "initError" || answer.kind === "fatal") {
      await this.exited;
      return { requestId, functionError: "Unhandled", payload: answer.body };
    }
    if (answer.kind === "error") return { requestId, functionError: "Unhandled", payload: answer.body };
    if (Buffer.byteLength(answer.body) <= MAX_RESPONSE_BYTES) return { requestId, payload: answer.body };
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`;
    return failed(requestId, { errorType: "Function.ResponseSizeTooLarge", errorMessage });
  }
}

function failed(requestId: string, error: { errorType: string; errorMessage: string }): InvocationEnd {
  return { requestId, functionError: "Unhandled", payload: JSON.stringify(error) };
}

function signalName(signal: NodeJS.Signals): string {
  return ({ SIGKILL: "killed", SIGABRT: "aborted", SIGTERM: "terminated" } as Record<string, string>)[signal] ?? signal;
}
