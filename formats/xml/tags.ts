/** Reads the tags of XML text: strictly, in one pass, and without expanding any declared entity. */
import { FormatError } from "../formatError";
import { beyond, type Limits } from "../limits";
import type { Unpacked } from "../row";
import { ILLEGAL_CHARACTER, plainText } from "./text";

/** Callbacks for the parts of a document, in order. */
export interface TagHandler {
  /** @param attributes alternating names and values, without namespace declarations */
  open(name: string, attributes: readonly string[]): void;
  /** A run of text between two tags, CDATA included, comments and instructions left out; never empty. */
  text(run: string): void;
  close(): void;
}

const NAME_START =
  ":A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C-\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}";
const NAME = new RegExp(`[${NAME_START}][${NAME_START}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F-\\u2040]*`, "uy");
const DECLARATION =
  /<\?xml[\t\n\r ]+version[\t\n\r ]*=[\t\n\r ]*(?:"1\.\d"|'1\.\d')(?:[\t\n\r ]+encoding[\t\n\r ]*=[\t\n\r ]*(?:"([A-Za-z][\w.-]{0,40})"|'([A-Za-z][\w.-]{0,40})'))?(?:[\t\n\r ]+standalone[\t\n\r ]*=[\t\n\r ]*(?:"(?:yes|no)"|'(?:yes|no)'))?[\t\n\r ]*\?>/y;
const UTF8 = /^(?:utf-?8|us-ascii)$/i;
const NOT_ASCII = /[^\0-\x7f]/;

export class XmlTags {
  private at = 0;
  private values = 0;
  private readonly open: string[] = [];
  private run = "";
  /** True if the text has any of these, so that other documents are not searched for them run by run. */
  private readonly hasReferences: boolean;
  private readonly hasCdata: boolean;

  constructor(
    private readonly text: string,
    private readonly limits: Limits,
    private readonly handler: TagHandler,
    private readonly unpacked: Unpacked,
  ) {
    this.hasReferences = text.includes("&") || text.includes("\r");
    this.hasCdata = text.includes("]]>");
  }

  /** Reads the whole document. @throws FormatError with the position of the first error */
  read(): void {
    const illegal = ILLEGAL_CHARACTER.exec(this.text);
    if (illegal) throw this.refuse("a character is none of XML's", illegal.index);
    this.declaration();
    let hasElement = false;
    while (this.at < this.text.length) {
      if (this.text[this.at] !== "<") this.outerText(hasElement);
      else if (this.skipComment() || this.skipInstruction()) continue;
      else if (this.text.startsWith("<!", this.at)) throw this.refuse("a DOCTYPE or another declaration is not read");
      else if (hasElement) throw this.refuse("a second element follows the document's");
      else {
        hasElement = true;
        this.element();
      }
    }
    if (!hasElement) throw this.refuse("no element");
  }

  private declaration(): void {
    this.skipSpace();
    if (!this.text.startsWith("<?xml", this.at) || !/[\t\n\r ?]/.test(this.text[this.at + 5] ?? "?")) return;
    DECLARATION.lastIndex = this.at;
    const found = DECLARATION.exec(this.text);
    if (!found) throw this.refuse("the XML declaration is not of version 1");
    const encoding = found[1] ?? found[2] ?? "utf-8";
    if (!UTF8.test(encoding) && NOT_ASCII.test(this.text)) {
      throw this.refuse("the declared encoding is not UTF-8, but the bytes are");
    }
    this.at = DECLARATION.lastIndex;
  }

  private outerText(isBehind: boolean): void {
    this.skipSpace();
    if (this.at < this.text.length && this.text[this.at] !== "<") {
      throw this.refuse(`text ${isBehind ? "behind" : "before"} the document's element`);
    }
  }

  /** Reads an element and its content, without recursion. */
  private element(): void {
    this.startTag();
    while (this.open.length > 0) {
      const next = this.text.indexOf("<", this.at);
      if (next < 0) throw this.refuse("an element is not closed", this.text.length);
      if (next > this.at) this.run += this.content(this.at, next);
      this.at = next;
      const code = this.text.charCodeAt(next + 1);
      if (code === 0x2f) this.endTag();
      else if (code === 0x21) this.declarationInside();
      else if (!this.skipInstruction()) this.startTag();
    }
  }

  private content(start: number, end: number): string {
    const raw = this.text.slice(start, end);
    const wrong = this.hasCdata ? raw.indexOf("]]>") : -1;
    if (wrong >= 0) throw this.refuse("]]> stands in text", start + wrong);
    return this.plain(raw, start);
  }

  private declarationInside(): void {
    if (this.skipComment()) return;
    if (!this.text.startsWith("<![CDATA[", this.at)) throw this.refuse("a declaration stands inside an element");
    const end = this.text.indexOf("]]>", this.at + 9);
    if (end < 0) throw this.refuse("CDATA is not closed");
    this.run += this.text.slice(this.at + 9, end).replace(/\r\n?/g, "\n");
    this.at = end + 3;
  }

