/** Compares the decoders with the minimum work of reading their payloads; the ratios come from one process, side by side. */

import { parse } from "papaparse";
import { json } from "../formats/json/json";
import { DEFAULT_LIMITS } from "../formats/limits";
import { Payload } from "../formats/payload";
import { createDecoder } from "../test/formats/support/createDecoder";
import { type Comparison, compare } from "./support/compare";
import { transaction } from "./support/transaction";

const decode = createDecoder();
const papaparse = (payload: Buffer) => parse(payload.toString("utf8"), { header: true, skipEmptyLines: true }).data;
const jsonParse = (payload: Buffer) => JSON.parse(payload.toString("utf8"));
const detector = json.open({}, DEFAULT_LIMITS);

const line = JSON.stringify(transaction);
const csvHeader = "invoice,sku,description,quantity,occurredAt,unitPrice,customer,country\n";
const csvRow = '536477,22041,"Record frame 7"" single size",48,2026-11-20T12:27:00Z,2.10,16210,United Kingdom\n';

const COMPARISONS: Comparison[] = [
  { name: "JSON", payload: Buffer.from(line), ours: decode, floorName: "JSON.parse", floor: jsonParse },
  {
    name: "JSON, detection alone",
    payload: Buffer.from(line),
    ours: (payload) => detector.detect(new Payload(payload)),
    floorName: "JSON.parse",
    floor: jsonParse,
  },
  {
    name: "NDJSON, 50 rows",
    payload: Buffer.from(`${line}\n`.repeat(50)),
    ours: decode,
    floorName: "split and JSON.parse",
    floor: (payload) =>
      payload
        .toString("utf8")
        .trim()
        .split("\n")
        .map((text) => JSON.parse(text)),
  },
  {
    name: "CSV, one row",
    payload: Buffer.from(csvHeader + csvRow),
    ours: decode,
    floorName: "papaparse",
    floor: papaparse,
  },
  {
    name: "CSV, 50 rows",
    payload: Buffer.from(csvHeader + csvRow.repeat(50)),
    ours: decode,
    floorName: "papaparse",
    floor: papaparse,
  },
  {
    name: "CSV, 10,000 rows",
    payload: Buffer.from(csvHeader + csvRow.repeat(10_000)),
    ours: decode,
    floorName: "papaparse",
    floor: papaparse,
  },
];

void compare("formats", COMPARISONS);
