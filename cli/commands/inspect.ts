/** `streamlake inspect`: lists the unformatted records of a local run or a deployed stack, and prints the bytes of one. */
import path from "node:path";
import type { UnformattedLine } from "../../lake/envelope";
import { defineCommand } from "../command";
import { CommandError, UsageError } from "../errors";
import { flag, text } from "../optionKinds";
import type { Values } from "../options";
import { findUnformatted, groupUnformatted, type UnformattedGroup, unformattedObjects } from "../run/unformatted";
import { groupsOfStack, unformattedOfStack } from "../target/inspectStack";
import { readTarget, targetOptions } from "../target/target";
import { leftOutText, readWindow, windowOptions, windowText } from "../target/window";
import type { Io } from "../terminal/io";
import { fitting, headed, textTable } from "../terminal/textTable";
import { counted, counting } from "../terminal/wording";

const OPTIONS = {
  ...targetOptions,
  ...windowOptions,
  record: text("ID", "prints the exact bytes of this record to standard output"),
  hex: flag("with --record, prints a hexadecimal dump"),
};

type InspectOptions = Values<typeof OPTIONS>;

export const inspect = defineCommand({
  name: "inspect",
  summary:
    "Lists the unformatted records of a local run or a deployed stack by reason; with --record, prints the bytes of one.",
  options: OPTIONS,
  hasColors: true,
  notes: [
    "  streamlake inspect --record shardId-000000000000/49590338271490256608559692538361571095921575989136588898/0 > record.bin",
    "",
    "With --deployed or --outputs, it lists the objects of each table and hour below unformatted/ of the output bucketName, and",
    "reads them: one request of S3 for each. It writes nothing. Needs there: s3:ListBucket and s3:GetObject (DataLake.readAccess()).",
    "",
    "  streamlake inspect --deployed --stack prod --since 6h",
  ],
  run: async (options, io) => {
    const { record, hex } = options;
    if (hex && record === undefined) throw new UsageError("streamlake inspect: --hex needs --record");
    const found = await readUnformatted(options, io);
    if (record !== undefined) {
      const line = await found.line(record);
      if (!line) throw new CommandError(`there is no unformatted record ${record} in ${found.where}`);
      io.stderr.write(
        `${line.reason}: ${line.detail} (${counting(line.payload.byteLength, "byte")}, arrived ${line.arrived})\n`,
      );
      io.stdout.write(hex ? hexDump(line.payload) : line.payload);
      return 0;
    }
    const { groups, note } = await found.groups();
    const total = groups.reduce((sum, { records }) => sum + records, 0);
    io.stdout.write(`${counting(total, "unformatted record")} of ${found.title}\n`);
    if (groups.length > 0) io.stdout.write(tableOf(groups, io));
    if (note !== undefined) io.stderr.write(`streamlake inspect: ${note}\n`);
    return 0;
  },
});

interface Unformatted {
  readonly title: string;
  /** For errors. */
  readonly where: string;
  line(id: string): Promise<UnformattedLine | undefined>;
  groups(): Promise<{ readonly groups: readonly UnformattedGroup[]; readonly note?: string | undefined }>;
}

async function readUnformatted(options: InspectOptions, io: Io): Promise<Unformatted> {
  const isDeployed = options.deployed || options.outputs !== undefined;
  const window = readWindow("inspect", options, isDeployed, io);
  const target = await readTarget(options, { command: "inspect", needed: ["bucketName"] }, io);
  if ("deployed" in target) {
    const { deployed: stack } = target;
    const from = { stack, prefix: options.prefix ?? "", window };
    const title = `${stack.title}, ${windowText(window)}`;
    return {
      title,
      where: title,
      line: (id) => unformattedOfStack(from, id, io),
      async groups() {
        const { groups, left } = await groupsOfStack(from, io);
        return { groups, note: leftOutText(left) };
      },
    };
  }
  const { directory, marker } = target.run;
  const all = await unformattedObjects(path.join(directory, "s3"));
  const objects = window.hours === undefined ? all : all.filter(({ hour }) => window.hours?.includes(hour));
  return {
    title: `the stack "${marker.stack}", run of ${marker.startedAt}`,
    where: directory,
    line: async (id) => findUnformatted(objects, id),
    groups: async () => ({ groups: groupUnformatted(objects) }),
  };
}

function tableOf(groups: readonly UnformattedGroup[], io: Io): string {
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
    ...headed(io),
    ...(io.stdout.isTTY && fitting(io.stdout)),
  });
  // A terminal may have cut the ids.
  const example = io.stdout.isTTY ? `\nfor example: streamlake inspect --record ${groups[0]?.example}\n` : "";
  return `\n${lines.join("\n")}\n${example}`;
}

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
