/** Takes a Glue database and an Athena workgroup of any owner. */
import * as pulumi from "@pulumi/pulumi";
import { arnPrefix } from "../parts/arn";
import { attributeKey, type CustomerKey, givenKey, keyArnProblem } from "./key";

/** An `aws.glue.CatalogDatabase`, or the ARN of a database that another program or team owns. */
export type DatabaseSource = DatabaseResource | ExistingDatabase;

/** The attributes of an `aws.glue.CatalogDatabase`. */
export interface DatabaseResource {
  readonly arn: pulumi.Input<string>;
  readonly name: pulumi.Input<string>;
}

export interface ExistingDatabase {
  /** ARN of the database, which is in the account and the Region of the lake. */
  readonly databaseArn: pulumi.Input<string>;
}

/** A database as components use it. */
export interface Database {
  readonly arn: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
}

export function databaseOf(source: DatabaseSource): Database {
  if (isOutput(source) || "arn" in source) {
    const { arn, name } = source as DatabaseResource;
    return { arn: pulumi.output(arn), name: pulumi.output(name) };
  }
  const arn = pulumi.output(source.databaseArn);
  return { arn, name: arn.apply((text) => text.slice(text.indexOf("/") + 1)) };
}

/** The problem of an argument that is no database. */
export function databaseProblem(source: DatabaseSource | undefined): string | undefined {
  if (source === undefined || isOutput(source)) return undefined;
  const { arn, databaseArn } = source as Partial<DatabaseResource & ExistingDatabase>;
  if (arn !== undefined) return undefined;
  if (databaseArn === undefined) {
    return "database is not a database; give an aws.glue.CatalogDatabase, or { databaseArn } of one that exists.";
  }
  if (typeof databaseArn !== "string" || /^arn:[^:]+:glue:[^:]+:\d+:database\/[^/]+$/.test(databaseArn))
    return undefined;
  return `database.databaseArn is "${databaseArn}"; use the ARN of a database, as "arn:aws:glue:us-east-1:123456789012:database/shop".`;
}

/** An `aws.athena.Workgroup`, or the name of a workgroup that another program or team owns. */
export type WorkgroupSource = WorkgroupResource | ExistingWorkgroup;

/** The attributes of an `aws.athena.Workgroup`. */
export interface WorkgroupResource {
  readonly arn: pulumi.Input<string>;
  readonly name: pulumi.Input<string>;
  readonly configuration?: pulumi.Input<WorkgroupSettings | undefined>;
}

interface WorkgroupSettings {
  readonly enforceWorkgroupConfiguration?: boolean;
  readonly bytesScannedCutoffPerQuery?: number;
  readonly resultConfiguration?: {
    readonly outputLocation?: string;
    readonly encryptionConfiguration?: { readonly kmsKeyArn?: string };
  };
}

export interface ExistingWorkgroup {
  /** Name of the workgroup, which is in the account and the Region of the lake. */
  readonly workgroupName: pulumi.Input<string>;
  /** The workgroup's location of query results. @example resultsLocation: "s3://team-results/athena/" */
  readonly resultsLocation: pulumi.Input<string>;
  /** ARN of the customer's KMS key that encrypts query results. @default none */
  readonly encryptionKeyArn?: pulumi.Input<string>;
}

/** A workgroup as components use it. */
export interface Workgroup {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly resultsArn: pulumi.Output<string>;
  /** Empty, or ends with `/`. */
  readonly resultsPrefix: pulumi.Output<string>;
  readonly resultsKey?: CustomerKey;
}

/**
 * @param who the component, for errors: `DataLake "lake"`
 * @param databaseArn the ARN of a resource in the same account and Region
 * @throws within the outputs for a workgroup without a location of results
 */
export function workgroupOf(who: string, source: WorkgroupSource, databaseArn: pulumi.Output<string>): Workgroup {
  const { name, arn, location, key } = attributesOf(who, source, databaseArn);
  const parts = location.apply((text) => /^s3:\/\/([^/]+)\/?(.*)$/.exec(text) ?? [text, "", ""]);
  const partition = databaseArn.apply((text) => text.split(":")[1]);
  return {
    name: pulumi.output(name),
    arn: pulumi.output(arn),
    resultsArn: pulumi.interpolate`arn:${partition}:s3:::${parts.apply(([, bucket]) => bucket)}`,
    resultsPrefix: parts.apply(([, , prefix = ""]) => (prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`)),
    resultsKey: key,
  };
}

function attributesOf(who: string, source: WorkgroupSource, databaseArn: pulumi.Output<string>) {
  if (!isOutput(source) && "workgroupName" in source) {
    const { workgroupName: name, resultsLocation, encryptionKeyArn } = source;
    const arn = pulumi.interpolate`${arnPrefix(databaseArn, "athena")}workgroup/${name}`;
    return { name, arn, location: pulumi.output(resultsLocation), key: givenKey(encryptionKeyArn) };
  }
  const { name, arn, configuration } = source as WorkgroupResource;
  const location = pulumi.all([name, configuration]).apply(([workgroup, settings]) => {
    const { outputLocation } = settings?.resultConfiguration ?? {};
    if (outputLocation) return outputLocation;
    throw new pulumi.RunError(
      `${who}: workgroup "${workgroup}" has no location of query results; set its resultConfiguration.outputLocation.`,
    );
  });
  const key = attributeKey({
    who: `${who}: results of its workgroup`,
    instead: "{ workgroupName, resultsLocation, encryptionKeyArn }",
    neighbour: arn,
    key: pulumi
      .output(configuration)
      .apply((settings) => settings?.resultConfiguration?.encryptionConfiguration?.kmsKeyArn),
  });
  return { name, arn, location, key };
}

/** The problem of an argument that is no workgroup. */
export function workgroupProblem(source: WorkgroupSource | undefined): string | undefined {
  if (source === undefined || isOutput(source)) return undefined;
  const { arn, workgroupName, resultsLocation, encryptionKeyArn } = source as Partial<
    WorkgroupResource & ExistingWorkgroup
  >;
  if (arn !== undefined) return undefined;
  if (workgroupName === undefined || resultsLocation === undefined) {
    return "workgroup is not a workgroup; give an aws.athena.Workgroup, or { workgroupName, resultsLocation } of one that exists.";
  }
  if (typeof resultsLocation === "string" && !/^s3:\/\/[^/]+(\/.*)?$/.test(resultsLocation)) {
    return `workgroup.resultsLocation is "${resultsLocation}"; use a location in S3, as "s3://team-results/athena/".`;
  }
  return keyArnProblem("workgroup.encryptionKeyArn", encryptionKeyArn);
}

/** The warnings of settings on which the lake relies, and which the owner of the workgroup has left out. */
export function workgroupWarnings(settings: WorkgroupSettings | undefined): string[] {
  return [
    ...(settings?.enforceWorkgroupConfiguration === false
      ? ["does not enforce its settings, so clients may write results where the lake's permissions do not reach"]
      : []),
    ...(settings && settings.bytesScannedCutoffPerQuery === undefined ? ["does not limit what a query scans"] : []),
  ];
}

/** An output of a look-up has every property, each an output. */
function isOutput(source: object): boolean {
  return pulumi.Output.isInstance(source);
}
