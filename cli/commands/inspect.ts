/** `streamlake inspect`: lists the unformatted records of a local run by reason, and prints the bytes of one. */
import path from "node:path";
import { defineCommand } from "../command";
import { CommandError, UsageError } from "../errors";
import { flag, text } from "../optionKinds";
import { readRun, runOptions } from "../project/runs/readRun";
import { findUnformatted, groupUnformatted, unformattedObjects } from "../run/unformatted";
import { fitting, textTable } from "../terminal/textTable";
import { counted, counting } from "../terminal/wording";

export const inspect = defineCommand({
  name: "inspect",
  summary: "Lists the unformatted records of the last local run by reason; with --record, prints the bytes of one.",
  options: {
    ...runOptions,
    record: text("ID", "prints the exact bytes of this record to standard output"),
    hex: flag("with --record, prints a hexadecimal dump"),
  },
  notes: [
    "  streamlake inspect --record shardId-000000000000/49590338271490256608559692538361571095921575989136588898/0 > record.bin",
  ],
  run: async ({ record, hex, ...wanted }, io) => {
    if (hex && record === undefined) throw new UsageError("streamlake inspect: --hex needs --record");
    const run = readRun("inspect", wanted, io);
    const objects = await unformattedObjects(path.join(run.directory, "s3"));
    if (record !== undefined) {
      const found = findUnformatted(objects, record);
      if (!found) throw new CommandError(`there is no unformatted record ${record} in ${run.directory}`);
      io.stderr.write(
        `${found.reason}: ${found.detail} (${counting(found.payload.byteLength, "byte")}, arrived ${found.arrived})\n`,
      );
      io.stdout.write(hex ? hexDump(found.payload) : found.payload);
      return 0;
    }
    const groups = groupUnformatted(objects);
    const total = groups.reduce((sum, { records }) => sum + records, 0);
    io.stdout.write(
      `${counting(total, "unformatted record")} of the stack "${run.marker.stack}", run of ${run.marker.startedAt}\n`,
    );
    if (groups.length === 0) return 0;
    const rows = groups.map((group) => [
      counted(group.records),
      group.table,
      group.hour,
      group.reason,
      group.detail,
      group.example,
    ]);
    const lines = textTable(["records", "table", "hour", "reason", "detail", "example"], rows, {
      columnWidth: 100,
      // Programs and files get the whole details.
      ...(io.stdout.isTTY && fitting(io.stdout)),
    });
    io.stdout.write(`\n${lines.join("\n")}\n`);
    // A terminal may have cut the ids.
    if (io.stdout.isTTY) io.stdout.write(`\nfor example: streamlake inspect --record ${groups[0]?.example}\n`);
    return 0;
  },
});

const BYTES_PER_LINE = 16;

/** Offset, sixteen bytes in hexadecimal, and the same bytes as text. */
function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += BYTES_PER_LINE) {
    const part = [...bytes.subarray(offset, offset + BYTES_PER_LINE)];
    const hex = part.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const characters = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${offset.toString(16).padStart(8, "0")}  ${hex.padEnd(BYTES_PER_LINE * 3 - 1)}  ${characters}\n`);
  }
  return lines.join("");
}
