/** Reads `Pulumi.yaml` and `Pulumi.<stack>.yaml` as the Pulumi CLI does. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { entryToAdd } from "../../local/program/lookups";
import { CommandError, UsageError } from "../errors";

export interface Project {
  readonly name: string;
  /** The program's file or folder, absolute. */
  readonly main: string;
  /** The stack configuration, with qualified keys: `{ "aws:region": "us-east-1" }`. Objects are JSON strings. */
  readonly config: Readonly<Record<string, string>>;
  /** True if the directory has no stack configuration at all, so that defaults are used. @default false */
  readonly isUnconfigured?: true;
}

type Yaml = Record<string, unknown>;

/** The region of a stack without any configuration. */
const DEFAULT_REGION = "us-east-1";

/**
 * @param directory contains `Pulumi.yaml`
 * @param decrypted values for encrypted ones, by full key
 */
export function readProject(
  directory: string,
  stack: string,
  decrypted: Readonly<Record<string, string>> = {},
): Project {
  const file = path.join(directory, "Pulumi.yaml");
  if (!existsSync(file))
    throw new CommandError(`there is no Pulumi.yaml in ${directory}; run streamlake in the directory of Pulumi.yaml`);
  const project = readYaml(file);
  const { name, main } = project;
  if (typeof name !== "string") throw new CommandError(`${file}: name is missing`);
  if (main !== undefined && typeof main !== "string") throw new CommandError(`${file}: main must be a path`);
  return { name, main: path.resolve(directory, main ?? "."), ...configuration(directory, stack, project, decrypted) };
}

function configuration(
  directory: string,
  stack: string,
  project: Yaml,
  decrypted: Readonly<Record<string, string>>,
): Pick<Project, "config" | "isUnconfigured"> {
  const name = String(project.name);
  const given = configOf(name, projectDefaults(project), path.join(directory, "Pulumi.yaml"));
  const stackFile = path.join(directory, `Pulumi.${stack}.yaml`);
  if (!existsSync(stackFile)) {
    const known = knownStacks(directory);
    if (known.length === 0) return { config: { "aws:region": DEFAULT_REGION, ...given }, isUnconfigured: true };
    throw new UsageError(`streamlake: there is no Pulumi.${stack}.yaml; --stack is one of ${known.join(", ")}`);
  }
  const own = configOf(name, objectOr(readYaml(stackFile).config, stackFile), stackFile, decrypted);
  return { config: { ...given, ...own } };
}

function readYaml(file: string): Yaml {
  if (statSync(file).isDirectory()) throw new CommandError(`${file} is a directory; it must be a YAML file`);
  try {
    return objectOr(parse(readFileSync(file, "utf8")), file);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${file}: ${(error as Error).message.split("\n")[0]}`, { cause: error });
  }
}

function objectOr(value: unknown, file: string): Yaml {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value))
    throw new CommandError(`${file}: expected a mapping of names to values`);
  return value as Yaml;
}

function knownStacks(directory: string): string[] {
  return readdirSync(directory)
    .flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? [])
    .sort();
}

/** A project may set a value for a key, or a default with a type (https://www.pulumi.com/docs/reference/project-file). */
function projectDefaults(project: Yaml): Yaml {
  const defaults: Yaml = {};
  for (const [key, value] of Object.entries((project.config as Yaml | undefined) ?? {})) {
    const typed = typeof value === "object" && value !== null ? (value as Yaml) : { value };
    const given = typed.value ?? typed.default;
    if (given !== undefined) defaults[key] = given;
  }
  return defaults;
}

function configOf(
  project: string,
  config: Yaml,
  file: string,
  decrypted: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, given] of Object.entries(config)) {
    const key = name.includes(":") ? name : `${project}:${name}`;
    const value = decrypted[key] ?? given;
    if (isSecure(value)) {
      throw new CommandError(
        `${file}: ${name} is encrypted, and local cannot decrypt it; ${entryToAdd({ config: { [key]: "" } })}`,
      );
    }
    values[key] = typeof value === "string" ? value : JSON.stringify(value);
  }
  return values;
}

function isSecure(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const isSecret = !Array.isArray(value) && "secure" in value && Object.keys(value).length === 1;
  return isSecret || Object.values(value).some(isSecure);
}
