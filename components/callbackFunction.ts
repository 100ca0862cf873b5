/** Declares a Lambda function from an inline callback, with its package, its own role and its own log group. */
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as iam from "@pulumi/aws/iam";
import * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../lake/defaults";
import { secretAccess, secretsConfig, secretVariables } from "./function/secrets";
import { type FunctionSettings, functionSettingsProblems } from "./function/settings";
import { vpcAccess } from "./function/vpc";
import { bundleCallback, type Handler, type HandlerFactory } from "./package/bundleCallback";
import { choiceProblem, LOG_RETENTION_DAYS, refuseProblems, wholeNumberProblem } from "./parts/checks";
import { type DerivedName, nameProblems } from "./parts/names";
import type { Permission } from "./parts/permission";
import { policyDocument, trustPolicy } from "./parts/policy";
import { type TagsArgs, withTags } from "./parts/tags";
import { type Transform, transformed } from "./parts/transform";

export interface CallbackFunctionArgs extends FunctionSettings, TagsArgs {
  /**
   * Makes the handler, once at cold start. Written inline: it may capture plain configuration and callbacks, and must
   * `require` everything else inside its body. The handler, not the factory, may read `secrets`.
   *
   * @example
   * factory: () => {
   *   const { createCounter } = require("./counter");
   *   return createCounter({ limit: 10 });
   * }
   */
  factory: HandlerFactory;
  /** The purpose of the function, shown in the console. @default none */
  description?: string;
  /** Memory, MiB, 128 to 10240; processor time grows with it. @default `defaults.function.memoryMebibytes` (256) */
  memoryMebibytes?: number;
  /** Maximum run time of one invocation, seconds, 1 to 900. @default `defaults.function.timeoutSeconds` (60) */
  timeoutSeconds?: number;
  /** How long logs are kept, days, as CloudWatch Logs allows. @default `defaults.function.logRetentionDays` (30) */
  logRetentionDays?: number;
  /** Concurrent invocations: both the number reserved for the function and its maximum. @default none: the account's shared limit */
  reservedConcurrency?: number;
  /** Changes to the raw resources, just before they are declared. @default none */
  transform?: CallbackFunctionTransform;
}

export interface CallbackFunctionTransform {
  function?: Transform<lambda.FunctionArgs>;
  role?: Transform<iam.RoleArgs>;
  policy?: Transform<iam.RolePolicyArgs>;
  logs?: Transform<cloudwatch.LogGroupArgs>;
}

/** The raw resources. */
export interface CallbackFunctionNodes {
  readonly function: lambda.Function;
  readonly role: iam.Role;
  readonly policy: iam.RolePolicy;
  readonly logs: cloudwatch.LogGroup;
}

/** One Lambda function on Node.js 24, arm64, whose whole package is one bundled file. */
export class CallbackFunction extends pulumi.ComponentResource {
  readonly nodes: CallbackFunctionNodes;

  constructor(name: string, args: CallbackFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    check(name, args);
    super("streamlake:index:CallbackFunction", name, {}, withTags("CallbackFunction", name, args, opts));

    const logs = this.logs(name, args);
    const role = this.role(name, args);
    const policy = this.policy(name, args, role, logs);
    this.nodes = { logs, role, policy, function: this.function(name, args, role, logs, policy) };

    this.registerOutputs({ functionName: this.nodes.function.name, functionArn: this.nodes.function.arn });
  }

  /** For programs that call the function. */
  invokeAccess(): Permission {
    return { actions: ["lambda:InvokeFunction"], resources: [this.nodes.function.arn] };
  }

  private logs(name: string, args: CallbackFunctionArgs): cloudwatch.LogGroup {
    const retentionInDays = args.logRetentionDays ?? defaults.function.logRetentionDays;
    return new cloudwatch.LogGroup(
      ...transformed<cloudwatch.LogGroupArgs>(
        args.transform?.logs,
        `${name}-logs`,
        { retentionInDays },
        { parent: this },
      ),
    );
  }

