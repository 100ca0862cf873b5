/** Environment, permissions, secrets and network of functions: what they declare and what is refused. */
import { CallbackFunction, ContentAlerts, DataLake, FormatRouter, HourlyEtl, Replay, StreamIngest } from "streamlake";
import { declare, UNKNOWN } from "streamlake/testing";
import type { FunctionSettings } from "../../../components/function/settings";
import { packageOf, statements } from "../support/listed";

const SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:salt-a1B2c3";
const PARAMETER = "arn:aws:ssm:us-east-1:123456789012:parameter/shop/key";
const KEY = "arn:aws:kms:us-east-1:123456789012:key/0a1b";
const PERMISSION = { actions: ["dynamodb:GetItem"], resources: ["arn:aws:dynamodb:us-east-1:123456789012:table/t"] };

const settings: FunctionSettings = {
  environment: { TABLE: "t" },
  permissions: [PERMISSION],
  secrets: { SALT: { secretArn: SECRET }, KEY: { parameterArn: PARAMETER, keyArn: KEY, maxAgeSeconds: 60 } },
  vpc: { subnetIds: ["subnet-1", "subnet-2"], securityGroupIds: ["sg-1"] },
};

const everything = () => {
  const stream = new StreamIngest("in");
  const lake = new DataLake("lake");
  const router = new FormatRouter("router", { stream, lake, ...settings });
  new Replay("replay", { router });
  new ContentAlerts("alerts", {
    stream,
    lake,
    rules: { large: (row, { secret }) => row.total === secret("KEY") && "large" },
    ...settings,
  });
  new HourlyEtl("hourly", { lake, vpc: settings.vpc });
  new CallbackFunction("own", { factory: () => () => "own", ...settings });
};

const EXTRA = [
  { Effect: "Allow", Action: ["dynamodb:GetItem"], Resource: PERMISSION.resources },
  { Effect: "Allow", Action: ["secretsmanager:GetSecretValue"], Resource: [SECRET] },
  { Effect: "Allow", Action: ["ssm:GetParameter"], Resource: [PARAMETER] },
  {
    Effect: "Allow",
    Action: ["kms:Decrypt"],
    Resource: [KEY],
    Condition: { StringEquals: { "kms:EncryptionContext:PARAMETER_ARN": PARAMETER } },
  },
];
const NETWORK = {
  Effect: "Allow",
  Action: [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
  ],
  Resource: ["*"],
};

const FUNCTIONS = ["router-router", "replay-chunk", "alerts-alerts", "own"];

test.each(FUNCTIONS)("%s has the environment, the permissions, the secrets and the network", async (name) => {
  const declared = await declare(everything);
  expect(statements(declared.one(`${name}-policy`)).slice(-5)).toEqual([...EXTRA, NETWORK]);
  const { environment, vpcConfig } = declared.one(`${name}-function`).inputs;
  expect(environment.variables).toMatchObject({ TABLE: "t", SECRET_SALT: SECRET, SECRET_KEY: PARAMETER });
  expect(vpcConfig).toEqual(settings.vpc);
});

test.each(["replay-plan", "hourly-plan", "hourly-reconcile"])("%s has the network alone", async (name) => {
  const declared = await declare(everything);
  expect(statements(declared.one(`${name}-policy`)).at(-1)).toEqual(NETWORK);
  const { environment, vpcConfig } = declared.one(`${name}-function`).inputs;
  expect(Object.keys(environment.variables).filter((variable) => /SECRET|TABLE/.test(variable))).toEqual([]);
  expect(vpcConfig).toEqual(settings.vpc);
});

test("a preview declares the same, with the policy unknown", async () => {
  const preview = await declare(everything, { preview: true });
  const update = await declare(everything);
  expect(preview.resources.map(({ name }) => name)).toEqual(update.resources.map(({ name }) => name));
  expect(preview.one("router-router-policy").inputs.policy).toBe(UNKNOWN);
});

