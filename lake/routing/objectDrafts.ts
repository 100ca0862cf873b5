/** Collects lines in objects, one for each kind, table, hour and shard, until the objects are closed. */
import { createHash } from "node:crypto";
import { hourOf } from "../hour";
import { objectKey } from "../objectKey";
import type { RefusalCount } from "../reasons";
import type { IncomingRecord } from "../record";
import { compareSequence } from "../sequenceNumber";
import { LandingObject } from "./landingObject";
import { LineBuffer } from "./lineBuffer";

type Kind = LandingObject["kind"];

/** Lines of one record, each with a newline at its end, and the number of lines. */
export interface Lines {
  readonly text: string;
  readonly count: number;
}

interface Draft {
  readonly kind: Kind;
  readonly table: string;
  readonly hour: string;
  readonly shard: string;
  first: string;
  last: string;
  count: number;
  readonly lines: LineBuffer;
  /** By reason and format, `"schema csv"`. */
  readonly refused: Map<string, RefusalCount>;
}

const [COLON, QUOTE, NEWLINE] = [0x3a, 0x22, 0x0a];

/** Each line begins with its id: `{"_id":"…"` or `{"id":"…"`. */
function digestOfIds(body: Uint8Array): string {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const hash = createHash("sha256");
  for (let at = 0; at < bytes.length; ) {
    const start = bytes.indexOf(COLON, at) + 2;
    const end = bytes.indexOf(QUOTE, start) + 1;
    hash.update(bytes.subarray(start, end));
    at = bytes.indexOf(NEWLINE, end) + 1;
  }
  return hash.digest("hex").slice(0, 16);
}

export class ObjectDrafts {
  private readonly drafts = new Map<string, Draft>();
  private latest: Draft | undefined;
  private characters = 0;

  /** @param prefixes each ends with `/` */
  constructor(private readonly prefixes: Readonly<Record<Kind, string>>) {}

  /** Characters added since the last `close`. */
  get size(): number {
    return this.characters;
  }

  /** Adds lines of a record. All lines of a record for one table must be added at once. */
  add(
    kind: Kind,
    table: string,
    record: IncomingRecord,
    { text, count }: Lines,
    refused?: Omit<RefusalCount, "records">,
  ): void {
    const { sequenceNumber } = record;
    const draft = this.draftOf(kind, table, record);
    if (compareSequence(sequenceNumber, draft.first) < 0) draft.first = sequenceNumber;
    if (compareSequence(sequenceNumber, draft.last) > 0) draft.last = sequenceNumber;
    draft.lines.append(text);
    draft.count += count;
    if (refused) {
      const name = `${refused.reason} ${refused.format}`;
      const { records, ...first } = draft.refused.get(name) ?? { ...refused, records: 0 };
      draft.refused.set(name, { ...first, records: records + 1 });
    }
    this.characters += text.length;
  }

  /** Yields all objects in the order of their first records, then removes them. */
  *close(): Generator<LandingObject, void> {
    for (const { kind, table, hour, shard, first, last, count, lines, refused } of this.drafts.values()) {
      const range = { shard, first, last, count };
      const body = lines.close();
      const key = objectKey(this.prefixes[kind], table, hour, range, digestOfIds(body));
      yield new LandingObject(key, kind, table, hour, range, body, [...refused.values()]);
    }
    this.drafts.clear();
    this.latest = undefined;
    this.characters = 0;
  }

  private draftOf(kind: Kind, table: string, { shard, arrivedMillis, sequenceNumber }: IncomingRecord): Draft {
    const hour = hourOf(arrivedMillis);
    const { latest } = this;
    // Nearly every record goes to the previous record's object, and comparing is cheaper than a look-up by name.
    if (latest?.kind === kind && latest.table === table && latest.hour === hour && latest.shard === shard) {
      return latest;
    }
    const name = `${kind}/${table}/${hour}/${shard}`;
    let draft = this.drafts.get(name);
    if (!draft) {
      const range = { first: sequenceNumber, last: sequenceNumber, count: 0 };
      draft = { kind, table, hour, shard, ...range, lines: new LineBuffer(), refused: new Map<string, RefusalCount>() };
      this.drafts.set(name, draft);
    }
    this.latest = draft;
    return draft;
  }
}
