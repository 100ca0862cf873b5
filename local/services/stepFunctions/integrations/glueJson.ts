/** Glue's answers as Step Functions shows them: times as ISO 8601 text. */
import type { Json } from "../../../cloud/json";

/** The answer as plain JSON; a `Date` becomes text, undefined is left out. */
export function glueJson(answer: object): Json {
  return JSON.parse(JSON.stringify(answer)) as Json;
}
