/** Writes XML as AWS does: elements, and no attributes except namespaces. */

/** One element. `undefined` is left out; a list repeats the element. */
export function element(name: string, value: unknown, memberName?: string): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) {
    if (memberName === undefined) return value.map((member) => element(name, member)).join("");
    return `<${name}>${value.map((member) => element(memberName, member, memberName)).join("")}</${name}>`;
  }
  if (value instanceof Date) return `<${name}>${value.toISOString()}</${name}>`;
  if (value instanceof Map) {
    const entries = [...value].map(
      ([key, held]) => `<entry>${element("key", key)}${element("value", held, memberName)}</entry>`,
    );
    return `<${name}>${entries.join("")}</${name}>`;
  }
  if (typeof value === "object") return `<${name}>${elements(value, memberName)}</${name}>`;
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}

/**
 * The properties of an object, in order.
 *
 * @param memberName the element around each member of a list; if absent, lists repeat their own name
 */
export function elements(value: object, memberName?: string): string {
  return Object.entries(value)
    .map(([name, child]) => element(name, child, memberName))
    .join("");
}

/** Control characters as character references, as S3 writes them; line ends too, which a parser would otherwise normalize. */
function escapeXml(text: string): string {
  return text.replace(
    /[&<>"'\p{Cc}]/gu,
    (character) => ENTITIES[character] ?? `&#x${character.charCodeAt(0).toString(16)};`,
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};
