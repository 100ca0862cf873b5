/** Declares the buckets of a lake: objects, query results, failed batches and access logs. */
import type * as pulumi from "@pulumi/pulumi";
import { defaults } from "../../lake/defaults";
import { mayDeleteData } from "../parts/config";
import type { LakePrefixes } from "./access";
import { accessLogs } from "./accessLogs";
import type { DataLakeArgs, DataLakeNodes, LakeRetentionDays } from "./args";
import { expireAfter, privateBucket } from "./privateBucket";

export interface LakeBucketsOptions {
  readonly args: DataLakeArgs;
  readonly parent: pulumi.Resource;
  readonly prefixes: LakePrefixes;
  readonly retentionDays: LakeRetentionDays;
  /** The account that owns the buckets. */
  readonly accountId: pulumi.Input<string>;
}

export function lakeBuckets(
  name: string,
  { args, parent, prefixes, retentionDays, accountId }: LakeBucketsOptions,
): Pick<DataLakeNodes, "lake" | "results" | "failed" | "accessLogs"> {
  const { transform = {} } = args;
  const owned = { parent, deletable: mayDeleteData(args.deleteDataOnDestroy) };
  const logs = args.accessLogs
    ? accessLogs(`${name}-access-logs`, {
        ...owned,
        accountId,
        retentionDays: retentionDays.accessLogs,
        transform: transform.accessLogs,
      })
    : undefined;
  const common = (role: string) => ({
    ...owned,
    encryptionKeyArn: args.encryptionKeyArn,
    accessLogs: logs && { target: logs, prefix: `${role}/` },
  });
  return {
    lake: privateBucket(`${name}-lake`, {
      ...common("lake"),
      transform: transform.lake,
      lifecycleRules: [
        ...expiry("raw", retentionDays.raw, prefixes.raw),
        ...expiry("unformatted", retentionDays.unformatted, prefixes.unformatted),
        ...expiry("parquet", retentionDays.parquet, prefixes.parquet),
        expireAfter("ledger", defaults.retentionDays.ledger, prefixes.ledger),
        expireAfter("alerts", defaults.retentionDays.alerts, prefixes.alerts),
      ],
    }),
    results: privateBucket(`${name}-results`, {
      ...common("results"),
      transform: transform.results,
      lifecycleRules: [expireAfter("results", retentionDays.results)],
    }),
    failed: privateBucket(`${name}-failed`, {
      ...common("failed"),
      transform: transform.failed,
      lifecycleRules: [expireAfter("failed-batches", retentionDays.failedBatches)],
    }),
    accessLogs: logs,
  };
}

function expiry(id: string, days: number | undefined, prefix: string) {
  return days === undefined ? [] : [expireAfter(id, days, prefix)];
}
