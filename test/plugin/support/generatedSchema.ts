/** The schema of the components, made from the TypeScript of `plugin/` by Pulumi's own analyzer of components. */
import * as fs from "node:fs";
import * as path from "node:path";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import { generateSchema } from "@pulumi/pulumi/provider/experimental/schema";
import * as ts from "typescript";
import type { PackageSchema } from "../../../plugin/packageSchema";

const ROOT = path.resolve(__dirname, "../../..");
export const SCHEMA_FILE = path.join(ROOT, "plugin/schema.json");

/** What is used of the analyzer's own parts, which its types call private. */
interface AnalyzerParts {
  analyzeSymbol(context: unknown, symbol: ts.Symbol): { description?: string };
  getResourceType(context: unknown, type: ts.Type): { dependency: object; pulumiType: string };
}

/** Takes some seconds: the compiler reads the sources of the components. */
export function generatedSchema(components: readonly string[]): PackageSchema {
  const { name, version, description } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8"));
  const analyzer = new Analyzer(path.join(ROOT, "plugin"), name, { main: "provider.ts" }, new Set(components));
  const parts = analyzer as unknown as AnalyzerParts;
  sayDefaults(parts);
  referToOwnComponents(parts, name);
  const found = analyzer.analyze();
  const types = sorted(found.typeDefinitions);
  const schema = generateSchema(name, version, description, sorted(found.components), types, []);
  const text = JSON.stringify({ ...schema, config: {}, provider: {} }).replaceAll(OWN, "#");
  return asPulumiPrints(JSON.parse(text));
}

export function committedSchema(): PackageSchema {
  return JSON.parse(fs.readFileSync(SCHEMA_FILE, "utf8"));
}

/** The analyzer leaves out `@default`, and members that an interface takes over from another by `Omit`. */
function sayDefaults(parts: AnalyzerParts): void {
  const analyzeSymbol = parts.analyzeSymbol.bind(parts);
  parts.analyzeSymbol = (context, symbol) => {
    symbol.valueDeclaration ??= symbol.declarations?.[0];
    const property = analyzeSymbol(context, symbol);
    const tag = symbol.getJsDocTags(undefined).find(({ name }) => name === "default");
    const sentences = [property.description, tag && `Default: ${valueIn(ts.displayPartsToString(tag.text))}.`];
    const description = sentences.filter((sentence) => sentence !== undefined).join(" ");
    return description === "" ? property : { ...property, description };
  };
}

/** `` `defaults.table` ("records") `` names a place in TypeScript; the value alone is for everyone. */
function valueIn(text: string): string {
  return text.replace(/`defaults\.[^`]+` \(([^)]+)\)/g, "$1");
}

const OWN = "/own/v0/schema.json#";

/** The analyzer knows components of other packages alone; ours refer to each other. */
function referToOwnComponents(parts: AnalyzerParts, packageName: string): void {
  parts.getResourceType = (_context, type) => ({
    dependency: { name: "own", version: "0" },
    pulumiType: `${packageName}:index:${type.symbol.name}`,
  });
}

/** By name, so that the order of sources is not in the schema. */
function sorted<Value>(record: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** A number until all others are whole. */
const FRACTION = "own/fraction";
/** Inputs of which the components' checks take fractions. */
const FRACTIONS: ReadonlySet<string> = new Set(["batchMebibytes", "threshold"]);

/**
 * Without the analyzer's own note `optional`, and without what is empty: what is required is said in lists. TypeScript has one
 * type of number; those of the components are whole, but for `FRACTIONS`.
 */
function asPulumiPrints(schema: object): PackageSchema {
  const isEmpty = (value: object) => (Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0);
  const drop = (key: string, value: unknown) =>
    (key === "optional" && value === true) ||
    (/^(properties|required|requiredInputs|dependencies)$/.test(key) && isEmpty(value as object));
  const whole = (key: string, value: unknown) => {
    if (FRACTIONS.has(key) && Object(value).type === "number") return { ...Object(value), type: FRACTION };
    return key === "type" && value === "number" ? "integer" : value;
  };
  const text = JSON.stringify(schema, (key, value) => (drop(key, value) ? undefined : whole(key, value)));
  return JSON.parse(text.replaceAll(FRACTION, "number"));
}
