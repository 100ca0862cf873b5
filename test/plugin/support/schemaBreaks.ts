/** What of a changed schema breaks programs that are written against the schema before it. */
import type { ObjectSchema, PackageSchema, PropertySchema, TypeSchema } from "../../../plugin/packageSchema";

/** One sentence a break, in the order of the schema before; none where every program goes on as it was. */
export function schemaBreaks(before: PackageSchema, after: PackageSchema): string[] {
  const components = Object.entries(before.resources).flatMap(([token, component]) => {
    const who = `component ${nameOf(token)}`;
    const now = after.resources[token];
    if (!now) return [`${who} is removed`];
    return [
      ...inputBreaks(`input of ${who}`, inputsOf(component), inputsOf(now)),
      ...outputBreaks(`output of ${who}`, component, now),
    ];
  });
  const types = Object.entries(before.types).flatMap(([token, type]) => {
    const now = after.types[token];
    return now ? typeBreaks(nameOf(token), type, now) : [`type ${nameOf(token)} is removed`];
  });
  const renamed = before.name === after.name ? [] : [`package ${before.name} is named ${after.name}`];
  return [...renamed, ...components, ...types];
}

function inputsOf({
  inputProperties,
  requiredInputs,
}: {
  inputProperties?: ObjectSchema["properties"];
  requiredInputs?: readonly string[];
}): ObjectSchema {
  return { properties: inputProperties, required: requiredInputs };
}

/** What a program gives: nothing more may be asked of it. */
function inputBreaks(what: string, before: ObjectSchema, after: ObjectSchema): string[] {
  const { properties = {}, required = [] } = after;
  const wasRequired = new Set(before.required);
  return [
    ...propertyBreaks(what, before, after),
    ...Object.entries(before.properties ?? {}).flatMap(([name, property]) =>
      plainBreaks(`${what} "${name}"`, property, properties[name]),
    ),
    ...required.filter((name) => !wasRequired.has(name)).map((name) => `${what} "${name}" is required now`),
  ];
}

/** Where a program may no longer give an output: a property itself, elements of its list, values of its map. */
function plainBreaks(what: string, before: PropertySchema, after: PropertySchema | undefined): string[] {
  if (!after) return [];
  const { items, additionalProperties } = before;
  return [
    ...(after.plain && !before.plain ? [`${what} takes plain values alone, and took outputs of resources`] : []),
    ...(items ? plainBreaks(`element of ${what}`, items, after.items) : []),
    ...(additionalProperties ? plainBreaks(`value of ${what}`, additionalProperties, after.additionalProperties) : []),
  ];
}

/** What a program is given: nothing of it may be missing. */
function outputBreaks(what: string, before: ObjectSchema, after: ObjectSchema): string[] {
  const stillThere = (name: string) => after.properties?.[name] !== undefined;
  const isRequired = new Set(after.required);
  return [
    ...propertyBreaks(what, before, after),
    ...(before.required ?? [])
      .filter((name) => stillThere(name) && !isRequired.has(name))
      .map((name) => `${what} "${name}" may be missing now`),
  ];
}

/** An object type is what a program gives; values of an enumeration are what it may say. */
function typeBreaks(name: string, before: TypeSchema, after: TypeSchema): string[] {
  const values = new Set((after.enum ?? []).map(({ value }) => value));
  const members = new Map((after.enum ?? []).map((member) => [member.value, member.name]));
  const enumeration = (before.enum ?? []).flatMap((member) => {
    if (!values.has(member.value)) return [`value ${JSON.stringify(member.value)} of type ${name} is removed`];
    const renamed = members.get(member.value);
    return renamed === member.name ? [] : [`value ${member.name} of type ${name} is named ${renamed}`];
  });
  return [...inputBreaks(`property of type ${name}:`, before, after), ...enumeration];
}

function propertyBreaks(what: string, before: ObjectSchema, after: ObjectSchema): string[] {
  return Object.entries(before.properties ?? {}).flatMap(([name, property]) => {
    const now = after.properties?.[name];
    if (!now) return [`${what} "${name}" is removed`];
    const [was, is] = [typeText(property), typeText(now)];
    return was === is ? [] : [`${what} "${name}" is ${is} instead of ${was}`];
  });
}

/** `array of string`, `map of TableDeclaration`, `component DataLake`. */
function typeText({ type, $ref, items, additionalProperties }: PropertySchema): string {
  if ($ref) return $ref.startsWith("#/resources/") ? `component ${nameOf($ref)}` : nameOf($ref);
  if (items) return `array of ${typeText(items)}`;
  if (additionalProperties) return `map of ${typeText(additionalProperties)}`;
  return type ?? "nothing";
}

function nameOf(token: string): string {
  return token.slice(token.lastIndexOf(":") + 1);
}
