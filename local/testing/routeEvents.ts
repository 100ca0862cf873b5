/** Runs a router's handler on the records of events, with a lake in memory: the work of `routeRecords` and `streamlake watch`. */
import { undeclaredSecret } from "../../lake/callbackContext";
import type { KinesisEvent } from "../kinesisTestEvent";
import { deliver, type FailedDelivery } from "./deliver";
import { withPackage } from "./inPackage";
import { handlerInProcess } from "./inProcess";
import { type RouteEventsOptions, type Router, resolved } from "./testedRouter";
import { withVariables } from "./withVariables";

export interface RoutedEvents {
  /** The compressed bodies of `raw/` and `unformatted/`, by key. */
  readonly objects: ReadonlyMap<string, Uint8Array>;
  readonly failed: readonly FailedDelivery[];
}

/** The SDK warns of future Node.js versions; that concerns the maintainers of this package, not its users. */
const NO_WARNING = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };

/** @throws Error if a declared secret has no value, and for names that the router does not declare */
export async function routeEvents(
  router: Router,
  records: KinesisEvent["Records"],
  options: RouteEventsOptions = {},
): Promise<RoutedEvents> {
  const { routing } = router;
  checkSecrets(Object.keys(routing.secrets ?? {}), Object.keys(options.secrets ?? {}));
  const variables = { ...NO_WARNING, ...(await resolved(routing.environment)), ...options.environment };
  const objects = new Map<string, Uint8Array>();
  const failed = options.packaged
    ? await withPackage(router, { variables, objects, ...options }, (handler) => deliver(records, handler))
    : await withVariables(variables, () => deliver(records, handlerInProcess(routing, variables, objects, options)));
  return { objects, failed };
}

function checkSecrets(declared: readonly string[], given: readonly string[]): void {
  const missing = declared.filter((name) => !given.includes(name));
  if (missing.length > 0) {
    const values = missing.map((name) => `${name}: "…"`).join(", ");
    throw new Error(
      `routeRecords: the router reads ${missing.join(", ")}; give values for the test: secrets: { ${values} }`,
    );
  }
  const unknown = given.find((name) => !declared.includes(name));
  if (unknown !== undefined) throw new Error(`routeRecords: ${undeclaredSecret(unknown, declared)}`);
}
