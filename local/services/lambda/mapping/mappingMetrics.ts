/**
 * Publishes the metrics of an event source mapping: the function's iterator age and failed deliveries, and the counts of
 * events, which exist only with the metrics config `EventCount`.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
import type { Publish } from "../../../cloud/metrics/metrics";
import type { FailedBatch } from "./failureDelivery";
import type { MappingDriverOptions } from "./mappingDriverOptions";
import type { BufferedRecord } from "./mappingState";

export class MappingMetrics {
  private readonly now: () => number;
  private readonly ofFunction: Publish;
  private readonly ofMapping: Publish;

  constructor({ cloud, uuid, functionArn, settings }: MappingDriverOptions) {
    const FunctionName = functionArn.slice(functionArn.lastIndexOf(":") + 1);
    this.now = () => cloud.clock.now();
    this.ofFunction = cloud.metrics.publisher("AWS/Lambda", { FunctionName });
    this.ofMapping = settings.countsEvents
      ? cloud.metrics.publisher("AWS/Lambda", { EventSourceMappingUUID: uuid })
      : () => undefined;
  }

  polled(records: number): void {
    this.ofMapping("PolledEventCount", records, "Count");
    this.ofMapping("FilteredOutEventCount", 0, "Count");
  }

  /** Counts each attempt. The iterator age is that of the event's last record. */
  invoked(records: readonly BufferedRecord[]): void {
    this.ofMapping("InvokedEventCount", records.length, "Count");
    const age = this.now() - (records.at(-1)?.arrivedMillis ?? this.now());
    this.ofFunction("IteratorAge", Math.max(0, age), "Milliseconds");
  }

  /** Counts events of an attempt with a function error, or that was throttled. */
  failed(records: number): void {
    this.ofMapping("FailedInvokeEventCount", records, "Count");
  }

  /** Dropped events exclude those that the on-failure destination got. */
  discarded({ records, destination }: FailedBatch, hasDestination: boolean): void {
    const isKept = destination !== undefined;
    this.ofMapping("OnFailureDestinationDeliveredEventCount", isKept ? records : 0, "Count");
    this.ofMapping("DroppedEventCount", isKept ? 0 : records, "Count");
    if (hasDestination && !isKept) this.ofFunction("DestinationDeliveryFailures", 1, "Count");
  }
}
