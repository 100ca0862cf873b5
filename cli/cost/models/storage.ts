/** The cost of buckets, queries, tables of DynamoDB, and Redshift. */
import type { ProgramResource } from "../declaredProgram";
import { type Model, numberOf, type Part, type Program, physicalName, type Traffic } from "../model";
import { costOf } from "../prices";
import { callsPerMillion } from "../streamRates";

const GB_A_TB = 1024;

export const bucket: Model = (resource, program, traffic) => {
  const writers = writersTo(resource, program);
  const written = program.all(resource.type).filter((one) => writersTo(one, program).length > 0);
  const known: Part[] = writers.flatMap((writer) => putsOf(writer, program, traffic));
  const requests: Part = {
    part: `requests to ${resource.name}`,
    prices: ["s3Put", "s3Get"],
    open: `requests of ${writers.length > 0 ? "jobs, workflows and queries" : "all who use it"}`,
  };
  return [
    ...known,
    requests,
    stored(resource, writers.length === 0 ? "not" : written.length > 1 ? "with others" : "alone", traffic),
  ];
};

const STORED_OPEN = {
  not: "the stored size",
  alone: "the stored size; give --stored-gb",
  "with others": "the stored size; --stored-gb is for one bucket that routers write",
};

/** `--stored-gb` is of the bucket that a router writes, if there is one such bucket. */
function stored({ name }: ProgramResource, isWritten: keyof typeof STORED_OPEN, { storedGb }: Traffic): Part {
  const part = `storage of ${name}`;
  if (isWritten === "alone" && storedGb !== undefined) {
    return { part, fixedUsd: costOf("s3Storage", storedGb), prices: ["s3Storage"], basis: `${storedGb} GB` };
  }
  return { part, prices: ["s3Storage"], open: STORED_OPEN[isWritten] };
}

/** The functions of streams that have the bucket's name among their variables. */
function writersTo(resource: ProgramResource, program: Program): ProgramResource[] {
  const name = physicalName(resource);
  const has = ({ inputs }: ProgramResource) =>
    Object.values((inputs.environment as { variables?: object } | undefined)?.variables ?? {}).includes(name);
  return program.all("aws:lambda/function:Function").filter((one) => has(one) && program.mappingsOf(one).length > 0);
}

function putsOf(writer: ProgramResource, program: Program, traffic: Traffic): Part[] {
  const part = `objects of ${writer.name}`;
  const calls = callsPerMillion(writer, program, traffic);
  if (calls === undefined)
    return [{ part, prices: ["s3Put"], open: "at least one object a call; give --records-per-day" }];
  const basis = "at least one object a call";
  return [{ part, perMillionUsd: costOf("s3Put", calls), prices: ["s3Put"], basis, atLeast: true }];
}

export const workgroup: Model = (_resource, program, { scannedGb }) => {
  const part = "queries";
  if (scannedGb === undefined || program.all("aws:athena/workgroup:Workgroup").length > 1) {
    return [{ part, prices: ["athenaScan"], open: "the bytes that queries scan; give --scanned-gb for one workgroup" }];
  }
  return [
    {
      part,
      fixedUsd: costOf("athenaScan", scannedGb / GB_A_TB),
      prices: ["athenaScan"],
      basis: `${scannedGb} GB scanned`,
    },
  ];
};

export const dynamoTable: Model = ({ name, inputs }) => {
  if (inputs.billingMode !== "PAY_PER_REQUEST") {
    return [{ part: `capacity of ${name}`, prices: [], open: "provisioned capacity; not in the table of prices" }];
  }
  const backup = (inputs.pointInTimeRecovery as { enabled?: boolean } | undefined)?.enabled === true;
  return [
    {
      part: `writes and reads of ${name}`,
      prices: ["dynamoWrite", "dynamoRead"],
      open: "one write and one read for each key of a batch; at most one for each row",
    },
    {
      part: `storage of ${name}`,
      prices: backup ? ["dynamoStorage", "dynamoBackup"] : ["dynamoStorage"],
      open: "the stored size",
    },
  ];
};

export const redshiftWorkgroup: Model = ({ inputs }) => {
  const capacity = numberOf(inputs.baseCapacity, 128);
  return [
    {
      part: "capacity",
      prices: ["redshiftRpu"],
      open: `the hours with queries, each of at least ${capacity} RPUs; 60 seconds at least`,
    },
  ];
};

/** Redshift keeps a managed administrator's password in Secrets Manager (Redshift management guide, "Secrets Manager"). */
export const redshiftNamespace: Model = ({ inputs }) => [
  { part: "storage", prices: ["redshiftStorage"], open: "the stored size" },
  ...(inputs.manageAdminPassword === true
    ? [{ part: "secrets", fixedUsd: costOf("secret", 1), prices: ["secret"] as const, basis: "the administrator's" }]
    : []),
];
