/** Tokens are checked as a JWT authorizer checks them: key, signature, issuer, audience, times and scopes. */
import { createSign, generateKeyPairSync, type JsonWebKey } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { checkToken, discoveredKeys } from "../../../../local/services/apigatewayv2/token";

const NOW = Date.parse("2026-11-20T10:15:00Z");
const SECONDS = NOW / 1000;
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = publicKey.export({ format: "jwk" }) as JsonWebKey;
const AUTHORIZER = { issuer: "https://login.example.com/", audiences: ["shop", "till"] };
const CLAIMS = { iss: AUTHORIZER.issuer, aud: "shop", exp: SECONDS + 60, scope: "read write" };

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

function tokenOf(claims: object, header: object = {}, by = privateKey): string {
  const signed = `${encoded({ alg: "RS256", kid: "k1", ...header })}.${encoded(claims)}`;
  return `${signed}.${createSign("sha256").update(signed).sign(by).toString("base64url")}`;
}

const check = (authorization: string | undefined, scopes: string[] = []) =>
  checkToken(authorization, AUTHORIZER, scopes, async () => new Map([["k1", key]]), NOW);

test.each([
  ["a token", tokenOf(CLAIMS)],
  ["a token with Bearer", `Bearer ${tokenOf(CLAIMS)}`],
])("%s of the issuer for an audience is accepted, with its claims and scopes", async (_name, authorization) => {
  expect(await check(authorization, ["write"])).toEqual({ claims: CLAIMS, scopes: ["read", "write"] });
});

test.each<[string, object]>([
  ["a list of audiences", { aud: ["other", "till"] }],
  ["client_id where aud is absent", { aud: undefined, client_id: "shop" }],
])("%s is accepted", async (_name, claims) => {
  expect(await check(tokenOf({ ...CLAIMS, ...claims }))).toHaveProperty("claims");
});

test.each<[string, string | undefined, string]>([
  ["no token", undefined, "the request has no token"],
  ["no JWT", "Bearer abc", "the token is not a JSON Web Token"],
  [
    "no signature algorithm",
    `${encoded({ alg: "none", kid: "k1" })}.${encoded(CLAIMS)}.`,
    'the algorithm "none" is not one of RSA',
  ],
  ["a secret as the key", tokenOf(CLAIMS, { alg: "HS256" }), 'the algorithm "HS256" is not one of RSA'],
  [
    "a member of every object",
    tokenOf(CLAIMS, { alg: "constructor" }),
    'the algorithm "constructor" is not one of RSA',
  ],
  ["an unknown key", tokenOf(CLAIMS, { kid: "k2" }), 'the issuer has no key "k2"'],
  ["another key's signature", tokenOf(CLAIMS, {}, other.privateKey), "the signature does not match"],
  ["another issuer", tokenOf({ ...CLAIMS, iss: "https://evil.example.com/" }), "the token is of another issuer"],
  ["another audience", tokenOf({ ...CLAIMS, aud: "blog" }), "the token is for another audience"],
  ["aud before client_id", tokenOf({ ...CLAIMS, aud: "blog", client_id: "shop" }), "the token is for another audience"],
  ["an end that has passed", tokenOf({ ...CLAIMS, exp: SECONDS }), "the token has expired"],
  ["no end", tokenOf({ ...CLAIMS, exp: undefined }), "the token has expired"],
  ["a start in the future", tokenOf({ ...CLAIMS, nbf: SECONDS + 1 }), "the token is not valid yet"],
  ["an issue in the future", tokenOf({ ...CLAIMS, iat: SECONDS + 1 }), "the token is of the future"],
])("%s is unauthorized", async (_name, authorization, problem) => {
  expect(await check(authorization)).toEqual({ status: 401, problem });
});

test("a token without a scope of the route is forbidden", async () => {
  const problem = "the token has none of the scopes admin";
  expect(await check(tokenOf(CLAIMS), ["admin"])).toEqual({ status: 403, problem });
});

describe("the keys of an issuer", () => {
  let server: Server;
  let asked: string[];
  let issuer: string;
  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      asked.push(request.url ?? "");
      const isDiscovery = request.url === "/pool/.well-known/openid-configuration";
      if (request.url === "/pool/keys") response.end(JSON.stringify({ keys: [{ ...key, kid: "k1" }] }));
      else if (isDiscovery) response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/keys` }));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pool`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  test("come from its discovery document, and are kept for two hours", async () => {
    let now = NOW;
    const keys = discoveredKeys(() => now);
    expect([...(await keys(issuer)).keys()]).toEqual(["k1"]);
    now += 2 * 60 * 60 * 1000 - 1;
    await keys(`${issuer}`);
    expect(asked).toEqual(["/pool/.well-known/openid-configuration", "/pool/keys"]);
    now += 1;
    await keys(issuer);
    expect(asked).toHaveLength(4);
  });

  test("that cannot be read make every token unauthorized", async () => {
    const authorizer = { issuer: `${issuer}/none`, audiences: ["shop"] };
    const checked = await checkToken(
      tokenOf(CLAIMS),
      authorizer,
      [],
      discoveredKeys(() => NOW),
      NOW,
    );
    expect(checked).toEqual({
      status: 401,
      problem: `the keys of the issuer cannot be read: ${issuer}/none/.well-known/openid-configuration answers 404`,
    });
  });
});
