/** Counts a batch that is folded into a view for one log line, from which CloudWatch extracts metrics. */
import type { FoldedItem, KeyedRow } from "../../lake/serving/item";
import type { UnfoldedError, UnfoldedReason } from "../../lake/serving/unfoldedError";
import type { LogEntry } from "../effects/log";

/** The namespace of the library's own metrics. */
const NAMESPACE = "Streamlake";

/**
 * `Rows` that are folded now, `Items` that are written, rows that a redelivery `Repeated`, rows that are not part of the
 * view (`Left out`), `Unfolded` rows, also by reason (`Unfolded.key`), and `Undecoded` records, which the router keeps.
 * The dimension is the view's table.
 */
export class ServedCounts {
  private readonly counts = { Rows: 0, Items: 0, Repeated: 0, LeftOut: 0, Undecoded: 0, Unfolded: 0, FailedWrites: 0 };
  private readonly byReason = new Map<UnfoldedReason, number>();
  /** The first row that was not folded. */
  firstUnfolded: { readonly row: Omit<KeyedRow, "row">; readonly error: UnfoldedError } | undefined;

  add(name: "LeftOut" | "Undecoded" | "Items" | "FailedWrites"): void {
    this.counts[name] += 1;
  }

  folded({ folded, repeated, unfolded }: FoldedItem): void {
    this.counts.Rows += folded;
    this.counts.Repeated += repeated;
    for (const { row, error } of unfolded) this.unfolded(row, error);
  }

  unfolded(row: Omit<KeyedRow, "row">, error: UnfoldedError): void {
    this.counts.Unfolded += 1;
    this.byReason.set(error.reason, (this.byReason.get(error.reason) ?? 0) + 1);
    this.firstUnfolded ??= { row, error };
  }

  /** @param records routed now @param left for the next batch */
  entry(view: string, records: number, left: number): LogEntry {
    const reasons = [...this.byReason].sort().map(([reason, rows]) => [`Unfolded.${reason}`, rows] as const);
    const counts = {
      Records: records,
      ...this.counts,
      ...Object.fromEntries(reasons),
      ...(left > 0 && { LeftRecords: left }),
    };
    const Metrics = Object.keys(counts).map((Name) => ({ Name, Unit: "Count" }));
    const directive = { Namespace: NAMESPACE, Dimensions: [["View"]], Metrics };
    return { message: "folded", View: view, ...counts, _aws: { CloudWatchMetrics: [directive] } };
  }
}
