/** What a schedule of the model world came to: rows lost and duplicated, and promises broken. */
import { idOf } from "./modelChecks";
import type { Outcome } from "./modelWorld";

export interface Verdict {
  readonly lost: readonly string[];
  readonly duplicated: readonly string[];
  readonly broken: readonly string[];
}

export function judge(outcome: Outcome): Verdict {
  const lost: string[] = [];
  const broken = [...outcome.broken];
  const rows = countEach(outcome.rawIds);
  const refused = countEach(outcome.unformattedIds);
  const expected = new Set<string>();

  for (const record of outcome.records) {
    const id = idOf(record.shard, record);
    const text = Buffer.from(record.data, "base64").toString();
    const isPoison = text === "poison";
    const count = isPoison ? 1 : (JSON.parse(text) as unknown[]).length;
    const ids = isPoison ? [`${id}/0`] : Array.from({ length: count }, (_, index) => `${id}/0.${index}`);
    for (const each of ids) expected.add(each);
    const missing = ids.filter((each) => !(isPoison ? refused : rows).has(each));
    const isFailed = outcome.failed.has(id);
    if (!isFailed) lost.push(...missing);
    if (isFailed && missing.length < ids.length && !outcome.landedByFailures.has(id)) {
      broken.push(`${id} failed, and yet a successful attempt landed it`);
    }
  }
  const duplicated = [...rows, ...refused].filter(([id, count]) => count > 1 || !expected.has(id)).map(([id]) => id);
  return { lost, duplicated, broken };
}

function countEach(ids: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
