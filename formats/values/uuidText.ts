/** Writes UUIDs as text: `b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63`. */
import { asciiText } from "./asciiText";

const HEX = Buffer.from("0123456789abcdef", "latin1");
const text = Buffer.from("00000000-0000-0000-0000-000000000000", "latin1");
/** The position of each byte's two digits. */
const PLACES = Uint8Array.of(0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34);

/** The text of 16 bytes; the caller checks that they exist. */
export function uuidText(bytes: Uint8Array, start: number): string {
  for (let index = 0; index < PLACES.length; index++) {
    const byte = bytes[start + index] as number;
    const place = PLACES[index] as number;
    text[place] = HEX[byte >> 4] as number;
    text[place + 1] = HEX[byte & 15] as number;
  }
  return asciiText(text, 0, text.length) as string;
}
