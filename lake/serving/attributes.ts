/** Rows as DynamoDB items: attribute values, the values that DynamoDB refuses, and the size of an item. */
import type { Row, Value } from "../../formats/row";
import { addMember } from "../../formats/values/addMember";
import { numberOfText, storedNumber } from "./numbers";
import { UnfoldedError } from "./unfoldedError";

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html; sets and binary values are not written. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: Attributes };

export type Attributes = { readonly [name: string]: AttributeValue };

/** "Nested attributes up to 32 levels deep": https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MAX_LEVELS = 32;
const MAX_NAME_BYTES = 65_535;

/**
 * A copy of a row that is the same before and after it is stored: without members that are undefined, and with the
 * numbers and strings that DynamoDB returns.
 *
 * @throws UnfoldedError for a value that DynamoDB cannot keep
 */
export function storedRow(row: object, where = ""): Row {
  return storedMembers(row, where, 1);
}

function storedMembers(members: object, where: string, level: number): Row {
  if (level > MAX_LEVELS) throw new UnfoldedError("value", `${where} is nested beyond ${MAX_LEVELS} levels`);
  const copy: Row = {};
  for (const [name, value] of Object.entries(members) as [string, unknown][]) {
    if (value === undefined) continue;
    const path = where === "" ? name : where;
    if (name === "") throw new UnfoldedError("value", `${where || "the item"} has an attribute without a name`);
    const storedName = wellFormed(name);
    if (Buffer.byteLength(storedName) > MAX_NAME_BYTES) {
      throw new UnfoldedError("value", `the name of an attribute has more than ${MAX_NAME_BYTES} bytes`);
    }
    addMember(copy, storedName, storedValue(value, path, level));
  }
  return copy;
}

function storedValue(value: unknown, where: string, level: number): Value {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return wellFormed(value);
  if (typeof value === "number" || typeof value === "bigint") return storedNumber(value, where);
  if (Array.isArray(value)) {
    if (level >= MAX_LEVELS) throw new UnfoldedError("value", `${where} is nested beyond ${MAX_LEVELS} levels`);
    return value.map((element: unknown) => storedValue(element, where, level + 1));
  }
  if (isPlainObject(value)) return storedMembers(value, where, level + 1);
  throw new UnfoldedError("value", `${where} is ${kindOf(value)}`);
}

export function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Describes a value without its content. Handles a promise's rejection, which would end the process. */
export function kindOf(value: unknown): string {
  if (value instanceof Promise) {
    value.catch(() => undefined);
    return "a promise (callbacks are synchronous)";
  }
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? `an object of ${value.constructor?.name}` : `a ${typeof value}`;
}

/** UTF-8 has no surrogates: they would come back as U+FFFD. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/** @param row from `storedRow` */
export function attributesOf(row: Row): Attributes {
  const attributes: Record<string, AttributeValue> = Object.create(null);
  for (const [name, value] of Object.entries(row)) attributes[name] = attributeOf(value);
  return attributes;
}

function attributeOf(value: Value): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === "string") return { S: value };
  if (typeof value === "boolean") return { BOOL: value };
  if (typeof value === "number" || typeof value === "bigint") return { N: String(value) };
  return Array.isArray(value) ? { L: value.map(attributeOf) } : { M: attributesOf(value) };
}

/** @throws Error for a set or a binary value, which the library never writes */
export function rowOf(attributes: Attributes): Row {
  const row: Row = {};
  for (const [name, attribute] of Object.entries(attributes)) addMember(row, name, storedValueOf(name, attribute));
  return row;
}

function storedValueOf(name: string, attribute: AttributeValue): Value {
  if ("S" in attribute) return attribute.S;
  if ("BOOL" in attribute) return attribute.BOOL;
  if ("NULL" in attribute) return null;
  if ("L" in attribute) return attribute.L.map((element) => storedValueOf(name, element));
  if ("M" in attribute) return rowOf(attribute.M);
  const number = "N" in attribute ? numberOfText(attribute.N) : undefined;
  if (number !== undefined) return number;
  throw new Error(`the attribute "${name}" is of type ${Object.keys(attribute)[0]}, which the view does not write`);
}

/**
 * The size of an item, bytes, at least as large as DynamoDB counts it.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function sizeOf(attributes: Attributes): number {
  let size = 0;
  for (const name in attributes) size += Buffer.byteLength(name) + sizeOfValue(attributes[name] as AttributeValue);
  return size;
}

function sizeOfValue(value: AttributeValue): number {
  if ("S" in value) return Buffer.byteLength(value.S);
  if ("N" in value) return Math.ceil(value.N.length / 2) + 2;
  if ("L" in value) return value.L.reduce((sum, element) => sum + 1 + sizeOfValue(element), 3);
  if ("M" in value) return 3 + Object.keys(value.M).length + sizeOf(value.M);
  return 1;
}
