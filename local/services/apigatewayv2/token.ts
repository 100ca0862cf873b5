/**
 * Checks JSON Web Tokens as a JWT authorizer of API Gateway does, with the issuer's key set.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
import { createPublicKey, type JsonWebKey, verify } from "node:crypto";
import type { JwtAuthorizer } from "./httpApi";

export type CheckedToken =
  | { readonly claims: Readonly<Record<string, unknown>>; readonly scopes: readonly string[] }
  | { readonly status: 401 | 403; readonly problem: string };

/** The keys of an issuer by their ids. */
export type KeySets = (issuer: string) => Promise<ReadonlyMap<string, JsonWebKey>>;

/** "Currently, only RSA-based algorithms are supported." */
const ALGORITHMS: Readonly<Record<string, string>> = { RS256: "sha256", RS384: "sha384", RS512: "sha512" };
/** "API Gateway can cache the public key for two hours." */
const CACHED_MILLIS = 2 * 60 * 60 * 1000;
/** "Timeout for OpenID Connect discovery endpoint" and "for JSON Web Key Set endpoint" (quotas of HTTP APIs). */
const FETCH_MILLIS = 1500;

export async function checkToken(
  authorization: string | undefined,
  authorizer: JwtAuthorizer,
  wantedScopes: readonly string[],
  keySets: KeySets,
  nowMillis: number,
): Promise<CheckedToken> {
  const refused = (problem: string): CheckedToken => ({ status: 401, problem });
  const token = (authorization ?? "").replace(/^Bearer\s+/i, "");
  const [head = "", body = "", signature = "", ...more] = token.split(".");
  if (token === "") return refused("the request has no token");
  const header = parsed(head);
  const claims = parsed(body);
  if (!header || !claims || more.length > 0) return refused("the token is not a JSON Web Token");
  const hash = Object.hasOwn(ALGORITHMS, String(header.alg)) ? ALGORITHMS[String(header.alg)] : undefined;
  if (hash === undefined) return refused(`the algorithm "${String(header.alg)}" is not one of RSA`);
  let key: JsonWebKey | undefined;
  try {
    key = (await keySets(authorizer.issuer)).get(String(header.kid));
  } catch (error) {
    return refused(`the keys of the issuer cannot be read: ${(error as Error).message}`);
  }
  if (!key) return refused(`the issuer has no key "${String(header.kid)}"`);
  const publicKey = createPublicKey({ key, format: "jwk" });
  if (!verify(hash, Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, "base64url"))) {
    return refused("the signature does not match");
  }
  const seconds = nowMillis / 1000;
  if (claims.iss !== authorizer.issuer) return refused("the token is of another issuer");
  const audiences = [claims.aud ?? claims.client_id].flat();
  if (!audiences.some((one) => authorizer.audiences.includes(String(one))))
    return refused("the token is for another audience");
  if (typeof claims.exp !== "number" || claims.exp <= seconds) return refused("the token has expired");
  if (typeof claims.nbf === "number" && claims.nbf > seconds) return refused("the token is not valid yet");
  if (typeof claims.iat === "number" && claims.iat > seconds) return refused("the token is of the future");
  const given = claims.scope ?? claims.scp ?? [];
  const scopes = typeof given === "string" ? given.split(" ") : (given as string[]);
  if (wantedScopes.length > 0 && !wantedScopes.some((scope) => scopes.includes(scope))) {
    return { status: 403, problem: `the token has none of the scopes ${wantedScopes.join(", ")}` };
  }
  return { claims, scopes };
}

/** Key sets by the discovery documents of their issuers. */
export function discoveredKeys(now: () => number): KeySets {
  const cached = new Map<string, { readonly keys: ReadonlyMap<string, JsonWebKey>; readonly until: number }>();
  return async (issuer) => {
    const known = cached.get(issuer);
    if (known && now() < known.until) return known.keys;
    const discovery = await fetchJson(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
    const { keys = [] } = (await fetchJson(String(discovery.jwks_uri))) as { keys?: (JsonWebKey & { kid?: string })[] };
    const byId = new Map(keys.map((key) => [String(key.kid), key as JsonWebKey]));
    cached.set(issuer, { keys: byId, until: now() + CACHED_MILLIS });
    return byId;
  };
}

async function fetchJson(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_MILLIS) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return (await response.json()) as Record<string, unknown>;
}

function parsed(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // The token is refused.
  }
}
