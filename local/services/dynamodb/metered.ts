/** Runs operations on items: publishes the request units that they consume, and throttles them while a fault is injected. */
import type { Metrics } from "../../cloud/metrics/metrics";
import { ServiceError } from "../../cloud/service";
import type { Engine, Json } from "./engine";

/** Faults that tests and demonstrations inject, by count and never at random. */
export interface DynamoDbFaults {
  /** Throttles every n-th operation on items since this was set, as if the table's throughput were exceeded. */
  readonly throttleEveryNth?: number;
}

const READS = /^(BatchGet|Get|Query|Scan)/;

/** The metrics of https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html */
export class Metered {
  private faults: DynamoDbFaults = {};
  private operations = 0;

  constructor(
    private readonly engine: Engine,
    private readonly metrics: Metrics,
  ) {}

  setFaults(faults: DynamoDbFaults): void {
    this.faults = faults;
    this.operations = 0;
  }

  /** @throws ServiceError `ThrottlingException` for an injected fault */
  async run(operation: string, input: Json, tables: readonly string[]): Promise<Json> {
    const kind = READS.test(operation) ? "Read" : "Write";
    const every = this.faults.throttleEveryNth;
    if (every !== undefined && ++this.operations % every === 0) {
      for (const table of tables) this.publish(table, `${kind}ThrottleEvents`);
      throw new ServiceError(
        "ThrottlingException",
        "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly.",
      );
    }
    const { ReturnConsumedCapacity: asked = "NONE" } = input;
    const all = await this.engine.run(
      operation,
      asked === "NONE" ? { ...input, ReturnConsumedCapacity: "TOTAL" } : input,
    );
    const { ConsumedCapacity: consumed, ...output } = all;
    for (const { TableName, CapacityUnits } of [consumed ?? []].flat() as {
      TableName: string;
      CapacityUnits: number;
    }[]) {
      this.publish(TableName, `Consumed${kind}CapacityUnits`, CapacityUnits);
    }
    return asked === "NONE" ? output : all;
  }

  private publish(table: string, name: string, value = 1): void {
    this.metrics.publisher("AWS/DynamoDB", { TableName: table })(name, value, "Count");
  }
}
