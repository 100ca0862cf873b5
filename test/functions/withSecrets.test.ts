/** Handlers with secrets: when values are fetched, what a rotation changes, and what a failure does to the event. */
import { CallError } from "../../functions/effects/signedCalls";
import { withSecrets } from "../../functions/withSecrets";

const ARN = "arn:aws:ssm:eu-west-1:123456789012:parameter/salt";

interface World {
  values: (string | Error)[];
  now: number;
  readonly read: string[];
  readonly logged: object[];
}

function world(...values: (string | Error)[]): World {
  return { values, now: 0, read: [], logged: [] };
}

function handlerIn(here: World, maxAgeSeconds = 300) {
  const effects = {
    arnOf: () => ARN,
    read: async (arn: string) => {
      here.read.push(arn);
      const value = here.values.shift();
      if (typeof value === "string") return value;
      throw value;
    },
    now: () => here.now,
    log: (entry: object) => void here.logged.push(entry),
  };
  const handler = withSecrets(
    { SALT: { maxAgeSeconds } },
    ({ secret }) =>
      (event: string) =>
        `${event} ${secret("SALT")}`,
    effects,
  );
  return (event: string) => handler(event as never, undefined as never);
}

test("the value is fetched before the first event, and kept for the next ones", async () => {
  const here = world("one");
  const handler = handlerIn(here);
  expect(here.read).toEqual([]);
  expect(await handler("a")).toBe("a one");
  here.now = 299_999;
  expect(await handler("b")).toBe("b one");
  expect(here.read).toEqual([ARN]);
});

test("a rotated value is in use after the maximum age", async () => {
  const here = world("one", "two");
  const handler = handlerIn(here, 60);
  expect(await handler("a")).toBe("a one");
  here.now = 60_000;
  expect(await handler("b")).toBe("b two");
  expect(here.read).toEqual([ARN, ARN]);
});

test("a secret that cannot be read fails the event by name, and the next event tries again", async () => {
  const here = world(new CallError("AccessDeniedException", 400, "not authorized"), "one");
  const handler = handlerIn(here);
  await expect(handler("a")).rejects.toMatchObject({
    name: "SecretError",
    message: 'the secret "SALT" cannot be read: AccessDeniedException: not authorized',
  });
  expect(await handler("a")).toBe("a one");
});

test("while the service is unavailable a known value stays in use, and is tried again after 30 seconds", async () => {
  const here = world("one", new CallError("InternalServiceError", 500, "busy"), "two");
  const handler = handlerIn(here, 60);
  await handler("a");
  here.now = 60_000;
  expect(await handler("b")).toBe("b one");
  expect(here.logged).toEqual([
    { message: "secret not refreshed", secret: "SALT", error: "InternalServiceError: busy" },
  ]);
  here.now = 89_999;
  expect(await handler("c")).toBe("c one");
  here.now = 90_000;
  expect(await handler("d")).toBe("d two");
});

test("a known value is not used after a refusal: the permission or the secret is gone", async () => {
  const here = world("one", new CallError("ResourceNotFoundException", 400, "gone"));
  const handler = handlerIn(here, 60);
  await handler("a");
  here.now = 60_000;
  await expect(handler("b")).rejects.toThrow('the secret "SALT" cannot be read: ResourceNotFoundException: gone');
});

test("the first value is needed even while the service is unavailable", async () => {
  const here = world(new TypeError("fetch failed"));
  await expect(handlerIn(here)("a")).rejects.toThrow('the secret "SALT" cannot be read: TypeError: fetch failed');
});

test("a name that is not declared and a value read too early are errors by name", async () => {
  const effects = { arnOf: () => ARN, read: async () => "one", now: () => 0, log: () => undefined };
  const config = { SALT: { maxAgeSeconds: 1 }, KEY: { maxAgeSeconds: 1 } };
  const handler = withSecrets(
    config,
    ({ secret }) =>
      () =>
        secret("SALTT"),
    effects,
  );
  await expect(handler(undefined as never, undefined as never)).rejects.toMatchObject({
    name: "SecretError",
    message: '"SALTT" is not a declared secret; the secrets are SALT, KEY',
  });
  const early = () =>
    withSecrets(
      config,
      ({ secret }) =>
        () =>
          secret("KEY").concat(secret("SALT")),
      effects,
    );
  expect(early).not.toThrow();
  expect(() =>
    withSecrets(
      config,
      ({ secret }) => {
        const key = secret("KEY");
        return () => key;
      },
      effects,
    ),
  ).toThrow('the secret "KEY" is read before the first event; read it in the handler');
});
