/** The check of a delivery stream's backup reads records of several shards, of which one may begin with another. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { checkBackup } from "../../../../local/ledger/sinks/backupLedger";
import { Findings } from "../../../../local/ledger/sinks/sinkLedger";

const work = mkdtempSync(path.join(tmpdir(), "backup-ledger-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

test.each([
  ["first", ['{"n":1}\n{"n":2}', '{"n":1}']],
  ["last", ['{"n":1}', '{"n":1}\n{"n":2}']],
])("a record of two lines that begins with the record of another shard is read as one: %s", async (name, texts) => {
  const backup = path.join(work, name, "backup");
  mkdirSync(backup, { recursive: true });
  const logs = texts.map((text, index) => {
    const log = path.join(work, name, `log-${index}.ndjson`);
    const Data = Buffer.from(text).toString("base64");
    const record = { SequenceNumber: "1", ApproximateArrivalTimestamp: 1, PartitionKey: "k", Data };
    writeFileSync(log, `${JSON.stringify(record)}\n`);
    return { shard: `shardId-${index}`, path: log };
  });
  for (const order of [texts, [...texts].reverse()]) {
    writeFileSync(path.join(backup, "object"), gzipSync(order.join("")));
    const findings = new Findings();
    expect(await checkBackup(backup, logs, findings)).toBe(2);
    expect(findings.all()).toEqual([]);
  }
});
