/** Checks the physical names that Pulumi derives from a component's name against the naming rules of AWS services. */

/** Pulumi appends `-` and seven random characters to a logical name (auto-naming). */
const RANDOM_SUFFIX = 8;

interface NameRule {
  readonly max: number;
  readonly pattern: RegExp;
  /** The characters that the pattern accepts. */
  readonly characters: string;
  /** Beginnings of names that AWS keeps for itself. */
  readonly reserved?: readonly string[];
}

const WORD = { pattern: /^[A-Za-z0-9_-]+$/, characters: 'letters, digits, "-" and "_"' };
const DOTTED = { pattern: /^[A-Za-z0-9_.-]+$/, characters: 'letters, digits, "-", "_" and "."' };

/** The rules, as the API reference of each service states them. */
const RULES = {
  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; a dot would break TLS to the bucket. */
  "S3 bucket": {
    max: 63,
    pattern: /^[a-z0-9][a-z0-9-]*$/,
    characters: 'lower-case letters, digits and "-"',
    reserved: ["xn--", "sthree-", "amzn-s3-demo-"],
  },
  /** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
  "Lambda function": { max: 64, ...WORD },
  /** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
  "IAM role": { max: 64, pattern: /^[\w+=,.@-]+$/, characters: 'letters, digits and "_+=,.@-"' },
  /** https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html */
  "state machine": { max: 80, ...WORD },
  /** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html */
  "Kinesis stream": { max: 128, ...DOTTED },
  /** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RegisterStreamConsumer.html */
  "Kinesis consumer": { max: 128, ...DOTTED },
  /** https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html */
  "delivery stream": { max: 64, ...DOTTED },
  /** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html */
  "DynamoDB table": { max: 255, ...DOTTED },
  /** https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
  "SNS topic": { max: 256, ...WORD },
  /** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html */
  "SQS queue": { max: 80, ...WORD },
  /** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
  schedule: { max: 64, ...DOTTED },
  /** https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateWorkGroup.html */
  "Athena workgroup": { max: 128, ...DOTTED },
  /** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
  "log group": { max: 512, pattern: /^[\w./#-]+$/, characters: 'letters, digits and "_./#-"' },
} satisfies Readonly<Record<string, NameRule>>;

/** A named resource: its kind, and the end of its logical name after the component's name. */
export type DerivedName = readonly [kind: keyof typeof RULES, suffix: string];

/**
 * The problems of the names that begin with the component's name: characters that a service refuses, a beginning that it
 * reserves, and a length beyond the tightest limit.
 */
export function nameProblems(name: string, derived: readonly DerivedName[]): string[] {
  const refused = derived.find(([kind, suffix]) => !RULES[kind].pattern.test(`${name}${suffix}`));
  const reserved = derived.flatMap(([kind]) => reservedProblems(name, kind));
  const room = ([kind, suffix]: DerivedName) => RULES[kind].max - suffix.length - RANDOM_SUFFIX;
  const [tightest] = [...derived].sort((one, other) => room(one) - room(other));
  return [
    ...(refused ? [charactersProblem(name, refused)] : []),
    ...reserved.slice(0, 1),
    ...(tightest && name.length > room(tightest) ? [lengthProblem(name, tightest, room(tightest))] : []),
  ];
}

function charactersProblem(name: string, [kind, suffix]: DerivedName): string {
  const { characters } = RULES[kind];
  return `its ${kind} would be named "${name}${suffix}-…", which AWS refuses; name the component with ${characters}.`;
}

function reservedProblems(name: string, kind: DerivedName[0]): string[] {
  const { reserved }: NameRule = RULES[kind];
  return (reserved ?? [])
    .filter((beginning) => name.startsWith(beginning))
    .map((beginning) => `AWS reserves names that begin with "${beginning}", and its ${kind} would; use another name.`);
}

function lengthProblem(name: string, [kind, suffix]: DerivedName, room: number): string {
  return `its name has ${name.length} characters, and with "${suffix}" and Pulumi's ${RANDOM_SUFFIX} its ${kind} would have more than ${RULES[kind].max}; use at most ${room}, as "${name.slice(0, room)}".`;
}
