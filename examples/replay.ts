/** Replays on Step Functions: unformatted records and failed batches go through the router's hooks again. */
import { DataLake, FormatRouter, HourlyEtl, Replay, StreamIngest } from "streamlake";

const stream = new StreamIngest("shop");
const lake = new DataLake("lake");
const router = new FormatRouter("router", {
  stream,
  lake,
  hooks: { accept: (row) => (Number(row.total) < 0 ? "total is negative" : true) },
});
new HourlyEtl("hourly", { lake });
const replay = new Replay("replay", { router, concurrentChunks: 5 });

export const streamName = stream.streamName;
/** Start it with `{}` for a dry run, then with `{ "dryRun": false }`. */
export const replayArn = replay.stateMachineArn;
