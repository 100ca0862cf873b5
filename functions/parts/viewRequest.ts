/** Answers `GET /<view>/<key>`: the item of a key from the table of a view. */
import { stringifyRow } from "../../formats/values/stringifyRow";
import { IngestRefusal } from "../../lake/ingest/refusal";
import { wellFormed } from "../../lake/serving/attributes";
import { MAX_KEY_BYTES } from "../../lake/serving/fold";
import { shownItem } from "../../lake/serving/item";
import type { Log } from "../effects/log";
import { mayPass } from "../effects/signedCalls";
import type { ReadItem } from "../effects/viewItem";
import { describe } from "./describe";
import type { HttpAnswer, HttpRequest } from "./httpEvent";

export interface ViewEffects {
  /** Tables by the name of their view. */
  readonly views: Readonly<Record<string, string>>;
  readonly readItem: ReadItem;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
}

const RETRY_AFTER_SECONDS = 2;

/** Undefined for a path that is not one of a view. @throws IngestRefusal */
export async function answerView(request: HttpRequest, effects: ViewEffects): Promise<HttpAnswer | undefined> {
  const view = request.path.split("/")[1] ?? "";
  const table = Object.hasOwn(effects.views, view) ? effects.views[view] : undefined;
  if (table === undefined) return undefined;
  if (request.method !== "GET") throw new IngestRefusal(405, `/${view} takes GET only.`, { allow: "GET" });
  const stored = await itemOf(view, table, keyOf(view, request), effects);
  const item = stored && shownItem(stored, effects.now());
  if (!item) throw new IngestRefusal(404, `The view ${view} has no item with this key.`, NOT_STORED);
  return { statusCode: 200, headers: { "content-type": "application/json", ...NOT_STORED }, body: stringifyRow(item) };
}

/** The item changes with the stream, and may be one person's data. */
const NOT_STORED = { "cache-control": "no-store" };

/**
 * The key is the rest of the path, which API Gateway decodes, or the parameter `key` of the query. API Gateway cuts a
 * decoded path at "?" (measured on AWS: https://github.com/middleapi/standard-server/pull/93), and clients shorten paths with
 * "." and "..", so those keys need the parameter.
 */
function keyOf(view: string, { pathKey, query }: HttpRequest): string {
  const keys = pathKey === undefined ? new URLSearchParams(query).getAll("key") : [pathKey];
  const [key = ""] = keys;
  if (keys.length !== 1) {
    throw new IngestRefusal(
      400,
      `The request names ${keys.length} keys: send one, as /${view}/KEY or /${view}?key=KEY.`,
    );
  }
  const bytes = Buffer.byteLength(key);
  if (bytes >= 1 && bytes <= MAX_KEY_BYTES) return wellFormed(key);
  throw new IngestRefusal(400, `The key has ${bytes} bytes: send one of 1 to ${MAX_KEY_BYTES}.`);
}

async function itemOf(view: string, table: string, key: string, { readItem, log }: ViewEffects) {
  try {
    return await readItem(table, key);
  } catch (error) {
    const { name } = Object(error) as { name?: string };
    log({ message: "not read", level: "error", view, error: describe(error) });
    if (mayPass(error)) {
      throw new IngestRefusal(
        503,
        `The view ${view} cannot be read now (${name}): send the request again after ${RETRY_AFTER_SECONDS} seconds.`,
        {
          "retry-after": String(RETRY_AFTER_SECONDS),
        },
      );
    }
    throw new IngestRefusal(
      500,
      `The view ${view} refuses to be read by this API (${name}): its owner must correct the API's role or the table.`,
    );
  }
}
