/** The lake of a target: its bucket, its prefix, and its objects, by the files of a local run or on S3. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { type ObjectStore, s3ObjectStore } from "../../functions/effects/objectStore";
import { parseConvertedKey, parseDeliveredKey } from "../../lake/delivery/keys";
import { parseObjectKey } from "../../lake/objectKey";
import { pathOfKey } from "../../local/cloud/keyPath";
import { listFiles } from "../../local/cloud/listFiles";
import type { Run } from "../project/runs/listRuns";
import type { Io } from "../terminal/io";
import type { DeployedStack } from "./target";

export interface LakePlace {
  readonly bucket: string;
  /** The `prefix` of the `DataLake`: empty, or ending with `/`. */
  readonly prefix: string;
  readonly store: Pick<ObjectStore, "list" | "listFolders" | "get">;
}

/** The lakes of a local run that have objects. */
export function lakesOfRun({ directory }: Pick<Run, "directory">): LakePlace[] {
  const buckets = path.join(directory, "s3");
  const names = existsSync(buckets) ? readdirSync(buckets, { withFileTypes: true }) : [];
  return names
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: bucket }) => {
      const store = filesOf(path.join(buckets, bucket));
      const prefixes = new Set<string>();
      for (const { key } of listFiles(path.join(buckets, bucket), "")) {
        if (!parseObjectKey(key) && !parseDeliveredKey(key) && !parseConvertedKey(key)) continue;
        const prefix = /^(.*?)(?:raw|unformatted|parquet-output)\/[a-z0-9_]+\/dt=/.exec(key)?.[1];
        if (prefix !== undefined) prefixes.add(prefix);
      }
      return [...prefixes].map((prefix) => ({ bucket, prefix, store }));
    });
}

/** The lake in the output `bucketName`. The store must be closed. */
export function lakeOfStack(stack: DeployedStack, prefix: string, io: Io): LakePlace & { close(): void } {
  const bucket = stack.outputs.bucketName ?? "";
  const client = new S3Client(stack.client("S3"));
  return { bucket, prefix, store: s3ObjectStore(bucket, { client, signal: io.signal }), close: () => client.destroy() };
}

function filesOf(bucketDir: string): LakePlace["store"] {
  return {
    async *list(prefix) {
      for (const { key, path: file } of listFiles(bucketDir, prefix)) {
        const { size, mtimeMs } = statSync(file);
        yield { key, size, modifiedMillis: mtimeMs };
      }
    },
    async *listFolders(prefix) {
      const folders = new Set<string>();
      for (const { key } of listFiles(bucketDir, prefix)) {
        const end = key.indexOf("/", prefix.length);
        if (end >= 0) folders.add(key.slice(0, end + 1));
      }
      yield* folders;
    },
    async get(key) {
      const file = path.join(bucketDir, ...pathOfKey(key));
      return existsSync(file) ? readFileSync(file) : undefined;
    },
  };
}
