/** Decodes the text of XML: legal characters, character references, and the five predefined entities. */

import type { Unpacked } from "../row";

/** Control characters and Unicode's noncharacters; half a surrogate pair cannot occur in UTF-8. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
export const ILLEGAL_CHARACTER = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

const REFERENCE = /&(?:#x0*([0-9a-fA-F]{1,6})|#0*([0-9]{1,7})|(lt|gt|amp|apos|quot));/y;
const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", apos: "'", quot: '"' };

/** Measured (`npm run bench -- mix`): replacing a reference takes longer than reading an element. */
const VALUES_OF_REFERENCE = 2;

/**
 * The text with LF line ends and each reference replaced once; the replacement is not searched again.
 *
 * @param unpacked counts the references
 * @param errorAt makes the error for any other reference, from its offset
 */
export function plainText(raw: string, unpacked: Unpacked, errorAt: (offset: number) => Error): string {
  const text = raw.includes("\r") ? raw.replace(/\r\n?/g, "\n") : raw;
  let plain = "";
  let from = 0;
  for (let at = text.indexOf("&"); at >= 0; at = text.indexOf("&", from)) {
    REFERENCE.lastIndex = at;
    const found = REFERENCE.exec(text);
    const character = found && referenced(found);
    if (character === undefined || character === null) throw errorAt(at);
    plain += text.slice(from, at) + character;
    unpacked.values += VALUES_OF_REFERENCE;
    from = REFERENCE.lastIndex;
  }
  return from === 0 ? text : plain + text.slice(from);
}

function referenced([, hex, decimal, entity]: RegExpExecArray): string | undefined {
  if (entity !== undefined) return ENTITIES[entity];
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return isCharacter(code) ? String.fromCodePoint(code) : undefined;
}

/** True for a character of XML 1.0, section 2.2. */
function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x1_0000 && code <= 0x10_ffff);
}
