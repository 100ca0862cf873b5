/** The router of the model world: the lake's own plan over a create-only store, with attempts that fail by the schedule. */
import { FormatError } from "../../../../formats/formatError";
import type { DecodeAtOnce } from "../../../../formats/row";
import type { LandingObject } from "../../../../lake/routing/landingObject";
import { routeBatch } from "../../../lake/support/routeBatch";
import type { ModelRecord } from "./modelStream";

/** Payloads are `[[table, value], …]`; anything else is a poison record. */
const decode: DecodeAtOnce = (payload) => {
  const text = Buffer.from(payload).toString();
  if (!text.startsWith("[")) throw new FormatError("json", `${payload.length} bytes do not parse`);
  const rows = JSON.parse(text) as [string, number][];
  return { format: "json", rows: rows.map(([table, value]) => ({ row: { table, value } })) };
};

export function planObjects(records: readonly ModelRecord[]): LandingObject[] {
  const incoming = records.map((record) => ({ ...record, payload: Buffer.from(record.data, "base64") }));
  return routeBatch(
    incoming,
    decode,
    { table: (row) => String(row.table) },
    {
      stream: "clicks",
      table: "records",
      prefixes: { raw: "raw/", unformatted: "unformatted/" },
    },
  );
}

/** Objects that are written once and never again. */
export class CreateOnlyStore {
  private readonly objects = new Map<string, LandingObject>();

  /** @param keyOf the object's key; the lake's own unless a mutation is tried */
  constructor(private readonly keyOf: (object: LandingObject) => string) {}

  putIfAbsent(object: LandingObject): void {
    const key = this.keyOf(object);
    if (!this.objects.has(key)) this.objects.set(key, object);
  }

  /** Every line's id, once for each table partition that it lies in: what the hourly step and reconcile see. */
  distinctIds(kind: "raw" | "unformatted"): string[] {
    const byPartition = new Map<string, Set<string>>();
    for (const object of this.objects.values()) {
      if (object.kind !== kind) continue;
      const partition = `${object.table}/${object.hour}`;
      const ids = byPartition.get(partition) ?? new Set();
      byPartition.set(partition, ids);
      for (const line of object.text.trimEnd().split("\n")) ids.add(idOf(kind, line));
    }
    return [...byPartition.values()].flatMap((ids) => [...ids]);
  }
}

function idOf(kind: "raw" | "unformatted", line: string): string {
  const parsed = JSON.parse(line) as { _id?: string; id?: string };
  return (kind === "raw" ? parsed._id : parsed.id) as string;
}
