/** Payloads built to be expensive, at half a mebibyte and at one: the time each takes, and how it grows when they double. */
import { deflateSync } from "node:zlib";
import { createDecoder } from "../formats/decode";
import { FormatError } from "../formats/formatError";
import { aggregate, unaggregate } from "../formats/kpl";
import { DEFAULT_LIMITS } from "../formats/limits";
import { unzstd } from "../formats/zstd";
import { CORPUS_FORMATS } from "../test/formats/corpus";

const MEBIBYTE = 1024 * 1024;
const ROUNDS = 7;
const decode = createDecoder(CORPUS_FORMATS);

const text =
  (head: string, unit: string, tail = "") =>
  (bytes: number) =>
    Buffer.from(head + unit.repeat(Math.floor((bytes - head.length - tail.length) / unit.length)) + tail);
const binary =
  (head: string, unit: string, tail = "") =>
  (bytes: number) => {
    const [start, end] = [Buffer.from(head, "hex"), Buffer.from(tail, "hex")];
    return Buffer.concat([start, Buffer.alloc(bytes - start.length - end.length, unit, "hex"), end]);
  };
/** A MessagePack array that says how long it is. */
const array = (unit: string) => (bytes: number) => {
  const count = Math.floor((bytes - 8) / (unit.length / 2));
  return Buffer.concat([
    Buffer.from(`81a161dd${count.toString(16).padStart(8, "0")}`, "hex"),
    Buffer.alloc((count * unit.length) / 2, unit, "hex"),
  ]);
};
/** Names that all differ, so that each is a member of its own. */
const names = (count: number) => Array.from({ length: count }, (_, index) => index.toString(36).padStart(4, "0"));
const zstdFrame = (block: Buffer) => (bytes: number) =>
  Buffer.concat([
    Buffer.from("28b52ffd0058", "hex"),
    ...Array.from({ length: Math.floor(bytes / block.length) }, () => block),
    Buffer.from("010000", "hex"),
  ]);

const PAYLOADS: Readonly<Record<string, (bytes: number) => Buffer>> = {
  "json, an array of numbers": text('{"a":[0', ",0", "]}"),
  "json, small objects": text('{"a":[{}', ',{"b":1}', "]}"),
  "json, escapes": text('{"a":"', "\\u0041", '"}'),
  "json, deep": text("", "["),
  "json, blanks": text("{", " ", "}"),
  "json, a number": text('{"a":', "1", "}"),
  "ndjson, empty objects": text("", "{}\n"),
  "ndjson, bigints": text("", '{"n":12345678901234567890}\n'),
  "csv, small rows": text("a,b\n", "1,2\n"),
  "csv, quotes": text('a,b\n"', '""', '",1\n'),
  "csv, line ends": text("a,b\n", "\n"),
  "csv, commas": text("a,b\n", ","),
  "csv, delimiters of every kind": text("", ",;\t|"),
  "xml, empty elements": text("<reading>", "<a/>", "</reading>"),
  "xml, attributes": (bytes) =>
    Buffer.from(
      `<x>${`<reading ${names(1_500)
        .map((name) => `a${name}=""`)
        .join(" ")}/>`.repeat(bytes / 15_020)}</x>`,
    ),
  "xml, references": text("<reading>", "&lt;", "</reading>"),
  "xml, ampersands": text("<reading>", "&", "</reading>"),
  "xml, comments": text("<reading>", "<!---->", "</reading>"),
  "xml, instructions": text("<reading>", "<?a?>", "</reading>"),
  "xml, CDATA": text("<reading>", "<![CDATA[]]>", "</reading>"),
  "xml, brackets": text("<reading>", "]", "</reading>"),
  "xml, a name": text("<", "a"),
  "xml, zeros of a reference": text("<reading>&#", "0", ";</reading>"),
  "xml, rows": text("<x>", '<reading a="1">2</reading>', "</x>"),
  "messagepack, nulls": array("c0"),
  "messagepack, empty maps": array("80"),
  "messagepack, empty texts": array("a0"),
  "messagepack, rows": binary("", "81a16101"),
  "messagepack, keys that are never the same": (bytes) => {
    const map = Buffer.concat([
      Buffer.from("de05dc", "hex"),
      ...names(1_500).map((name) => Buffer.concat([Buffer.from([0xa4]), Buffer.from(name), Buffer.from([0])])),
    ]);
    return Buffer.concat(Array.from({ length: Math.floor(bytes / map.length) }, () => map));
  },
  "messagepack, small maps": array("81a16101"),
  "cbor, nulls": binary("a161619f", "f6", "ff"),
  "cbor, pieces of text": binary("a161617f", "60", "ff"),
  "cbor, empty maps": binary("a161619f", "a0", "ff"),
  "cbor, bignums": binary("a161619f", `c2590180${"7f".repeat(384)}`),
  "cbor, times": binary("a161619f", "c11a69200000", "ff"),
  "binary, frames": binary("", `534c0100${"00".repeat(12)}`),
  "gzip, many members": binary("", "1f8b080000000000000303000000000000000000"),
  "zlib, a bomb": (bytes) => deflateSync(Buffer.alloc(bytes * 15), { level: 9 }),
  "zstd, empty blocks": zstdFrame(Buffer.from("000000", "hex")),
  "zstd, repeated bytes": zstdFrame(Buffer.from("02001000", "hex")),
  "zstd, tables": zstdFrame(Buffer.from("440000" + "0000" + "00000000", "hex")),
  "avro, a file of empty blocks": binary("4f626a01", "02"),
  "protobuf, many fields": binary("", "2001"),
  base64: text("", "SGVsbG8gV29ybGQh"),
  "random text": text("", "the quick brown fox "),
};

/** With our own Zstandard decoder where that is what is measured: it is the one that hostile data could slow down. */
function run(name: string, payload: Buffer): void {
  try {
    if (name.startsWith("zstd")) unzstd(payload, DEFAULT_LIMITS, null);
    else decode(payload);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
}

function best(name: string, payload: Buffer): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    // Of the processor, not of the clock: what else the machine does is not the payload's doing.
    const start = process.cpuUsage();
    run(name, payload);
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

let [worst, worstRatio] = [0, 0];
for (const [name, make] of Object.entries(PAYLOADS)) {
  const [half, whole] = [best(name, make(MEBIBYTE / 2)), best(name, make(MEBIBYTE))];
  worst = Math.max(worst, whole);
  // Below a millisecond the clock, not the payload, decides.
  const ratio = whole < 1 ? 0 : whole / half;
  worstRatio = Math.max(worstRatio, ratio);
  console.log(
    `hostile, ${name}: ${whole.toFixed(1)} ms a MiB${ratio > 0 ? `, ${ratio.toFixed(2)} times half of it` : ""}`,
  );
}

const users = aggregate(Array.from({ length: MEBIBYTE / 8 }, () => ({ partitionKey: "k", payload: Buffer.alloc(0) })));
const start = process.hrtime.bigint();
unaggregate(users);
console.log(
  `hostile, aggregated: ${(Number(process.hrtime.bigint() - start) / 1e6).toFixed(1)} ms for ${users.length} B`,
);
console.log(
  `hostile: at most ${worst.toFixed(0)} ms a MiB, and ${worstRatio.toFixed(2)} times as long for twice as much`,
);
