/** Turns the events of a served cloud into lines: batches that landed, discarded batches, alerts, workflow runs. */
import path from "node:path";
import { FileTail } from "../../local/fileTail";
import type { LambdaService } from "../../local/services/lambda/service";
import type { StepFunctionsService } from "../../local/services/stepFunctions/service";
import type { LocalCloud } from "../../local/startLocal";
import { readEmails } from "../run/emails";
import { brief } from "../terminal/brief";
import { counted, counting } from "../terminal/wording";
import { FLUSH } from "./flushNow";

/** The line that a router logs for each batch. */
export interface RoutedBatch {
  readonly Stream: string;
  readonly Records: number;
  readonly Rows: number;
  readonly Unformatted: number;
  readonly FailedWrites: number;
  /** `Unformatted.<reason>.<format>`, a number of records. */
  readonly [counter: string]: unknown;
}

/** Lines of one kind that a call of `read` returns at most; the rest is summed up in one more line. */
const MAX_LINES = 3;

export class News {
  private readonly logs: FileTail;
  private readonly messages: FileTail;
  private readonly running = new Map<string, string>();
  private readonly seen = new Set<string>();
  private discarded: number;

  constructor(private readonly cloud: Pick<LocalCloud, "dataDir" | "service">) {
    this.logs = new FileTail(path.join(cloud.dataDir, "logs"));
    this.messages = new FileTail(path.join(cloud.dataDir, "sns"));
    this.discarded = this.failedBatches().length;
    this.workflowLines();
  }

  /**
   * What happened since the last call, as lines without the time.
   *
   * @param width of a line in characters; lines about batches that are longer leave out the reasons
   */
  read(width: number): string[] {
    return [
      ...batchLines(this.routed(), width),
      ...sampled(this.discardedLines(), (count) => counting(count, "discarded batch", "discarded batches")),
      ...sampled(this.messageLines(), (count) => counting(count, "message")),
      ...sampled(this.workflowLines(), (count) => counting(count, "change of workflows", "changes of workflows")),
    ];
  }

  private routed(): RoutedBatch[] {
    const batches: RoutedBatch[] = [];
    for (const { line } of this.logs.read()) {
      const batch = line.startsWith('{"message":"routed"') ? parsed(line) : undefined;
      if (typeof batch?.Records === "number") batches.push(batch);
    }
    return batches;
  }

  private failedBatches() {
    return (this.cloud.service("lambda") as LambdaService).failedBatches();
  }

  private discardedLines(): string[] {
    const all = this.failedBatches();
    const fresh = all.slice(this.discarded);
    this.discarded = all.length;
    return fresh.map(({ records, shard, condition, reason, destination, undelivered }) => {
      const where = destination ?? `LOST: ${undelivered}`;
      return `batch DISCARDED: ${counting(records, "record")} of ${shard}, ${condition} (${brief(reason)}), ${where}`;
    });
  }

  private messageLines(): string[] {
    const fresh = [...this.messages.read()];
    if (fresh.length === 0) return [];
    const emails = new Map(readEmails(this.cloud).map(({ topic, to }) => [topic, to]));
    return fresh.map(({ file, line }) => {
      const { subject, body } = JSON.parse(line) as { readonly subject?: string; readonly body: string };
      const topic = file.replace(/\.ndjson$/, "");
      const to = emails.get(topic);
      const mail = to === undefined ? "" : ` (AWS sends it to ${to.join(", ")}, once confirmed)`;
      return `message to ${topic}: ${subject ?? brief(body)}${mail}`;
    });
  }

  /** An execution that only starts another one is not news. */
  private workflowLines(): string[] {
    const lines: string[] = [];
    for (const { arn, name, status, end, children } of (
      this.cloud.service("states") as StepFunctionsService
    ).executions()) {
      if (this.seen.has(arn)) continue;
      const machine = arn.split(":").at(-2);
      const isOwn = name.startsWith(FLUSH);
      if (status === "RUNNING") {
        if (!this.running.has(arn) && !isOwn) lines.push(`workflow ${machine}: ${name} started`);
        this.running.set(arn, name);
        continue;
      }
      this.seen.add(arn);
      this.running.delete(arn);
      const isStarter = end?.status === "SUCCEEDED" && children.length > 0 && !hasResult(end.output);
      if (isStarter || (isOwn && end?.status === "SUCCEEDED")) continue;
      lines.push(`workflow ${machine}: ${name} ${status}${outcome(end)}`);
    }
    return lines;
  }
}

type End = { readonly status: string; readonly output?: unknown; readonly error?: string; readonly cause?: string };

function outcome(end: End | undefined): string {
  if (end?.status === "SUCCEEDED") {
    const { result, hour, hours } = (end.output ?? {}) as { result?: string; hour?: string; hours?: number };
    if (result === undefined) return "";
    const what = hours === undefined || hours === 0 ? result : `${result} ${counting(hours, "hour")}`;
    return `, ${what}${hour === undefined ? "" : ` (up to ${hour})`}`;
  }
  const reason = [end?.error, end?.cause].filter(Boolean).join(": ");
  return reason === "" ? "" : `, ${brief(reason)}`;
}

function hasResult(output: unknown): boolean {
  const { result } = (output ?? {}) as { readonly result?: unknown };
  return result !== undefined && result !== "started";
}

/** A line for each batch, and one line for those beyond `MAX_LINES`. */
export function batchLines(batches: readonly RoutedBatch[], width: number): string[] {
  const rest = batches.slice(MAX_LINES);
  const fitting = (title: string, of: readonly RoutedBatch[]) => {
    const line = `${title}: ${batchText(of, true)}`;
    return line.length <= width ? line : `${title}: ${batchText(of, false)}`;
  };
  const lines = batches.slice(0, MAX_LINES).map((batch) => fitting(batch.Stream, [batch]));
  if (rest.length > 0) lines.push(fitting(`… ${counting(rest.length, "more batch", "more batches")}`, rest));
  return lines;
}

function batchText(batches: readonly RoutedBatch[], hasReasons: boolean): string {
  const sum = (name: string) => batches.reduce((total, batch) => total + Number(batch[name] ?? 0), 0);
  const reasons = new Map<string, number>();
  for (const batch of batches) {
    for (const [name, count] of Object.entries(batch)) {
      const reason = /^Unformatted\.([^.]+)\./.exec(name)?.[1];
      if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + Number(count));
    }
  }
  const unformatted = sum("Unformatted");
  const why = [...reasons].map(([reason, count]) => `${reason} ${counted(count)}`).join(", ");
  const failed = sum("FailedWrites");
  return [
    counting(sum("Records"), "record"),
    counting(sum("Rows"), "row"),
    ...(unformatted > 0 ? [`${counted(unformatted)} unformatted${hasReasons ? ` (${why})` : ""}`] : []),
    ...(failed > 0 ? [counting(failed, "failed write")] : []),
  ].join(", ");
}

function sampled(lines: readonly string[], rest: (count: number) => string): string[] {
  const more = lines.length - MAX_LINES;
  return more > 0 ? [...lines.slice(0, MAX_LINES), `… and ${rest(more)} more`] : [...lines];
}

/** Undefined for a line that a function of somebody else prints. */
function parsed(line: string): RoutedBatch | undefined {
  try {
    return JSON.parse(line) as RoutedBatch;
  } catch {
    return undefined;
  }
}
