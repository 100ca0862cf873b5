/** Guesses of a backup's order are taken back as far as the memory of them reaches; beyond it, the order is unknown. */
import { type BackedUpRecord, matchBackup, type RecordQueue } from "../../../../local/ledger/sinks/backupMatch";

const MEBIBYTE = 1024 * 1024;
const LARGE = "l".repeat(MEBIBYTE);

/** A queue of these records, and the bytes that were put back to it. */
function queueOf(texts: readonly string[]) {
  const records: BackedUpRecord[] = texts.map((text, place) => ({ position: `${place}`, payload: Buffer.from(text) }));
  const queue = {
    bytesPutBack: 0,
    get first() {
      return records[0];
    },
    advance: async () => void records.shift(),
    putBack(record: BackedUpRecord) {
      records.unshift(record);
      queue.bytesPutBack += record.payload.length;
    },
  };
  return queue satisfies RecordQueue;
}

/** The first record of both shards is the same, and the wrong one is taken first. */
function matched(large: number) {
  const first = queueOf(["x", ...Array<string>(large).fill(LARGE), "y"]);
  const object = Buffer.from(`xx${LARGE.repeat(large)}yz`);
  const wrong = Buffer.from(`x${LARGE.repeat(large)}zxy`);
  const second = queueOf(["x", "z"]);
  const match = (bytes: Buffer) => matchBackup(1, () => bytes, [first, second], bytes.length);
  return { match, object, wrong, first };
}

test("an order that no records have is none, if all guesses are remembered", async () => {
  const { match, wrong, first } = matched(10);
  expect(await match(wrong)).toEqual({ result: "no" });
  expect(first.bytesPutBack).toBe(10 * MEBIBYTE + 1);
});

test("an order is unknown, if guesses are more bytes ago than are remembered", async () => {
  const { match, wrong, first } = matched(70);
  expect(await match(wrong)).toEqual({ result: "unknown" });
  expect(first.bytesPutBack).toBeGreaterThan(10 * MEBIBYTE);
  expect(first.bytesPutBack).toBeLessThanOrEqual(64 * MEBIBYTE);
});

test("an order that needs no guess to be taken back is found, whatever its bytes", async () => {
  const { match, object } = matched(70);
  expect(await match(object)).toEqual({ result: "yes", records: 74 });
});
