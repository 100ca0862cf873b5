/** Replays what lies in `unformatted/`, object after object, from this machine. */
import { parseObjectKey } from "../../lake/objectKey";
import { isChosenObject, type ReplayChoice, type ReplayRouter, type ReplayTarget } from "../../lake/replay/target";
import { replayUnformattedObject } from "../../lake/replay/unformatted";
import type { Findings } from "./findings";

export async function replayUnformatted(
  target: ReplayTarget,
  router: ReplayRouter,
  choice: ReplayChoice,
  findings: Findings,
): Promise<void> {
  // Listed first: objects that a replay puts are not to be found by the same one.
  const keys: string[] = [];
  for await (const key of target.bucket(router.bucket).list(router.prefixes.unformatted)) keys.push(key);
  for (const key of keys) {
    const object = parseObjectKey(key);
    if (!object || !isChosenObject(object, choice)) continue;
    await replayUnformattedObject(target, router, object, choice, findings);
  }
}
