/** Writes a function's output to a file per log stream, in the directory of its log group. */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import path from "node:path";
import { roleOf } from "../../cloud/iam/principal";
import { type CloudContext, ServiceError } from "../../cloud/service";
import type { FunctionSpec } from "./functionSpec";

export class FunctionLog {
  private constructor(
    readonly stream: string,
    /** The open file; undefined if the role may not log. */
    readonly file: number | undefined,
    private readonly spec: FunctionSpec,
    private readonly now: () => number,
  ) {}

  /**
   * Opens a new stream with the role's permissions. Without them, output is discarded, as on AWS, and the denial is
   * recorded.
   */
  static open(cloud: CloudContext, spec: FunctionSpec, id: string): FunctionLog {
    const day = new Date(cloud.clock.now()).toISOString().slice(0, 10).replaceAll("-", "/");
    const stream = `${day}/[$LATEST]${id}`;
    const resource = `arn:aws:logs:${cloud.region}:${cloud.accountId}:log-group:${spec.logGroup}:log-stream:${stream}`;
    let file: number | undefined;
    try {
      cloud.authorize(roleOf(spec.roleArn), [
        { action: "logs:CreateLogStream", resource },
        { action: "logs:PutLogEvents", resource },
      ]);
      const name = path.join(cloud.dataDir, "logs", ...spec.logGroup.split("/"), `${stream}.log`);
      mkdirSync(path.dirname(name), { recursive: true });
      file = openSync(name, "a");
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
    }
    return new FunctionLog(stream, file, spec, () => cloud.clock.now());
  }

  start(requestId: string): void {
    this.platform(`START RequestId: ${requestId} Version: $LATEST`, "platform.start", {
      requestId,
      version: "$LATEST",
    });
  }

  end(requestId: string, millis: number): void {
    const durationMs = millis.toFixed(2);
    const text = `END RequestId: ${requestId}\nREPORT RequestId: ${requestId}\tDuration: ${durationMs} ms\tMemory Size: ${this.spec.memoryMebibytes} MB`;
    this.platform(text, "platform.report", { requestId, metrics: { durationMs: Number(durationMs) } });
  }

  /** An error that ended an invocation, as the runtime logs it. */
  error(requestId: string, payload: string): void {
    const { errorType, errorMessage, trace: stackTrace } = JSON.parse(payload) as Record<string, unknown>;
    const timestamp = new Date(this.now()).toISOString();
    const line =
      this.spec.logFormat === "JSON"
        ? JSON.stringify({ timestamp, level: "ERROR", requestId, errorType, errorMessage, stackTrace })
        : `${timestamp}\t${requestId}\tERROR\tInvoke Error\t${payload}`;
    this.write(line);
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
  }

  private platform(text: string, type: string, record: object): void {
    if (!this.spec.logsPlatform) return;
    const time = new Date(this.now()).toISOString();
    this.write(this.spec.logFormat === "JSON" ? JSON.stringify({ time, type, record }) : text);
  }

  private write(line: string): void {
    if (this.file !== undefined) writeSync(this.file, `${line}\n`);
  }
}
