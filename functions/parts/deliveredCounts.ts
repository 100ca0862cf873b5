/** Counts a batch that Firehose transforms for one log line, from which CloudWatch extracts metrics. */
import type { Refusal } from "../../lake/reasons";
import type { LogEntry } from "../effects/log";

/** The namespace of the library's own metrics. */
const NAMESPACE = "Streamlake";
const UNKNOWN_FORMAT = "unknown";

interface Failed {
  records: number;
  /** The id and the detail of the first of them. */
  readonly first: { readonly record: string; readonly detail: string };
}

/**
 * `Records`, `Rows`, rows that the callback left out (`LeftOut`), rows beyond an answer (`Landed`), and `Failed` records,
 * also by reason and format (`Failed.format.csv`). The dimension is the delivery stream.
 */
export class DeliveredCounts {
  private readonly counts = { Rows: 0, LeftOut: 0, Landed: 0, Failed: 0 };
  private readonly failed = new Map<string, Failed>();

  add(name: "Rows" | "LeftOut" | "Landed", rows: number): void {
    this.counts[name] += rows;
  }

  fail(record: string, { reason, detail, format = UNKNOWN_FORMAT }: Refusal): void {
    this.counts.Failed += 1;
    const name = `Failed.${reason}.${format}`;
    const failed = this.failed.get(name) ?? { records: 0, first: { record, detail } };
    failed.records += 1;
    this.failed.set(name, failed);
  }

  /** A line with the counts, and one for each reason and format, because Firehose keeps no reasons. */
  entries(delivery: string, records: number): LogEntry[] {
    const failed = [...this.failed].sort(([left], [right]) => (left < right ? -1 : 1));
    const counts = {
      Records: records,
      ...this.counts,
      ...Object.fromEntries(failed.map(([name, { records: count }]) => [name, count])),
    };
    const Metrics = Object.keys(counts).map((Name) => ({ Name, Unit: "Count" }));
    const directive = { Namespace: NAMESPACE, Dimensions: [["Delivery"]], Metrics };
    return [
      { message: "transformed", Delivery: delivery, ...counts, _aws: { CloudWatchMetrics: [directive] } },
      ...failed.map(([name, { records: count, first }]) => ({
        message: "records failed",
        name,
        records: count,
        ...first,
      })),
    ];
  }
}