test("packages have code for secrets only where there are some, and never a value or an ARN", async () => {
  const declared = await declare(() => {
    const stream = new StreamIngest("in");
    const lake = new DataLake("lake");
    new FormatRouter("with", { stream, lake, secrets: settings.secrets });
    new FormatRouter("without", { stream, lake });
  });
  const [withSecrets, without] = await Promise.all(
    ["with", "without"].map((name) => packageOf(declared.one(`${name}-router-function`))),
  );
  expect(withSecrets).toContain("GetSecretValue");
  expect(withSecrets).not.toContain("a1B2c3");
  expect(without).not.toContain("GetSecretValue");
});

test("a factory that reads a secret of a function without secrets fails by name", async () => {
  const declared = await declare(() => {
    new CallbackFunction("own", {
      factory:
        ({ secret }) =>
        () =>
          secret("SALT"),
    });
  });
  const code = await packageOf(declared.one("own-function"));
  const module = { exports: {} as { handler: () => string } };
  new Function("module", "exports", "require", code)(module, module.exports, require);
  expect(() => module.exports.handler()).toThrow('"SALT" is not a declared secret, and there are none');
});

const wrong: [string, object, string][] = [
  [
    "a reserved variable",
    { environment: { AWS_REGION: "x" } },
    "environment: Lambda sets AWS_REGION itself; use another name.",
  ],
  [
    "its own variable",
    { environment: { LAKE_BUCKET: "x" } },
    "environment: the component sets LAKE_BUCKET itself; use another name.",
  ],
  [
    "a variable of a secret",
    { environment: { SECRET_A1: "x" }, secrets: { A1: { secretArn: SECRET } } },
    "environment: the component sets SECRET_A1 itself; use another name.",
  ],
  [
    "a variable's name",
    { environment: { "my-name": "x" } },
    'environment: "my-name" is not a name; use two or more letters, digits and "_", a letter first.',
  ],
  [
    "too many bytes",
    { environment: { BIG: "ü".repeat(2047) } },
    "environment has 4097 bytes; Lambda takes at most 4096: put large values into Parameter Store, and read them as secrets.",
  ],
  [
    "a secret's name",
    { secrets: { "my-salt": { secretArn: SECRET } } },
    'secret "my-salt" is not a name; use letters, digits and "_", a letter first.',
  ],
  ["no source", { secrets: { SALT: {} } }, "secret SALT has neither secretArn nor parameterArn; use one of them."],
  [
    "two sources",
    { secrets: { SALT: { secretArn: SECRET, parameterArn: PARAMETER } } },
    "secret SALT has both secretArn and parameterArn; use one of them.",
  ],
  [
    "a part of a secret's ARN",
    { secrets: { SALT: { secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:salt" } } },
    'secretArn of secret SALT is "arn:aws:secretsmanager:us-east-1:123456789012:secret:salt"; use the whole ARN, as arn:aws:secretsmanager:us-east-1:123456789012:secret:salt-a1B2c3.',
  ],
  [
    "a parameter's name",
    { secrets: { SALT: { parameterArn: "/shop/salt" } } },
    'parameterArn of secret SALT is "/shop/salt"; use an ARN, as arn:aws:ssm:us-east-1:123456789012:parameter/salt.',
  ],
  [
    "an age of zero",
    { secrets: { SALT: { secretArn: SECRET, maxAgeSeconds: 0 } } },
    "maxAgeSeconds of secret SALT is 0; use a whole number from 1 to 86400 seconds.",
  ],
  ["no subnets", { vpc: { subnetIds: [], securityGroupIds: ["sg-1"] } }, "vpc.subnetIds is empty; give at least one."],
  ["no groups", { vpc: { subnetIds: ["subnet-1"] } }, "vpc.securityGroupIds is empty; give at least one."],
];

test.each(wrong)("refuses %s", async (_, args, message) => {
  const program = () => {
    new FormatRouter("clicks", { stream: new StreamIngest("in"), lake: new DataLake("lake"), ...args });
  };
  await expect(declare(program)).rejects.toThrow(new Error(`FormatRouter "clicks": ${message}`));
});

test("the variable of 4,096 bytes is taken", async () => {
  const declared = await declare(() => {
    new CallbackFunction("own", { factory: () => () => "own", environment: { BIG: `${"ü".repeat(2046)}a` } });
  });
  expect(declared.one("own-function").inputs.environment.variables.BIG).toHaveLength(2047);
});
