/** Refuses captured values that Pulumi would serialize into something else, often without an error before run time. */

import { types } from "node:util";
import * as pulumi from "@pulumi/pulumi";

/** Describes a captured value that cannot be serialized; returns undefined for one that can. */
export function captureProblem(value: unknown): string | undefined {
  if (typeof value === "symbol") return "a symbol";
  if (typeof value === "function") {
    return /^class\b/.test(Function.prototype.toString.call(value)) ? `the class ${value.name}` : undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  if (pulumi.Output.isInstance(value))
    return "a Pulumi output (its value reaches a handler by `environment`, a secret one by `secrets`)";
  if (pulumi.Resource.isInstance(value)) return "a Pulumi resource";
  return builtinProblem(value) ?? instanceProblem(value);
}

/** Objects whose content is in internal slots, which a serializer cannot see. */
function builtinProblem(value: object): string | undefined {
  if (types.isMap(value) || types.isWeakMap(value)) return "a Map";
  if (types.isSet(value) || types.isWeakSet(value)) return "a Set";
  if (types.isDate(value)) return "a Date";
  if (types.isNativeError(value)) return "an Error";
  if (ArrayBuffer.isView(value)) return Buffer.isBuffer(value) ? "a Buffer" : "a typed array";
  if (types.isAnyArrayBuffer(value)) return "an ArrayBuffer";
  return undefined;
}

/** Instances of classes: `#private` fields and accessors are lost. A prototype itself is left to the serializer. */
function instanceProblem(value: object): string | undefined {
  const { constructor: maker } = value as { constructor?: unknown };
  if (typeof maker !== "function" || Object.hasOwn(value, "constructor")) return undefined;
  const isClass = /^class\b/.test(Function.prototype.toString.call(maker));
  return isClass || PLATFORM_CLASSES.has(maker.name) ? `an instance of ${maker.name}` : undefined;
}

/** Platform classes in native code, whose source does not distinguish them from plain functions. */
const PLATFORM_CLASSES: ReadonlySet<string> = new Set(["TextDecoder", "TextEncoder", "URL", "AbortController"]);
