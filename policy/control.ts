/** Turns controls into Pulumi policies with their names, configuration and checks. */
import type {
  PolicyConfigSchema,
  PolicyResource,
  ResourceValidationPolicy,
  Severity,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { Unwrap } from "@pulumi/pulumi";
import { isUnknownValue } from "./unknown";

/** JSON Schema of a parameter. */
type ParameterSchema = PolicyConfigSchema["properties"][string];

/** The parameter of every policy that exempts resources. */
export const EXEMPT: ParameterSchema = {
  type: "object",
  description: "Resources that the policy exempts: logical name → reason.",
  additionalProperties: { type: "string", minLength: 1 },
};

export interface Control {
  /** The id in Security Hub, `"S3.8"`; also the name of the policy. */
  readonly id: string;
  /** The control's title in Security Hub. */
  readonly title: string;
  /** The severity in Security Hub. */
  readonly severity: Severity;
  /** A sentence that names the property to set and its value. */
  readonly remedy: string;
  /** Parameters besides `enforcementLevel` and `exempt`. @default none */
  readonly parameters?: Readonly<Record<string, ParameterSchema>>;
}

/** The configuration of a control: its parameters, and the resources that it exempts. */
export interface Configured {
  /** Logical name of a resource → reason of its exemption. */
  readonly exempt?: Readonly<Record<string, string>>;
  readonly [parameter: string]: unknown;
}

/** Returns the problem of a resource, or undefined. */
export type Check<Inputs> = (inputs: Inputs, config: Configured) => string | undefined;

export interface TypedCheck {
  readonly type: string;
  readonly check: Check<never>;
}

/** A check of one type of resource; its inputs have the types of the provider's SDK. */
export function on<Args>(type: string, check: Check<Unwrap<Args>>): TypedCheck {
  return { type, check };
}

/** Creates a policy that checks each resource by its own inputs. */
export function resourceControl(control: Control, ...checks: readonly TypedCheck[]): ResourceValidationPolicy {
  return {
    ...described(control),
    validateResource({ type, name, props, getConfig, notApplicable }, report) {
      const found = checks.find((typed) => typed.type === type);
      if (!found) return notApplicable(`no resource of ${control.id}`);
      const config = getConfig<Configured>();
      const reason = config.exempt?.[name];
      if (reason !== undefined) notApplicable(`exempt: ${reason}`);
      const problem = judge(() => (found.check as Check<object>)(props, config));
      if (problem !== undefined) report(`${name}: ${problem} ${control.remedy}`);
    },
  };
}

/** A resource of the stack, with its properties typed as inputs. */
export interface StackResource<Inputs> {
  readonly resource: PolicyResource;
  readonly inputs: Inputs;
}

export class Stack {
  constructor(readonly resources: readonly PolicyResource[]) {}

  /** All resources of the types. */
  all<Args>(...types: readonly string[]): StackResource<Unwrap<Args>>[] {
    const found = this.resources.filter(({ type }) => types.includes(type));
    return found.map((resource) => ({ resource, inputs: resource.props as Unwrap<Args> }));
  }
}

/** Returns the problem of a resource within its stack, or undefined. */
export type StackCheck<Inputs> = (found: StackResource<Inputs>, stack: Stack, config: Configured) => string | undefined;

/** Creates a policy that checks each resource together with the other resources of its stack. */
export function stackControl<Args>(
  control: Control,
  types: readonly string[],
  check: StackCheck<Unwrap<Args>>,
): StackValidationPolicy {
  return {
    ...described(control),
    validateStack({ resources, getConfig }, report) {
      const stack = new Stack(resources);
      const config = getConfig<Configured>();
      for (const found of stack.all<Args>(...types)) {
        const { name, urn } = found.resource;
        if (config.exempt?.[name] !== undefined) continue;
        const problem = judge(() => check(found, stack, config));
        if (problem !== undefined) report(`${name}: ${problem} ${control.remedy}`, urn);
      }
    },
  };
}

/** Passes a check that reads a value unknown in a preview; the update checks it before the resource is created. */
function judge(check: () => string | undefined): string | undefined {
  try {
    return check();
  } catch (error) {
    if (isUnknownValue(error)) return undefined;
    throw error;
  }
}

function described({ id, title, severity, remedy, parameters }: Control) {
  const [service = "", number] = id.toLowerCase().split(".");
  return {
    name: id,
    description: `${id}: ${title}`,
    severity,
    remediationSteps: remedy,
    url: `https://docs.aws.amazon.com/securityhub/latest/userguide/${service}-controls.html#${service}-${number}`,
    framework: {
      name: "AWS Foundational Security Best Practices",
      version: "1.0.0",
      reference: id,
      specification: title,
    },
    configSchema: { properties: { exempt: EXEMPT, ...parameters } },
  };
}
