/** Every pair of files in the fixtures folder: a payload, and the rows or the error it must become. */

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { DEFAULT_FORMATS, type FormatsConfig } from "../../../formats/config";
import { FormatError } from "../../../formats/formatError";
import { stringifyRow } from "../../../formats/values/stringifyRow";
import { createDecoder } from "../support/createDecoder";

/** `rows` are the lines that land, as exact text; `config` is the default one where it is left out. */
interface Expected {
  config?: FormatsConfig;
  format?: string;
  rows?: string[];
  error?: { format: string; reason: string; detail: string };
}

const folder = path.join(__dirname, "../../fixtures/formats");
const PAYLOAD = ".payload";
const names = readdirSync(folder)
  .filter((name) => name.endsWith(PAYLOAD))
  .map((name) => name.slice(0, -PAYLOAD.length));

function outcome(payload: Uint8Array, config: FormatsConfig): Omit<Expected, "config"> {
  try {
    const decoded = createDecoder(config)(payload);
    return { format: decoded.format, rows: decoded.rows.map(({ row, json }) => json ?? stringifyRow(row)) };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return { error: { format: error.format, reason: error.reason, detail: error.detail } };
  }
}

test.each(names)("%s", (name) => {
  const { config, ...expected } = JSON.parse(
    readFileSync(path.join(folder, `${name}.expected.json`), "utf8"),
  ) as Expected;
  const payload = readFileSync(path.join(folder, name + PAYLOAD));

  expect(outcome(payload, config ?? DEFAULT_FORMATS)).toEqual(expected);
});

test("every fixture has both of its files", () => {
  const expected = readdirSync(folder).filter((name) => name.endsWith(".expected.json"));

  expect(expected.map((name) => name.replace(".expected.json", "")).sort()).toEqual([...names].sort());
  expect(names.length).toBeGreaterThan(50);
});
