/** Every rule, in the order of the data's way, and the contradictions that they find in a program. */
import type { Declaration, Program } from "./program";
import type { Figures, Rule } from "./rule";
import { copyColumns } from "./rules/copyColumns";
import { dashboardColumns } from "./rules/dashboardColumns";
import { deadMetrics } from "./rules/deadMetrics";
import { filteredFormats } from "./rules/filteredFormats";
import { firehosePayload } from "./rules/firehosePayload";
import { rawRetention } from "./rules/rawRetention";
import { recordAge } from "./rules/recordAge";
import { reservedConcurrency } from "./rules/reservedConcurrency";
import { scanLimit } from "./rules/scanLimit";
import { timeouts } from "./rules/timeouts";

export const RULES: readonly Rule[] = [
  recordAge,
  timeouts,
  reservedConcurrency,
  filteredFormats,
  firehosePayload,
  rawRetention,
  copyColumns,
  dashboardColumns,
  scanLimit,
  deadMetrics,
];

export interface Finding {
  readonly rule: string;
  readonly resource: Declaration;
  readonly problem: string;
  readonly wayOut: string;
}

export function findContradictions(
  program: Program,
  figures: Figures,
  rules: readonly Rule[] = RULES,
): readonly Finding[] {
  return rules.flatMap(({ id, find }) => find(program, figures).map((found) => ({ rule: id, ...found })));
}
