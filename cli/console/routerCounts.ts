/** Sums the counts that routers and the functions of serving tables log for each batch, by function and over time. */
import path from "node:path";
import { FileTail } from "../../local/fileTail";
import type { Refusals } from "./source";

/** The names of counters that are summed up. */
const COUNTED = ["Records", "Rows", "Unformatted", "Items"] as const;
const LINE = /^\{"message":"(routed|folded|transformed)"/;
const MINUTE = 60_000;
/** Minutes that a plot shows at most; earlier ones count in its first. */
const MAX_MINUTES = 1440;

type LogLine = { readonly [name: string]: unknown; readonly _aws?: { readonly Timestamp?: number } };

export class RouterCounts {
  private readonly logs: FileTail;
  private readonly totals = new Map<string, number>();
  private readonly refused = new Map<string, number>();
  private readonly byMinute = new Map<number, Map<string, number>>();

  /** @param groups the directory of each function's log group, relative to `logs/` */
  constructor(
    dataDir: string,
    private readonly groups: Readonly<Record<string, string>>,
  ) {
    this.logs = new FileTail(path.join(dataDir, "logs"), "start");
  }

  /** Reads what was logged since the last call. */
  read(): void {
    for (const { file, line } of this.logs.read()) {
      const counts = LINE.test(line) ? parsed(line) : undefined;
      if (counts) this.add(this.functionOf(file), counts);
    }
  }

  /** By `<function>:<counter>`. */
  counts(): Record<string, number> {
    return Object.fromEntries(this.totals);
  }

  refusals(): Refusals {
    const byFormat = [...this.refused].map(([name, records]) => {
      const [reason = "", format = ""] = name.split(".");
      return { reason, format, records };
    });
    byFormat.sort((left, right) => right.records - left.records);
    const reasons = [...new Set(byFormat.map(({ reason }) => reason))].sort();
    const minutes = [...this.byMinute.keys()].sort((left, right) => left - right);
    const of = (reason: string) => minutes.map((minute) => this.byMinute.get(minute)?.get(reason) ?? 0);
    return {
      byFormat,
      series: { minutes, reasons: Object.fromEntries(reasons.map((reason) => [reason, of(reason)])) },
    };
  }

  private functionOf(file: string): string | undefined {
    return Object.keys(this.groups).find((name) => file.startsWith(`${this.groups[name]}/`));
  }

  private add(name: string | undefined, counts: LogLine): void {
    for (const counter of COUNTED) {
      const count = counts[counter];
      if (name !== undefined && typeof count === "number") increase(this.totals, `${name}:${counter}`, count);
    }
    const minute = Math.floor((counts._aws?.Timestamp ?? 0) / MINUTE) * MINUTE;
    for (const [key, count] of Object.entries(counts)) {
      const [, reason, format] = /^Unformatted\.([^.]+)\.(.+)$/.exec(key) ?? [];
      if (reason === undefined || typeof count !== "number") continue;
      increase(this.refused, `${reason}.${format}`, count);
      increase(this.minute(minute), reason, count);
    }
  }

  private minute(minute: number): Map<string, number> {
    const known = this.byMinute.get(minute);
    if (known) return known;
    const created = new Map<string, number>();
    this.byMinute.set(minute, created);
    if (this.byMinute.size > MAX_MINUTES) this.mergeOldest();
    return created;
  }

  private mergeOldest(): void {
    const [first, second] = [...this.byMinute.keys()].sort((left, right) => left - right) as [number, number];
    const into = this.byMinute.get(second) as Map<string, number>;
    for (const [reason, count] of this.byMinute.get(first) ?? []) increase(into, reason, count);
    this.byMinute.delete(first);
  }
}

function increase(counts: Map<string, number>, name: string, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

/** Undefined for a line that a function of somebody else prints. */
function parsed(line: string): LogLine | undefined {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return undefined;
  }
}
