/** The buckets of a lake: its objects, results of queries, failed batches, and who asked what of these. */
import type * as pulumi from "@pulumi/pulumi";
import { defaults } from "../../lake/defaults";
import { mayDeleteData } from "../parts/deletion";
import type { LakePrefixes } from "./access";
import { accessLogs } from "./accessLogs";
import type { DataLakeArgs, DataLakeNodes } from "./args";
import { expireAfter, privateBucket } from "./privateBucket";

export interface LakeBucketsOptions {
  readonly args: DataLakeArgs;
  readonly parent: pulumi.Resource;
  readonly prefixes: LakePrefixes;
  /** Of the account whose buckets these are. */
  readonly accountId: pulumi.Input<string>;
}

export function lakeBuckets(
  name: string,
  { args, parent, prefixes, accountId }: LakeBucketsOptions,
): Pick<DataLakeNodes, "lake" | "results" | "failed" | "accessLogs"> {
  const { transform = {} } = args;
  const owned = { parent, deletable: mayDeleteData(args.deleteDataOnDestroy) };
  const logs = args.accessLogs
    ? accessLogs(`${name}-access-logs`, {
        ...owned,
        accountId,
        retentionDays: args.accessLogRetentionDays,
        transform: transform.accessLogs,
      })
    : undefined;
  const common = (role: string) => ({
    ...owned,
    encryptionKeyArn: args.encryptionKeyArn,
    accessLogs: logs && { target: logs, prefix: `${role}/` },
  });
  const resultDays = args.resultRetentionDays ?? defaults.athena.resultRetentionDays;
  const failedDays = args.failedBatchRetentionDays ?? defaults.retention.failedBatchDays;
  return {
    lake: privateBucket(`${name}-lake`, {
      ...common("lake"),
      transform: transform.lake,
      lifecycleRules: [
        ...expiry("raw", args.rawRetentionDays, prefixes.raw),
        ...expiry("unformatted", args.unformattedRetentionDays, prefixes.unformatted),
        ...expiry("parquet", args.parquetRetentionDays, prefixes.parquet),
        expireAfter("ledger", defaults.retention.ledgerDays, prefixes.ledger),
        expireAfter("alerts", defaults.retention.alertDays, prefixes.alerts),
      ],
    }),
    results: privateBucket(`${name}-results`, {
      ...common("results"),
      transform: transform.results,
      lifecycleRules: [expireAfter("results", resultDays)],
    }),
    failed: privateBucket(`${name}-failed`, {
      ...common("failed"),
      transform: transform.failed,
      lifecycleRules: [expireAfter("failed-batches", failedDays)],
    }),
    accessLogs: logs,
  };
}

function expiry(id: string, days: number | undefined, prefix: string) {
  return days === undefined ? [] : [expireAfter(id, days, prefix)];
}
