/** Wraps a handler so that it can read secrets: their values are fetched before each event that finds them too old. */
import { type CallbackContext, undeclaredSecret } from "../lake/callbackContext";
import { environmentVariable } from "./effects/environment";
import { type Log, logToConsole } from "./effects/log";
import { type ReadSecret, readSecrets } from "./effects/secretValues";
import { mayPass } from "./effects/signedCalls";
import { describe } from "./parts/describe";

/** The secrets by name. Plain data, so that a package can capture it; ARNs are in the environment, as `SECRET_<name>`. */
export type SecretsConfig = Readonly<Record<string, { readonly maxAgeSeconds: number }>>;

export interface SecretsEffects {
  readonly arnOf: (name: string) => string;
  readonly read: ReadSecret;
  readonly now: () => number;
  readonly log: Log;
}

type AnyHandler = (event: never, context: never) => unknown;

class SecretError extends Error {
  override readonly name = "SecretError";
}

/** Pause after a failed refresh, during which the former value is used. */
const RETRY_MILLIS = 30_000;

/**
 * Makes the handler, at cold start. A secret that cannot be read fails the invocation, and Lambda retries it: no record
 * is taken. A known value stays in use while its service is unavailable, but not after a refusal (access denied, secret
 * deleted).
 *
 * @param effects defaults to Secrets Manager, Parameter Store and the log
 */
export function withSecrets(
  config: SecretsConfig,
  make: (context: CallbackContext) => AnyHandler,
  effects: SecretsEffects = environmentEffects(),
): (event: never, context: never) => Promise<unknown> {
  const values = new Map<string, { readonly value: string; readonly staleAt: number }>();
  const secret = (name: string): string => {
    const known = values.get(name);
    if (known) return known.value;
    if (Object.hasOwn(config, name)) {
      throw new SecretError(`the secret "${name}" is read before the first event; read it in the handler`);
    }
    throw new SecretError(undeclaredSecret(name, Object.keys(config)));
  };

  async function refresh(name: string, maxAgeSeconds: number): Promise<void> {
    const known = values.get(name);
    const now = effects.now();
    if (known && now < known.staleAt) return;
    try {
      const value = await effects.read(effects.arnOf(name));
      values.set(name, { value, staleAt: now + maxAgeSeconds * 1000 });
    } catch (error) {
      const problem = `the secret "${name}" cannot be read: ${describe(error)}`;
      if (!known || !mayPass(error)) throw new SecretError(problem, { cause: error });
      values.set(name, { ...known, staleAt: now + RETRY_MILLIS });
      effects.log({ message: "secret not refreshed", secret: name, error: describe(error) });
    }
  }

  const handler = make({ secret });
  return async (event, context) => {
    await Promise.all(Object.entries(config).map(([name, { maxAgeSeconds }]) => refresh(name, maxAgeSeconds)));
    return handler(event, context);
  };
}

function environmentEffects(): SecretsEffects {
  return {
    arnOf: (name) => environmentVariable(`SECRET_${name}`),
    read: readSecrets(),
    now: Date.now,
    log: logToConsole,
  };
}
