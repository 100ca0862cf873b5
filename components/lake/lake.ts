/** A lake as the components that write and read it use it. */
import type * as pulumi from "@pulumi/pulumi";
import type { LakePrefixes, LakeResources } from "./access";
import type { LakeRetentionDays, LakeTable } from "./args";

/** A `DataLake` is one, also that of another installed copy of this package. */
export interface Lake {
  readonly bucketName: pulumi.Output<string>;
  readonly prefixes: LakePrefixes;
  readonly tables: Readonly<Record<string, LakeTable>>;
  readonly retentionDays: LakeRetentionDays;
  readonly resources: LakeResources;
}
