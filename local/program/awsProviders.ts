/** Reads the region, account and default tags of a program's AWS providers, the default one included. */

/** The settings of a provider that matter here. */
export interface AwsProvider {
  readonly region: string;
  /** The account of the role that the provider assumes; absent for the account of the credentials. */
  readonly account?: string;
  /** The tags of every resource that takes tags. */
  readonly defaultTags: Readonly<Record<string, string>>;
}

type Settings = Readonly<Record<string, unknown>>;

export const AWS_PROVIDER = "pulumi:providers:aws";

export class AwsProviders {
  readonly #byUrn = new Map<string, AwsProvider>();
  readonly #default: AwsProvider;

  /**
   * @param region of a provider that has none
   * @param config the stack's, with `aws:defaultTags` and `aws:assumeRoles`
   */
  constructor(
    private readonly region: string,
    config: Readonly<Record<string, string>>,
  ) {
    const own = Object.entries(config).filter(([key]) => key.startsWith("aws:"));
    const settings = Object.fromEntries(own.map(([key, value]) => [key.slice("aws:".length), value]));
    this.#default = this.#read({ ...settings, region });
  }

  /** Adds an explicit provider by the inputs that the program gives it. */
  add(urn: string, inputs: Settings): void {
    this.#byUrn.set(urn, this.#read(inputs));
  }

  /** @param reference `<urn>::<id>`; empty for the default provider */
  get(reference: string): AwsProvider {
    const urn = reference.slice(0, reference.lastIndexOf("::"));
    return this.#byUrn.get(urn) ?? this.#default;
  }

  #read(settings: Settings): AwsProvider {
    const region = typeof settings.region === "string" ? settings.region : this.region;
    const roles = parsed(settings.assumeRoles) ?? parsed(settings.assumeRole);
    const role = (Array.isArray(roles) ? roles.at(-1) : roles) as { roleArn?: unknown } | undefined;
    const account = /^arn:[^:]+:iam::(\d+):/.exec(String(role?.roleArn))?.[1];
    const { tags = {} } = (parsed(settings.defaultTags) ?? {}) as { tags?: Record<string, string> };
    return { region, ...(account !== undefined && { account }), defaultTags: tags };
  }
}

/** A provider's settings that are no strings are JSON (`pulumi/pulumi-aws`, sdk/nodejs/provider.ts). */
function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    // Not JSON, so not a setting that is read here; Pulumi refuses it when it deploys.
    return undefined;
  }
}
