/** CloudWatch Logs: log groups as directories, log streams as text files in them; functions write theirs directly. */
import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathOfKey } from "../../cloud/keyPath";
import { physicalName } from "../../cloud/physicalName";
import {
  type Access,
  type CloudContext,
  type DeclaredResource,
  type Operation,
  type Service,
  ServiceError,
} from "../../cloud/service";
import { type LogGroup, readOperations } from "./readOperations";

export interface LogsService extends Service {
  readonly name: "logs";
  /** The directory of a log group's streams. */
  dirOf(logGroup: string): string;
}

interface StreamInput {
  readonly logGroupName: string;
  readonly logStreamName: string;
}

interface PutInput extends StreamInput {
  readonly logEvents: readonly { readonly timestamp: number; readonly message: string }[];
}

function declaredIn({ inputs }: DeclaredResource): Pick<LogGroup, "logGroupClass" | "retentionInDays"> {
  const { logGroupClass, retentionInDays } = inputs;
  return {
    logGroupClass: typeof logGroupClass === "string" ? logGroupClass : "STANDARD",
    ...(typeof retentionInDays === "number" && { retentionInDays }),
  };
}

function streamOf({ inputs }: DeclaredResource): StreamInput {
  return { logGroupName: String(inputs.logGroupName), logStreamName: String(inputs.name) };
}

export function logsService(cloud: CloudContext): LogsService {
  const groups = new Map<string, LogGroup>();
  /** The files of streams that CreateLogStream made; functions write the others. */
  const putFiles = new Set<string>();
  const arnOf = (group: string) => `arn:aws:logs:${cloud.region}:${cloud.accountId}:log-group:${group}`;
  const dirOf = (group: string) => path.join(cloud.dataDir, "logs", ...pathOfKey(group.replace(/^\//, "")));
  const onStream =
    (action: string) =>
    (input: StreamInput): Access[] => [
      { action, resource: `${arnOf(input.logGroupName)}:log-stream:${input.logStreamName}` },
    ];
  const groupNamed = (name: string): LogGroup => {
    const group = groups.get(name);
    if (group) return group;
    throw new ServiceError("ResourceNotFoundException", "The specified log group does not exist.");
  };
  const fileOf = (input: StreamInput): string => {
    groupNamed(input.logGroupName);
    return `${path.join(dirOf(input.logGroupName), ...pathOfKey(input.logStreamName))}.log`;
  };

  function createStream(input: StreamInput): void {
    const file = fileOf(input);
    if (existsSync(file)) {
      throw new ServiceError("ResourceAlreadyExistsException", "The specified log stream already exists");
    }
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, "");
    putFiles.add(file);
  }

  const createLogStream: Operation<StreamInput> = {
    access: onStream("logs:CreateLogStream"),
    run(input) {
      createStream(input);
      return {};
    },
  };

  const putLogEvents: Operation<PutInput> = {
    access: onStream("logs:PutLogEvents"),
    run(input) {
      const file = fileOf(input);
      if (!existsSync(file))
        throw new ServiceError("ResourceNotFoundException", "The specified log stream does not exist.");
      const lines = input.logEvents.map(
        ({ timestamp, message }) => `${new Date(timestamp).toISOString()}\t${message}\n`,
      );
      appendFileSync(file, lines.join(""));
      return {};
    },
  };

  return {
    name: "logs",
    dirOf,
    resources: {
      "aws:cloudwatch/logGroup:LogGroup": {
        simulated: ["name", "namePrefix", "skipDestroy"],
        withoutEffect: ["retentionInDays", "kmsKeyId", "logGroupClass", "tags"],
        replaceOn: ["name", "namePrefix", "logGroupClass"],
        async create(resource) {
          const name = physicalName(resource);
          if (groups.has(name))
            throw new ServiceError("ResourceAlreadyExistsException", "The specified log group already exists");
          groups.set(name, { arn: arnOf(name), createdMillis: cloud.clock.now(), ...declaredIn(resource) });
          return { id: name, outputs: { name, arn: arnOf(name) } };
        },
        async update(name, resource) {
          const { arn, createdMillis } = groupNamed(name);
          groups.set(name, { arn, createdMillis, ...declaredIn(resource) });
          return { outputs: { name, arn } };
        },
        async delete(name, { inputs }) {
          if (inputs.skipDestroy === true) return;
          groups.delete(name);
          rmSync(dirOf(name), { recursive: true, force: true });
        },
      },
      "aws:cloudwatch/logStream:LogStream": {
        simulated: ["name", "logGroupName"],
        replaceOn: ["name", "logGroupName"],
        async create(resource) {
          const input = streamOf(resource);
          createStream(input);
          const { logGroupName, logStreamName } = input;
          const outputs = { arn: `${arnOf(logGroupName)}:log-stream:${logStreamName}`, name: logStreamName };
          return { id: logStreamName, outputs };
        },
        async delete(_id, resource) {
          const input = streamOf(resource);
          if (!groups.has(input.logGroupName)) return;
          const file = fileOf(input);
          putFiles.delete(file);
          rmSync(file, { force: true });
        },
      },
    },
    operations: {
      CreateLogStream: createLogStream as Operation<never>,
      PutLogEvents: putLogEvents as Operation<never>,
      ...readOperations({ arnOf, groups, dirOf, isPut: (file) => putFiles.has(file) }),
    },
  };
}