  private startTag(): void {
    this.flush();
    if (this.open.length === this.limits.depth) throw this.limit("depth");
    this.count();
    this.at += 1;
    const name = this.name();
    const attributes = this.attributes();
    this.handler.open(name, attributes);
    this.open.push(name);
    if (this.text[this.at] === "/") {
      this.at += 1;
      this.expect(">");
      this.close();
    } else this.expect(">");
  }

  private attributes(): readonly string[] {
    const code = this.text.charCodeAt(this.at);
    if (code === 0x3e || code === 0x2f) return NONE;
    const attributes: string[] = [];
    const seen = new Set<string>();
    for (;;) {
      const spaceStart = this.at;
      this.skipSpace();
      const next = this.text[this.at];
      if (next === ">" || next === "/") return attributes;
      if (this.at === spaceStart) throw this.refuse("a tag is not closed, or misses a space");
      const name = this.name();
      if (seen.has(name)) throw this.refuse("a tag has the same attribute twice");
      seen.add(name);
      this.skipSpace();
      this.expect("=");
      this.skipSpace();
      const value = this.attributeValue();
      this.count();
      if (name !== "xmlns" && !name.startsWith("xmlns:")) attributes.push(name, value);
    }
  }

  private attributeValue(): string {
    const quote = this.text[this.at];
    if (quote !== '"' && quote !== "'") throw this.refuse("an attribute's value is not in quotes");
    const start = this.at + 1;
    const end = this.text.indexOf(quote, start);
    if (end < 0) throw this.refuse("an attribute's quote is not closed");
    const raw = this.text.slice(start, end);
    const wrong = raw.indexOf("<");
    if (wrong >= 0) throw this.refuse("< stands in an attribute", start + wrong);
    this.at = end + 1;
    // Line ends and tabs in attributes become spaces (XML 1.0, section 3.3.3); characters from references do not.
    return this.plain(/[\t\n\r]/.test(raw) ? raw.replace(/\r\n|[\t\n\r]/g, " ") : raw, start);
  }

  private endTag(): void {
    this.flush();
    const name = this.open.at(-1) as string;
    if (!this.text.startsWith(name, this.at + 2)) throw this.refuse("a closing tag is not that of the open element");
    this.at += 2 + name.length;
    this.skipSpace();
    this.expect(">");
    this.close();
  }

  private close(): void {
    this.open.pop();
    this.handler.close();
  }

  private flush(): void {
    if (this.run === "") return;
    this.count();
    this.handler.text(this.run);
    this.run = "";
  }

  private skipComment(): boolean {
    if (!this.text.startsWith("<!--", this.at)) return false;
    const end = this.text.indexOf("--", this.at + 4);
    if (end < 0 || this.text[end + 2] !== ">") throw this.refuse("a comment is not closed, or has -- in it");
    this.at = end + 3;
    return true;
  }

  private skipInstruction(): boolean {
    if (!this.text.startsWith("<?", this.at)) return false;
    const start = this.at;
    this.at += 2;
    if (this.name().toLowerCase() === "xml") throw this.refuse("an XML declaration stands elsewhere", start);
    const end = this.text.indexOf("?>", this.at);
    if (end < 0) throw this.refuse("an instruction is not closed", start);
    this.at = end + 2;
    return true;
  }

  private name(): string {
    const { text } = this;
    const start = this.at;
    let at = start;
    while (isNameCode(text.charCodeAt(at))) at++;
    const code = text.charCodeAt(at);
    if (at > start && code < 0x80 && !isDigitLike(text.charCodeAt(start))) {
      this.at = at;
      return text.slice(start, at);
    }
    NAME.lastIndex = start;
    const found = NAME.exec(text)?.[0];
    if (found === undefined) throw this.refuse("no name where one must be");
    this.at += found.length;
    return found;
  }

  private expect(character: string): void {
    if (this.text[this.at] !== character) throw this.refuse(`no ${character} where one must be`);
    this.at += 1;
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at += 1;
    }
  }

  private plain(raw: string, start: number): string {
    if (!this.hasReferences) return raw;
    return plainText(raw, this.unpacked, (offset) =>
      this.refuse("& begins no character reference and no predefined entity", start + offset),
    );
  }

  private count(): void {
    this.values += 1;
    this.unpacked.values += 1;
    if (this.values > this.limits.values) throw this.limit("values");
  }

  private limit(what: keyof Limits): FormatError {
    return new FormatError("xml", beyond(what, this.limits[what]), "limits");
  }

  private refuse(what: string, position = this.at): FormatError {
    return new FormatError("xml", `${what} (position ${position} of ${this.text.length})`);
  }
}

const NONE: readonly string[] = [];

/** ASCII letters, digits and `-.:_`, which make up nearly all names. */
function isNameCode(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x2d && code <= 0x3a && code !== 0x2f) ||
    code === 0x5f
  );
}

/** Characters that a name may contain but not begin with: digits, `-` and `.`. */
function isDigitLike(code: number): boolean {
  return code >= 0x2d && code <= 0x39;
}
