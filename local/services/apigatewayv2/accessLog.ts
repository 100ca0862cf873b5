/** Writes access logs: one line a request, made of the stage's format and `$context` variables. */
import { appendFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import type { CloudContext } from "../../cloud/service";
import type { LogsService } from "../logs/service";

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html */
const VARIABLES = [
  "error.message",
  "httpMethod",
  "identity.sourceIp",
  "integrationErrorMessage",
  "protocol",
  "requestId",
  "requestTime",
  "requestTimeEpoch",
  "responseLatency",
  "responseLength",
  "routeKey",
  "stage",
  "status",
] as const;

/** Variables without a value are written as `-`. */
export type AccessLogValues = { readonly [Variable in (typeof VARIABLES)[number]]?: string | number | undefined };

const VARIABLE = /\$context\.([A-Za-z.]+)/g;

/** The variable that is not simulated, or undefined. */
export function accessLogProblem(format: string): string | undefined {
  const names = [...format.matchAll(VARIABLE)].map(([, name]) => name as string);
  const unknown = names.find((name) => !(VARIABLES as readonly string[]).includes(name));
  return unknown === undefined ? undefined : `the variable $context.${unknown} of its access logs`;
}

export function writeAccessLog(
  cloud: CloudContext,
  { group, format }: { readonly group: string; readonly format: string },
  apiId: string,
  values: AccessLogValues,
): void {
  const line = format.replace(VARIABLE, (_, name: keyof AccessLogValues) => String(values[name] ?? "-"));
  const file = path.join((cloud.service("logs") as LogsService).dirOf(group), `${apiId}.log`);
  mkdirSync(path.dirname(file), { recursive: true });
  appendFileSync(file, `${line}\n`);
}

/** `21/Nov/2026:10:15:00 +0000` */
export function requestTime(millis: number): string {
  const [, , day, month, year, time] = /^(\w+), (\d+) (\w+) (\d+) (.+) GMT$/.exec(new Date(millis).toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
