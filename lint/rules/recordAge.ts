/** Holds the age at which Lambda discards records to the stream's retention, and alarms on lag to that age. */
import { type Declaration, numberOf, type Program } from "../program";
import type { Contradiction, Rule } from "../rule";
import { ALARM, FUNCTION, MAPPING, streamOf } from "./types";

/** Kinesis' default. */
const RETENTION_HOURS = 24;

/**
 * Kinesis drops records that are older than the retention, so Lambda cannot keep them in the on-failure destination.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html
 */
export const recordAge: Rule = {
  id: "record-age",
  title: "Lambda should discard records before the stream drops them, and an alarm on lag should go off before that",
  find: (program) =>
    program.all(MAPPING).flatMap((mapping) => [...ofRetention(mapping, program), ...ofAlarms(mapping, program)]),
};

function retentionSeconds(stream: Declaration): number | undefined {
  const hours = numberOf(stream.inputs.retentionPeriod, RETENTION_HOURS);
  return hours === undefined ? undefined : hours * 3600;
}

function ofRetention(mapping: Declaration, program: Program): Contradiction[] {
  const stream = streamOf(mapping, program);
  if (!stream) return [];
  const age = numberOf(mapping.inputs.maximumRecordAgeInSeconds, -1);
  const kept = retentionSeconds(stream);
  if (age === undefined || kept === undefined || age < kept) return [];
  return [
    {
      resource: mapping,
      problem: `Lambda discards records after ${age / 3600} hours, but the stream ${stream.name} keeps them for ${kept / 3600} hours and drops them without a trace.`,
      wayOut: `Set maximumRecordAgeInSeconds below ${kept}, or raise the stream's retentionPeriod.`,
    },
  ];
}

/** An alarm on `IteratorAge`, in milliseconds, that only a record could set off which is gone by then. */
function ofAlarms(mapping: Declaration, program: Program): Contradiction[] {
  const handler = program.usedOne(mapping, "functionName", FUNCTION);
  const stream = streamOf(mapping, program);
  if (!handler || !stream || mappingsOf(handler, program).length !== 1) return [];
  const given = numberOf(mapping.inputs.maximumRecordAgeInSeconds, -1);
  const kept = retentionSeconds(stream);
  if (given === undefined || kept === undefined) return [];
  const age = given < 0 ? kept : Math.min(given, kept);
  return program
    .all(ALARM)
    .filter((alarm) => isOnLag(alarm) && program.usedOne(alarm, "dimensions", FUNCTION) === handler)
    .flatMap((alarm) => {
      const threshold = numberOf(alarm.inputs.threshold, Number.NaN);
      if (threshold === undefined || !(threshold / 1000 >= age)) return [];
      return {
        resource: alarm,
        problem: `it goes off when records wait for ${threshold / 1000} seconds, but the mapping ${mapping.name} or its stream discards them after ${age} seconds.`,
        wayOut: `Set threshold below ${age * 1000} (milliseconds).`,
      };
    });
}

function isOnLag({ inputs }: Declaration): boolean {
  const { namespace, metricName, comparisonOperator } = inputs;
  const isGreater = String(comparisonOperator).startsWith("GreaterThan");
  return namespace === "AWS/Lambda" && metricName === "IteratorAge" && isGreater;
}

function mappingsOf(handler: Declaration, program: Program): Declaration[] {
  return program.all(MAPPING).filter((mapping) => program.used(mapping, "functionName", FUNCTION).includes(handler));
}
