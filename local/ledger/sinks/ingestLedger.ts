/** The ledger of an HTTP entry: each record that an answer acknowledges is in the stream, with the number in the answer. */
import { appendFileSync, createReadStream, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { openDuckDb } from "../../duckdb/duckdb";
import type { ApiGatewayService } from "../../services/apigatewayv2/service";
import { LineLoader } from "../lineLoader";
import { streamPositions } from "../shardLogs";
import { Findings, type SinkLedger } from "./sinkLedger";

export interface IngestSources {
  readonly api: string;
  readonly functionArn: string;
  readonly stream: string;
  readonly logs: Parameters<typeof streamPositions>[1];
}

/** The part of an answer with the status 202 or 207. */
interface Acknowledgement {
  readonly results?: readonly {
    readonly shardId?: string;
    readonly sequenceNumber?: string;
    readonly error?: string;
  }[];
}

const FOLDER = "acknowledged";
const TAKEN: readonly number[] = [202, 207];

function fileOf(dataDir: string, functionArn: string): string {
  return path.join(dataDir, FOLDER, `${functionArn.slice(functionArn.lastIndexOf(":") + 1)}.tsv`);
}

/** From now on, writes what the functions' answers acknowledge to files of the run: `shard/sequence number`, or `-` if refused. */
export function keepAcknowledgements(apis: ApiGatewayService, functionArns: readonly string[], dataDir: string): void {
  mkdirSync(path.join(dataDir, FOLDER), { recursive: true });
  apis.onAnswer(({ functionArn, routeKey, response: { status, body } }) => {
    if (!functionArns.includes(functionArn) || !TAKEN.includes(status) || !routeKey.startsWith("POST ")) return;
    const { results = [] } = JSON.parse(String(body)) as Acknowledgement;
    const lines = results.map(({ shardId, sequenceNumber, error }) =>
      error === undefined ? `${shardId}/${sequenceNumber}\n` : "-\n",
    );
    appendFileSync(fileOf(dataDir, functionArn), lines.join(""));
  });
}

const TABLES = {
  acknowledged: "position VARCHAR",
  sent: "position VARCHAR",
} as const;

/** The stream may also have records of other producers, and those of a client that sent them again. */
const CHECKS = [
  {
    what: "acknowledged records are not in the stream",
    sql: "SELECT position AS id FROM taken ANTI JOIN sent USING (position)",
  },
  {
    what: "sequence numbers are acknowledged for more than one record",
    sql: "SELECT position AS id FROM taken GROUP BY position HAVING count(*) > 1",
  },
] as const;

/** @param dataDir the directory of the run */
export async function readIngestLedger(
  { api, functionArn, stream, logs }: IngestSources,
  dataDir: string,
): Promise<SinkLedger> {
  const scratch = mkdtempSync(path.join(dataDir, "ledger-"));
  try {
    const db = await openDuckDb({ databasePath: path.join(scratch, "ledger.duckdb"), memoryMebibytes: 160 });
    try {
      const loader = new LineLoader(db, scratch);
      await loader.load("acknowledged", TABLES.acknowledged, acknowledged(fileOf(dataDir, functionArn)));
      await loader.load("sent", TABLES.sent, sent(stream, logs));
      await db.run("CREATE VIEW taken AS SELECT position FROM acknowledged WHERE position <> '-'");
      const findings = new Findings();
      for (const { what, sql } of CHECKS) {
        for (const { id } of await db.rows(`${sql} ORDER BY id`)) findings.add(what, `${stream}/${id}`);
      }
      const [counts = {}] = await db.rows(
        "SELECT count(*) FILTER (position <> '-') AS taken, count(*) FILTER (position = '-') AS refused FROM acknowledged",
      );
      return {
        kind: "IngestApi",
        resource: api,
        stream,
        counts: { acknowledged: Number(counts.taken), refused: Number(counts.refused) },
        balanced: findings.all().length === 0,
        findings: findings.all(),
        unchecked: [],
      };
    } finally {
      db.close();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function* acknowledged(file: string): AsyncGenerator<string> {
  if (existsSync(file)) yield* createReadStream(file, "latin1") as AsyncIterable<string>;
}

async function* sent(stream: string, logs: IngestSources["logs"]): AsyncGenerator<string> {
  for await (const some of streamPositions(stream, logs)) {
    yield some.map(({ shard, sequenceNumber }) => `${shard}/${sequenceNumber}\n`).join("");
  }
}
