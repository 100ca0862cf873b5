/** What an operation of the engine did, read from the log of its events. */
import { existsSync, readFileSync } from "node:fs";

export type Op =
  | "same"
  | "create"
  | "update"
  | "delete"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "refresh";

/** One step on one resource. */
export interface Step {
  readonly op: Op;
  readonly urn: string;
  /** `aws:s3/bucket:Bucket` */
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  /** The inputs that differ; empty where none does. */
  readonly changed: readonly string[];
}

export interface EngineRun {
  /** 0 where it succeeded. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Resources by what was done to them, as the CLI sums up: `{ create: 3, same: 1 }`. */
  readonly changes: Readonly<Record<string, number>>;
  /** In the order in which they began. */
  readonly steps: readonly Step[];
  /** Messages of severity error and warning. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

interface Metadata {
  readonly op: Op;
  readonly urn: string;
  readonly type: string;
  readonly diffs?: readonly string[] | null;
}

interface LoggedEvent {
  readonly resourcePreEvent?: { readonly metadata: Metadata };
  readonly diagnosticEvent?: { readonly severity: string; readonly message: string };
  readonly summaryEvent?: { readonly resourceChanges: Readonly<Record<string, number>> };
}

export function readEventLog(file: string): Pick<EngineRun, "changes" | "steps" | "errors" | "warnings"> {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
  const events = lines.map((line) => JSON.parse(line) as LoggedEvent);
  const said = (severity: string) =>
    events.flatMap(({ diagnosticEvent: said }) => (said?.severity.startsWith(severity) ? [said.message] : []));
  return {
    changes: events.find(({ summaryEvent }) => summaryEvent)?.summaryEvent?.resourceChanges ?? {},
    steps: events.flatMap(({ resourcePreEvent }) => (resourcePreEvent ? [stepOf(resourcePreEvent.metadata)] : [])),
    errors: said("error"),
    warnings: said("warning"),
  };
}

/** What a run does to resources, as `"update aws:sns/topic:Topic alerts"`. */
export function touched({ steps }: EngineRun): string[] {
  return steps.filter(({ op }) => op !== "same").map(({ op, type, name }) => `${op} ${type} ${name}`);
}

function stepOf({ op, urn, type, diffs }: Metadata): Step {
  return { op, urn, type, name: urn.slice(urn.lastIndexOf("::") + 2), changed: diffs ?? [] };
}