  private role(name: string, args: CallbackFunctionArgs): iam.Role {
    return new iam.Role(
      ...transformed<iam.RoleArgs>(
        args.transform?.role,
        `${name}-role`,
        { description: `Runs ${name}`, assumeRolePolicy: trustPolicy("lambda") },
        { parent: this },
      ),
    );
  }

  private policy(name: string, args: CallbackFunctionArgs, role: iam.Role, logs: cloudwatch.LogGroup): iam.RolePolicy {
    const ownLogs: Permission = {
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [pulumi.interpolate`${logs.arn}:*`],
    };
    const policy = policyDocument(`CallbackFunction "${name}"`, [
      ownLogs,
      ...(args.permissions ?? []),
      ...secretAccess(args.secrets ?? {}),
      ...vpcAccess(args.vpc),
    ]);
    return new iam.RolePolicy(
      ...transformed<iam.RolePolicyArgs>(
        args.transform?.policy,
        `${name}-policy`,
        { role: role.id, policy },
        { parent: this },
      ),
    );
  }

  private function(
    name: string,
    args: CallbackFunctionArgs,
    role: iam.Role,
    logs: cloudwatch.LogGroup,
    policy: iam.RolePolicy,
  ): lambda.Function {
    const text = bundleCallback(`CallbackFunction "${name}"`, withContext(args));
    const code = new pulumi.asset.AssetArchive(
      text.then((index) => ({ "index.js": new pulumi.asset.StringAsset(index) })),
    );
    return new lambda.Function(
      ...transformed<lambda.FunctionArgs>(
        args.transform?.function,
        `${name}-function`,
        {
          description: args.description,
          role: role.arn,
          runtime: "nodejs24.x",
          architectures: ["arm64"],
          handler: "index.handler",
          code,
          memorySize: args.memoryMebibytes ?? defaults.function.memoryMebibytes,
          timeout: args.timeoutSeconds ?? defaults.function.timeoutSeconds,
          reservedConcurrentExecutions: args.reservedConcurrency,
          environment: { variables: { ...args.environment, ...secretVariables(args.secrets ?? {}) } },
          vpcConfig: args.vpc,
          loggingConfig: {
            logFormat: "JSON",
            applicationLogLevel: "INFO",
            systemLogLevel: "WARN",
            logGroup: logs.name,
          },
        },
        // A function that starts before its policy exists would fail.
        { parent: this, dependsOn: [policy] },
      ),
    );
  }
}

/** The factory that is bundled. A function without secrets has no code that reads them in its package. */
function withContext({ factory, secrets }: CallbackFunctionArgs): () => Handler {
  if (secrets && Object.keys(secrets).length > 0) {
    const config = secretsConfig(secrets);
    return () => {
      const { withSecrets } = require("../functions/withSecrets") as typeof import("../functions/withSecrets");
      return withSecrets(config, factory);
    };
  }
  if (factory.length === 0) return factory as () => Handler;
  return () =>
    factory({
      secret: (name) => {
        throw new Error(`"${name}" is not a declared secret, and there are none`);
      },
    });
}

function check(name: string, args: CallbackFunctionArgs): void {
  refuseProblems("CallbackFunction", name, [
    ...nameProblems(name, functionNames("")),
    typeof args.factory === "function"
      ? undefined
      : `factory is ${typeof args.factory}; use an inline callback that returns the handler.`,
    wholeNumberProblem("memoryMebibytes", args.memoryMebibytes, { min: 128, max: 10_240, unit: "MiB" }),
    wholeNumberProblem("timeoutSeconds", args.timeoutSeconds, { min: 1, max: 900, unit: "seconds" }),
    wholeNumberProblem("reservedConcurrency", args.reservedConcurrency, { min: 0, max: 100_000, unit: "invocations" }),
    choiceProblem("logRetentionDays", args.logRetentionDays, LOG_RETENTION_DAYS),
    ...functionSettingsProblems(args),
  ]);
}

/** The names of a function whose component's name ends with `suffix`; for checks of the components that declare one. */
export function functionNames(suffix: string): DerivedName[] {
  return [
    ["Lambda function", `${suffix}-function`],
    ["IAM role", `${suffix}-role`],
    ["log group", `${suffix}-logs`],
  ];
}
