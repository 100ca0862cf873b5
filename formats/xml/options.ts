/** The options of XML. */

export interface XmlOptions {
  /**
   * The name of the elements that become rows, with its prefix, such as `"order"`. They may be at any depth; such an
   * element inside another is a value of the outer one. @default the document's element becomes the only row
   */
  readonly rows?: string;
  /**
   * Refuses a document with attributes or text outside the elements that become rows, or drops them. Only with `rows`.
   * @default "refuse"
   */
  readonly outside?: "refuse" | "drop";
  /** The name for the text of an element that also has attributes or children. @default "text" */
  readonly text?: string;
  /**
   * Names whose values are always lists, so that one item and two items have the same shape: `["item"]`. @default []
   */
  readonly lists?: readonly string[];
  /** A column that holds the name of the element that became the row. @default none */
  readonly nameColumn?: string;
}

export const DEFAULT_TEXT_NAME = "text";

const NAMES: readonly string[] = ["rows", "outside", "text", "lists", "nameColumn"];

export function checkXmlOptions(options: XmlOptions): string[] {
  const problems: string[] = [];
  for (const name of Object.keys(options)) {
    if (!NAMES.includes(name)) problems.push(`xml.${name} is not an option; use ${NAMES.join(", ")}`);
  }
  for (const name of ["rows", "text", "nameColumn"] as const) {
    const value: unknown = options[name];
    if (value !== undefined && (typeof value !== "string" || value === "")) {
      problems.push(`xml.${name} is ${JSON.stringify(value)}; use a name`);
    }
  }
  const { outside, lists, rows } = options;
  if (outside !== undefined && outside !== "refuse" && outside !== "drop") {
    problems.push(`xml.outside is ${JSON.stringify(outside)}; use "refuse" or "drop"`);
  } else if (outside !== undefined && rows === undefined) {
    problems.push("xml.outside is there without xml.rows; without it nothing is outside");
  }
  if (lists !== undefined && !(Array.isArray(lists) && lists.every((name) => typeof name === "string"))) {
    problems.push(`xml.lists is ${JSON.stringify(lists)}; use a list of names`);
  }
  return problems;
}
