/** A mapping over one shard, driven by hand on a clock that stands still until it is moved. */
import type { MappingConfig } from "../../../../local/services/lambda/mapping/mappingConfig";
import type {
  Batch,
  InvocationResult,
  Mapping,
  MappingCommand,
  MappingInput,
} from "../../../../local/services/lambda/mapping/mappingState";
import { NEW_MAPPING, stepMapping } from "../../../../local/services/lambda/mapping/stepMapping";

export const CONFIG: MappingConfig = {
  batchSize: 100,
  windowMillis: 0,
  maxEventBytes: 6 * 1024 * 1024,
  parallelizationFactor: 1,
  bisect: false,
  retryAttempts: -1,
  maxRecordAgeMillis: -1,
  reportsItemFailures: true,
  startingPosition: { type: "TRIM_HORIZON" },
};

export class Scenario {
  mapping: Mapping = NEW_MAPPING;
  now = 0;
  /** Commands since they were last looked at. */
  private seen: MappingCommand[] = [];
  readonly config: MappingConfig;

  constructor(config: Partial<MappingConfig> = {}) {
    this.config = { ...CONFIG, ...config };
  }

  /** One shard `s`, with an iterator and its first read under way. */
  static reading(config: Partial<MappingConfig> = {}): Scenario {
    const scenario = new Scenario(config);
    scenario.input({ type: "shards", shards: [{ id: "s", parents: [] }] });
    scenario.input({ type: "iterator", shard: "s", iterator: "i-1" });
    scenario.commands();
    return scenario;
  }

  input(input: MappingInput): this {
    const { mapping, commands } = stepMapping(this.mapping, this.config, input, this.now);
    this.mapping = mapping;
    this.seen.push(...commands);
    return this;
  }

  /** Sequence numbers, each of a record with its own key unless `key:number` names one. */
  records(names: readonly string[], options: { eventBytes?: number; nextIterator?: string | null } = {}): this {
    const records = names.map((name) => {
      const [key, sequenceNumber] = name.includes(":") ? (name.split(":") as [string, string]) : [`key-${name}`, name];
      return { sequenceNumber, partitionKey: key, arrivedMillis: 0, data: "", eventBytes: options.eventBytes ?? 300 };
    });
    const nextIterator = options.nextIterator === null ? undefined : (options.nextIterator ?? "i-2");
    return this.input({ type: "records", shard: "s", records, nextIterator, caughtUp: true });
  }

  at(millis: number): this {
    this.now = millis;
    return this.input({ type: "time" });
  }

  result(batch: number, result: InvocationResult): this {
    return this.input({ type: "result", shard: "s", batch, result });
  }

  error(batch: number): this {
    return this.result(batch, { kind: "functionError", requestId: "r", reason: "Error: no" });
  }

  respond(batch: number, ...failures: string[]): this {
    const batchItemFailures = failures.map((itemIdentifier) => ({ itemIdentifier }));
    return this.result(batch, { kind: "returned", response: { batchItemFailures }, requestId: "r" });
  }

  commands(): MappingCommand[] {
    return this.seen.splice(0);
  }

  /** What was asked for, in short: `invoke 1: 5,6` or `giveUp 2: 5 RetryAttemptsExhausted`. */
  asked(): string[] {
    return this.commands().map((command) => {
      if (command.type === "invoke") return `invoke ${command.batch.id}: ${numbersOf(command.batch)}`;
      if (command.type === "giveUp")
        return `giveUp ${command.batch.id}: ${numbersOf(command.batch)} ${command.condition}`;
      if (command.type === "read") return `read ${command.iterator}`;
      if (command.type === "getIterator") return `getIterator ${command.shard} ${JSON.stringify(command.position)}`;
      return command.type;
    });
  }
}

function numbersOf(batch: Batch): string {
  return batch.records.map((record) => record.sequenceNumber).join(",");
}
