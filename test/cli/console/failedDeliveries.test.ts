import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { FailedDeliveries } from "../../../cli/console/failedDeliveries";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "failed-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(key: string, body: string | Uint8Array): void {
  const file = path.join(folder, key);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, body);
}

const line = (fields: object) =>
  `${JSON.stringify({ rawData: Buffer.from("ab").toString("base64"), arrivalTimestamp: 1_795_168_800_000, ...fields })}\n`;

test("failed records are grouped by delivery stream and error, plain or packed, and each object is read once", () => {
  const failed = new FailedDeliveries([folder]);
  put(
    "bucket/team/failed-deliveries/orders/processing-failed/2026/a",
    line({ errorCode: "Lambda.FunctionError", errorMessage: "it failed" }),
  );
  put(
    "bucket/failed-deliveries/clicks/format-conversion-failed/2026/b.gz",
    gzipSync(line({ lastErrorCode: "DataFormatConversion.MalformedData", lastErrorMessage: "not JSON" }).repeat(2)),
  );
  put("bucket/raw/records/c", "another object");
  const examples = [{ arrived: "2026-11-20T10:00:00.000Z", bytes: 2, hex: "6162" }];
  const clicks = {
    delivery: "clicks",
    errorCode: "DataFormatConversion.MalformedData",
    detail: "not JSON",
    records: 2,
    examples: [...examples, ...examples],
  };
  const orders = { delivery: "orders", errorCode: "Lambda.FunctionError", detail: "it failed", records: 1, examples };
  expect(failed.groups()).toEqual([clicks, orders]);
  expect(failed.counts()).toEqual({ clicks: 2, orders: 1 });
  expect(failed.groups()).toEqual([clicks, orders]);
});
