/** Elements to rows. */

import { FormatError } from "../formatError";
import { beyond, type Limits } from "../limits";
import type { Row, Value } from "../row";
import { addMember } from "../values/addMember";
import { DEFAULT_TEXT_NAME, type XmlOptions } from "./options";
import { type TagHandler, XmlTags } from "./tags";

const BLANK = /^[\t\n\r ]*$/;

/** An element that is open, or a row. */
interface OpenElement {
  readonly name: string;
  /** Attributes and children; absent until there is one. */
  row: Row | undefined;
  names: number;
  /** Runs of text between its tags; absent until there is one. */
  texts: string[] | undefined;
}

/**
 * An element without attributes and children is its text, exactly, and `""` without text. Any other is an object of its
 * attributes, its children and the runs of its text that are not blank (named `text`); a name that comes more than once is
 * a list of its values in that order. All values are strings. Names keep their prefix; declarations of namespaces are left
 * out, being no data.
 *
 * @throws FormatError
 */
export function readXmlRows(text: string, options: XmlOptions, limits: Limits): Row[] {
  const rows = new XmlRows(options, limits);
  new XmlTags(text, limits, rows).read();
  return rows.rows;
}

class XmlRows implements TagHandler {
  readonly rows: Row[] = [];
  /** From the row's element inwards; empty outside of rows. */
  private readonly elements: OpenElement[] = [];
  private readonly textName: string;
  private readonly lists: ReadonlySet<string>;

  constructor(
    private readonly options: XmlOptions,
    private readonly limits: Limits,
  ) {
    this.textName = options.text ?? DEFAULT_TEXT_NAME;
    this.lists = new Set(options.lists);
  }

  open(name: string, attributes: readonly string[]): void {
    const { rows, nameColumn } = this.options;
    const isInside = this.elements.length > 0;
    if (!isInside && rows !== undefined && name !== rows) {
      if (attributes.length > 0) this.outside("attributes");
      return;
    }
    const element: OpenElement = { name, row: undefined, names: 0, texts: undefined };
    this.elements.push(element);
    if (!isInside && nameColumn !== undefined) this.add(element, nameColumn, name);
    for (let index = 0; index < attributes.length; index += 2) {
      this.add(element, attributes[index] as string, attributes[index + 1] as string);
    }
  }

  text(run: string): void {
    const element = this.elements.at(-1);
    if (!element) {
      if (!BLANK.test(run)) this.outside("text");
    } else if (element.texts) element.texts.push(run);
    else element.texts = [run];
  }

  close(): void {
    const element = this.elements.pop();
    if (!element) return;
    const parent = this.elements.at(-1);
    if (!parent) this.addRow(element);
    else if (element.row) this.add(parent, element.name, this.objectOf(element, element.row));
    else this.add(parent, element.name, element.texts?.[0] ?? "");
  }

  /** A row needs names, so even the text of an element that has nothing else gets one. */
  private addRow(element: OpenElement): void {
    if (this.rows.length === this.limits.rows) throw this.limit("rows");
    if (element.row) this.rows.push(this.objectOf(element, element.row));
    else {
      if (element.texts) this.add(element, this.textName, element.texts[0] as string);
      this.rows.push(element.row ?? {});
    }
  }

  /** With the runs of its text that are not blank. */
  private objectOf(element: OpenElement, row: Row): Row {
    for (const run of element.texts ?? []) if (!BLANK.test(run)) this.add(element, this.textName, run);
    return row;
  }

  private add(element: OpenElement, name: string, value: Value): void {
    element.row ??= {};
    const { row } = element;
    if (addMember(row, name, this.lists.has(name) ? [value] : value)) {
      element.names += 1;
      if (element.names > this.limits.columns) throw this.limit("columns");
      return;
    }
    const present = row[name] as Value;
    if (Array.isArray(present)) present.push(value);
    else row[name] = [present, value];
  }

  private outside(what: string): void {
    if (this.options.outside === "drop") return;
    throw new FormatError("xml", `${what} outside the elements that are rows (xml.rows)`);
  }

  private limit(what: keyof Limits): FormatError {
    return new FormatError("xml", beyond(what, this.limits[what]), "limits");
  }
}
