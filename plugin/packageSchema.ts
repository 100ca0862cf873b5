/**
 * The parts of a Pulumi package schema that this library uses
 * (https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/).
 */

export interface PropertySchema {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: PropertySchema;
  readonly additionalProperties?: PropertySchema;
  /** The value itself, never an output of another resource. */
  readonly plain?: boolean;
  readonly description?: string;
}

export interface ObjectSchema {
  readonly properties?: Readonly<Record<string, PropertySchema>>;
  readonly required?: readonly string[];
}

export interface ComponentSchema extends ObjectSchema {
  readonly inputProperties?: Readonly<Record<string, PropertySchema>>;
  readonly requiredInputs?: readonly string[];
}

export interface TypeSchema extends ObjectSchema {
  readonly enum?: readonly { readonly name: string; readonly value: string | number }[];
}

export interface PackageSchema {
  readonly name: string;
  readonly version: string;
  /** By token: `streamlake:index:StreamIngest`. */
  readonly resources: Readonly<Record<string, ComponentSchema>>;
  readonly types: Readonly<Record<string, TypeSchema>>;
}
