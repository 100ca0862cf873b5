/** The parts of a program's cost, and the program and traffic from which models derive them. */
import type { ProgramResource } from "./declaredProgram";
import type { PriceName } from "./prices";

/** A month as AWS's calculator counts it. */
export const HOURS_A_MONTH = 730;
export const DAYS_A_MONTH = HOURS_A_MONTH / 24;
export const KB = 1024;
export const GB = 1024 ** 3;
export const MILLION = 1_000_000;

/** The traffic that the program gets; an absent value leaves the parts open that depend on it. */
export interface Traffic {
  /** Records that producers write to each stream in a day. */
  readonly recordsPerDay?: number | undefined;
  /** The mean size of a record. */
  readonly recordBytes: number;
  /** Hours of a day with data, 1 to 24. */
  readonly activeHours: number;
  /** The mean duration of a run of a Glue job. */
  readonly jobMinutes?: number | undefined;
  /** The mean billed duration of a call of a function. */
  readonly functionMillis?: number | undefined;
  /** State transitions of the hourly step in an hour with data. */
  readonly transitions?: number | undefined;
  /** Gigabytes that queries scan in a month. */
  readonly scannedGb?: number | undefined;
  /** Gigabytes that lie in S3. */
  readonly storedGb?: number | undefined;
  readonly apiRequestsPerDay?: number | undefined;
}

/** A part of the cost whose amount is known, or known to be at least this. */
export interface KnownPart {
  readonly part: string;
  /** Dollars a month, whatever the traffic. */
  readonly fixedUsd?: number;
  /** Dollars for each million records. */
  readonly perMillionUsd?: number;
  /** True if AWS may charge more than these amounts. @default false */
  readonly atLeast?: true;
  readonly prices: readonly PriceName[];
  /** The numbers behind the amount: `"730 hours"`. */
  readonly basis: string;
}

/** A part that costs money, whose amount is not known. */
export interface OpenPart {
  readonly part: string;
  readonly prices: readonly PriceName[];
  /** What is not known, and the option that gives it. */
  readonly open: string;
}

export type Part = KnownPart | OpenPart;

/** The parts of a resource's cost; none for a resource without a charge. */
export type Model = (resource: ProgramResource, program: Program, traffic: Traffic) => readonly Part[];

type Inputs = ProgramResource["inputs"];

/** Looks up the resources of a program by the names and ARNs with which others refer to them. */
export class Program {
  constructor(readonly resources: readonly ProgramResource[]) {}

  all(type: string): readonly ProgramResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The resource of this type with the ARN. */
  byArn(type: string, arn: unknown): ProgramResource | undefined {
    return this.all(type).find((resource) => resource.arn === arn);
  }

  /** The mappings that call a function. */
  mappingsOf(of: ProgramResource): readonly ProgramResource[] {
    const isIt = ({ functionName }: Inputs) => functionName === of.arn || functionName === physicalName(of);
    return this.all("aws:lambda/eventSourceMapping:EventSourceMapping").filter(({ inputs }) => isIt(inputs));
  }

  /** The stream that a mapping reads, through a consumer or not; undefined for a stream outside of the program. */
  streamOf({ inputs }: ProgramResource): ProgramResource | undefined {
    const { eventSourceArn } = inputs;
    const consumer = this.byArn("aws:kinesis/streamConsumer:StreamConsumer", eventSourceArn);
    return this.byArn("aws:kinesis/stream:Stream", consumer?.inputs.streamArn ?? eventSourceArn);
  }
}

/** The name by which other resources refer to it, as `declaredProgram` makes it. */
export function physicalName({ name, inputs }: ProgramResource): string {
  return String(inputs.name ?? inputs.bucket ?? name);
}

/** The number at a path of inputs, or a default; a value that is no number counts as absent. */
export function numberOf(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}
