/** Converts XML elements to rows. */

import { FormatError } from "../formatError";
import { beyond, type Limits } from "../limits";
import type { Row, Unpacked, Value } from "../row";
import { addMember } from "../values/addMember";
import { costOfNames } from "../values/costOfNames";
import { DEFAULT_TEXT_NAME, type XmlOptions } from "./options";
import { type TagHandler, XmlTags } from "./tags";

const BLANK = /^[\t\n\r ]*$/;

/** An open element: a row, or a value inside a row. */
interface OpenElement {
  readonly name: string;
  /** Attributes and children; undefined until the first. */
  row: Row | undefined;
  names: number;
  /** Runs of text between tags; undefined until the first. */
  texts: string[] | undefined;
}

/**
 * Converts a document to rows. An element without attributes and children becomes its exact text, or `""` without text. Any
 * other becomes an object of its attributes, its children and the runs of its text that are not blank (named `text`). A repeated
 * name becomes a list of its values in order. All values are strings. Names keep their prefix; namespace declarations are left
 * out, because they are not data.
 *
 * @throws FormatError
 */
export function readXmlRows(text: string, options: XmlOptions, limits: Limits, unpacked: Unpacked): Row[] {
  const rows = new XmlRows(options, limits, unpacked);
  new XmlTags(text, limits, rows, unpacked).read();
  return rows.rows;
}

class XmlRows implements TagHandler {
  readonly rows: Row[] = [];
  /** The open elements from the row's element inwards; empty outside of rows. */
  private readonly elements: OpenElement[] = [];
  private readonly textName: string;
  private readonly lists: ReadonlySet<string>;

  constructor(
    private readonly options: XmlOptions,
    private readonly limits: Limits,
    private readonly unpacked: Unpacked,
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

  /** A row needs names, so an element with only text puts it under `textName`. */
  private addRow(element: OpenElement): void {
    if (this.rows.length === this.limits.rows) throw this.limit("rows");
    if (element.row) this.rows.push(this.objectOf(element, element.row));
    else {
      if (element.texts) this.add(element, this.textName, element.texts[0] as string);
      this.rows.push(element.row ?? {});
    }
  }

  /** The element's object, with the runs of its text that are not blank. */
  private objectOf(element: OpenElement, row: Row): Row {
    for (const run of element.texts ?? []) if (!BLANK.test(run)) this.add(element, this.textName, run);
    this.unpacked.values += costOfNames(element.names);
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
