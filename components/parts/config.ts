/** Reads the keys under `streamlake:` in a stack's configuration; a table states each key once, with its kind and default. */
import * as pulumi from "@pulumi/pulumi";
import { isDay } from "./checks";

/** Reads a key's value from a string; Pulumi passes strings, whatever the type in the file. */
export type ConfigKey<Value> = (key: string, text: string | undefined) => Value;

/** The values of a table of keys. */
export type ConfigValues<Keys> = {
  readonly [Key in keyof Keys]: Keys[Key] extends ConfigKey<infer Value> ? Value : never;
};

export function booleanKey(fallback: boolean): ConfigKey<boolean> {
  return (key, text) => {
    if (text === undefined) return fallback;
    if (text === "true" || text === "false") return text === "true";
    throw wrongValue(key, JSON.stringify(text), "true or false");
  };
}

export function numberKey<Fallback extends number | undefined>(fallback: Fallback): ConfigKey<number | Fallback> {
  return (key, text) => {
    if (text === undefined) return fallback;
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value)) return value;
    throw wrongValue(key, JSON.stringify(text), "a number");
  };
}

export function dayKey<Fallback extends string | undefined>(fallback: Fallback): ConfigKey<string | Fallback> {
  return (key, text) => {
    if (text === undefined) return fallback;
    // A day without quotes, as `pulumi config set` writes it, is a YAML timestamp, which Pulumi passes in this form.
    const day = text.replace(/ 00:00:00 \+0000 UTC$/, "");
    if (isDay(day)) return day;
    throw wrongValue(key, JSON.stringify(text), "a day as 2026-11-21");
  };
}

/** The keys that components honour in every program. */
export const COMPONENT_KEYS = {
  /** Lets `pulumi destroy` delete the data of components with `deleteDataOnDestroy`. @default false */
  allowDataDeletion: booleanKey(false),
  /** Refuses schemas that differ from `streamlake.schemas.json`. @default true */
  checkSchemas: booleanKey(true),
  /** The first day that tables show, for lakes without the argument `firstDay`. @default `defaults.firstDay` ("2024-01-01") */
  firstDay: dayKey<undefined>(undefined),
};

/** @throws when the value is of the wrong kind */
export function readKey<Keys, Key extends keyof Keys & string>(keys: Keys, key: Key): ConfigValues<Keys>[Key] {
  const read = keys[key] as ConfigKey<ConfigValues<Keys>[Key]>;
  return read(key, new pulumi.Config("streamlake").get(key));
}

/**
 * True when the component has `deleteDataOnDestroy` and the stack has `streamlake:allowDataDeletion: true`.
 * Otherwise resources that hold data stay in the account when the stack is destroyed.
 */
export function mayDeleteData(deleteDataOnDestroy: boolean | undefined): boolean {
  return readKey(COMPONENT_KEYS, "allowDataDeletion") && (deleteDataOnDestroy ?? false);
}

export function wrongValue(key: string, value: string, right: string): pulumi.RunError {
  return new pulumi.RunError(`config: streamlake:${key} is ${value}; use ${right}.`);
}
