/** The arguments of a router and their checks, such as formats and hooks, besides the settings of its mapping. */
import { checkFormats, DEFAULT_FORMATS, type FormatsConfig } from "../../lake/formats";
import type { RouterHooks } from "../../lake/routing/hooks";
import { functionNames } from "../callbackFunction";
import type { RegistrySource } from "../existing/registry";
import type { OnStream } from "../existing/stream";
import { functionSettingsProblems } from "../function/settings";
import type { Lake } from "../lake/lake";
import { refuseProblems, wholeNumberProblem } from "../parts/checks";
import { nameProblems } from "../parts/names";
import { type StreamAlarmsArgs, streamAlarmsProblems } from "../stream/alarms";
import { streamMappingProblems } from "../stream/mappingArgs";
import type { SubscriptionArgs, SubscriptionTransform } from "../stream/subscription";

export interface RouterAlarmsArgs extends StreamAlarmsArgs {
  /**
   * Share of unformatted lines (records, or rows of CSV) among these and the rows that land, at which `unformatted`
   * goes off, percent, 1 to 100.
   * @default `defaults.router.alarms.unformattedPercent` (5)
   */
  unformattedPercent?: number;
  /**
   * Number of unformatted lines in a period below which `unformatted` never goes off, whatever their share; at least
   * 1.
   * @default `defaults.router.alarms.unformattedRecords` (10)
   */
  unformattedRecords?: number;
  /** Period over which unformatted records are counted, minutes, 1 to 1440. @default `defaults.router.alarms.unformattedPeriodMinutes` (15) */
  unformattedPeriodMinutes?: number;
}

export interface FormatRouterArgs extends SubscriptionArgs {
  /** The lake that rows land in. */
  lake: Lake;
  /**
   * The formats that are tried, each with its options.
   * @default JSON, NDJSON and CSV
   * @example formats: { json: {}, binary: sensorLayout }
   */
  formats?: FormatsConfig;
  /**
   * The registry of the schemas that records name by id in Glue's frame, for `avro` and `protobuf`: a `SchemaRegistry`,
   * an `aws.glue.Registry`, or `{ registryArn }`. Each instance requests a schema once.
   * @default none: only declared schemas are known
   */
  schemaRegistry?: RegistrySource;
  /**
   * A name for the stream in the ids of its rows and the keys of its objects: lower-case letters, digits, `_` and `-`.
   * Needed if routers of several streams land rows in one table, because two streams may number records alike. A later
   * change gives records new ids: records that are redelivered at that moment land twice.
   * @default none: ids begin with the shard
   */
  source?: string;
  /** The table of rows that no hook sends elsewhere, and of all unformatted records. @default the lake's first table */
  table?: string;
  /**
   * Inline callbacks for each row: `transform(row)` returns the row to land, `accept(row)` returns true or the reason
   * for a refusal, and `table(row)` returns the table. Hooks are part of the package: they `require` inside their body
   * everything but plain values. Their second argument reads `secrets`. If a hook throws, the record goes to
   * `unformatted/`, reason `hook`, with the error's name and the line that threw.
   * @default none
   * @example hooks: { table: (row) => (row.kind === "order" ? "orders" : "records") }
   */
  hooks?: RouterHooks;
  /**
   * True to add the messages of errors that hooks throw to the details of unformatted records and to the router's log.
   * A message may contain values of the row, as those of `JSON.parse` do, and readers of the log or of `unformatted/`
   * see them. Local runs always add them.
   * @default false
   */
  exposeHookErrors?: boolean;
  /** Concurrent PutObject calls in one invocation, 1 to 100. @default `defaults.router.concurrentWrites` (8) */
  concurrentWrites?: number;
  /** Memory, MiB, 128 to 10240; processor time grows with it. @default `defaults.router.memoryMebibytes` (1024) */
  memoryMebibytes?: number;
  /** Maximum run time for one batch, seconds, 1 to 900. @default `defaults.router.timeoutSeconds` (120) */
  timeoutSeconds?: number;
  /**
   * Alarms on records that wait, are unformatted, are not written or are discarded, and on hooks that throw. CloudWatch
   * charges for each alarm, and charges the mapping's metrics as custom metrics.
   * @default none
   */
  alarms?: RouterAlarmsArgs;
  /** Changes to the raw resources, just before they are declared. @default none */
  transform?: SubscriptionTransform;
}

/** The environment variables of a router, and those of a replay, which has the environment of its router. */
const VARIABLES = ["LAKE_BUCKET", "STREAM_NAME", "EXPOSE_HOOK_ERRORS", "FAILED_BUCKET", "ROUTER_FUNCTION"];

/** @throws one error that names every problem */
export function checkFormatRouter(name: string, args: OnStream<FormatRouterArgs>): void {
  const formats = args.formats ?? DEFAULT_FORMATS;
  refuseProblems("FormatRouter", name, [
    ...nameProblems(name, functionNames("-router")),
    ...checkFormats(formats).map((problem) => `formats: ${problem}.`),
    tableProblem(args),
    ...hookProblems(args),
    ...streamMappingProblems(args, formats),
    ...functionSettingsProblems(args, VARIABLES),
    ...routerAlarmsProblems(args),
    wholeNumberProblem("concurrentWrites", args.concurrentWrites, { min: 1, max: 100, unit: "writes" }),
  ]);
}

function tableProblem({ table, lake }: FormatRouterArgs): string | undefined {
  if (table === undefined || Object.hasOwn(lake.tables, table)) return undefined;
  return `table "${table}" is not a table of its lake; use one of ${Object.keys(lake.tables).join(", ")}.`;
}

function hookProblems({ hooks = {} }: FormatRouterArgs): (string | undefined)[] {
  return Object.entries(hooks).map(([hook, callback]) => {
    if (!["transform", "accept", "table"].includes(hook)) {
      return `hooks has "${hook}"; the hooks are transform, accept and table.`;
    }
    if (callback === undefined || typeof callback === "function") return undefined;
    return `hook ${hook} is ${typeof callback}; use an inline callback.`;
  });
}

export function routerAlarmsProblems(args: Pick<FormatRouterArgs, "alarms" | "eventMetrics">): (string | undefined)[] {
  const { alarms } = args;
  if (!alarms) return [];
  const problem = (option: keyof RouterAlarmsArgs, max: number, unit: string) =>
    wholeNumberProblem(`alarms.${option}`, alarms[option] as number | undefined, { min: 1, max, unit });
  return [
    ...streamAlarmsProblems(args),
    problem("unformattedPercent", 100, "percent"),
    problem("unformattedRecords", 1_000_000_000, "records"),
    problem("unformattedPeriodMinutes", 1440, "minutes"),
  ];
}
