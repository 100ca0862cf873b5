/** Finds options of `streamlake produce` that do not go together. */
import { PUT_RECORDS_LIMITS } from "./groups";

interface ProduceOptions {
  readonly stream: string | undefined;
  readonly api: string | undefined;
  readonly "endpoint-url": string | undefined;
  readonly token: string | undefined;
  readonly unsigned: boolean;
  readonly restart: boolean;
  readonly input: readonly string[];
  readonly csv: string | undefined;
  readonly batch: number | undefined;
  readonly "row-id": string | undefined;
  readonly "rows-only": boolean;
}

/** The problem in one sentence, or undefined. */
export function produceProblem(options: ProduceOptions): string | undefined {
  const { api, stream, input, csv, batch } = options;
  const hasFiles = input.length > 0 || csv !== undefined;
  const given = (name: keyof ProduceOptions) => options[name] !== undefined && options[name] !== false;
  const only = (names: readonly (keyof ProduceOptions)[]) => names.find(given);
  if (stream === undefined && api === undefined) return "--stream is missing, or --api; see --help";
  if (options["row-id"] !== undefined) {
    if (!hasFiles) return "--row-id is for the rows of files; give --input";
    if (options["rows-only"]) return "--row-id needs the header, which --rows-only leaves out; give only one of them";
  }
  if (api === undefined) {
    const other = only(["token", "unsigned", "restart"]);
    if (other !== undefined) return `--${other} is for --api`;
    if ((batch ?? 1) <= PUT_RECORDS_LIMITS.records) return undefined;
    return `--batch must be a whole number from 1 to ${PUT_RECORDS_LIMITS.records} with --stream, not "${batch}"`;
  }
  if (!hasFiles) return "--api sends files; give --input";
  const other = only(["stream", "endpoint-url"]);
  if (other !== undefined) return `--api and --${other} name two targets; give only one of them`;
  return given("token") && options.unsigned
    ? "--token and --unsigned are two authorizations; give only one of them"
    : undefined;
}
