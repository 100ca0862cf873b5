/** Counts a batch for one log line, from which CloudWatch extracts metrics. */
import type { LandingObject } from "../../lake/routing/landingObject";
import type { LogEntry } from "../effects/log";

/** The namespace of the library's own metrics. */
const NAMESPACE = "Streamlake";
/** Maximum number of metrics in one directive (CloudWatch user guide, embedded metric format specification). */
const MAX_METRICS = 100;

/**
 * Counts routed `Records`, written `Rows` and `Objects`, `FailedWrites`, and `Unformatted` lines (records, or rows of
 * CSV), also by reason and format (`Unformatted.schema.csv`). `HookErrors` counts lines that a hook failed on, and
 * `LeftRecords` the records left for the next batch; both are absent if zero. The dimension is the stream. A log line
 * has only one value for each dimension, so the metric's name contains reason and format; a log line for each of them
 * would be up to a hundred log lines a batch.
 */
export class RoutedCounts {
  private rows = 0;
  private objects = 0;
  private left = 0;
  private hookErrors = 0;
  /** The detail of the first record that a hook failed on. */
  firstHookError: string | undefined;
  private readonly unformatted = new Map<string, number>();

  constructor(private readonly records: number) {}

  add({ kind, range, refused }: LandingObject): void {
    this.objects += 1;
    if (kind === "raw") this.rows += range.count;
    for (const { reason, format, detail, records } of refused) {
      if (reason === "hook") {
        this.hookErrors += records;
        this.firstHookError ??= detail;
      }
      const name = `Unformatted.${reason}.${format}`;
      this.unformatted.set(name, (this.unformatted.get(name) ?? 0) + records);
    }
  }

  /** Counts records of the batch that were not routed. */
  leave(records: number): void {
    this.left = records;
  }

  entry(stream: string, failedWrites: number): LogEntry {
    const counts = {
      Records: this.records - this.left,
      Rows: this.rows,
      Objects: this.objects,
      FailedWrites: failedWrites,
      Unformatted: [...this.unformatted.values()].reduce((sum, records) => sum + records, 0),
      ...Object.fromEntries([...this.unformatted].sort()),
      ...(this.hookErrors > 0 && { HookErrors: this.hookErrors }),
      ...(this.left > 0 && { LeftRecords: this.left }),
    };
    const metrics = Object.keys(counts).map((Name) => ({ Name, Unit: "Count" }));
    const directives = [];
    for (let from = 0; from < metrics.length; from += MAX_METRICS) {
      const Metrics = metrics.slice(from, from + MAX_METRICS);
      directives.push({ Namespace: NAMESPACE, Dimensions: [["Stream"]], Metrics });
    }
    return { message: "routed", Stream: stream, ...counts, _aws: { CloudWatchMetrics: directives } };
  }
}
