/** Makes policies of controls: what they are called, how they are configured, and what they say of a resource. */
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

export interface Control {
  /** In Security Hub, `"S3.8"`; the name of the policy. */
  readonly id: string;
  /** The control's title in Security Hub. */
  readonly title: string;
  /** As Security Hub rates it. */
  readonly severity: Severity;
  /** Which property would be right, and how. */
  readonly remedy: string;
  /** What can be configured, beside `enforcementLevel` and `exempt`. @default nothing */
  readonly parameters?: Readonly<Record<string, ParameterSchema>>;
}

/** The configuration of a control: its parameters, and the resources that it leaves out. */
export interface Configured {
  /** Why, by the logical name of a resource. */
  readonly exempt?: Readonly<Record<string, string>>;
  readonly [parameter: string]: unknown;
}

/** Says what is wrong with a resource; undefined: nothing. */
export type Check<Inputs> = (inputs: Inputs, config: Configured) => string | undefined;

export interface TypedCheck {
  readonly type: string;
  readonly check: Check<never>;
}

/** A check of one type of resource, its inputs as the provider's SDK declares them. */
export function on<Args>(type: string, check: Check<Unwrap<Args>>): TypedCheck {
  return { type, check };
}

/** A control that each resource passes or fails by its own inputs. */
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

/** A resource of the stack, its properties as inputs of its type. */
export interface StackResource<Inputs> {
  readonly resource: PolicyResource;
  readonly inputs: Inputs;
}

export class Stack {
  constructor(readonly resources: readonly PolicyResource[]) {}

  /** Those of any of the types. */
  all<Args>(...types: readonly string[]): StackResource<Unwrap<Args>>[] {
    const found = this.resources.filter(({ type }) => types.includes(type));
    return found.map((resource) => ({ resource, inputs: resource.props as Unwrap<Args> }));
  }
}

/** Says what is wrong with a resource in its stack; undefined: nothing. */
export type StackCheck<Inputs> = (found: StackResource<Inputs>, stack: Stack, config: Configured) => string | undefined;

/** A control that a resource passes or fails by what else its stack declares. */
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

/** In a preview, what only AWS can tell is not known; it is judged in the update, before anything is made of it. */
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

const EXEMPT: ParameterSchema = {
  type: "object",
  description: "Resources that the control leaves out: the reason, by logical name.",
  additionalProperties: { type: "string", minLength: 1 },
};
