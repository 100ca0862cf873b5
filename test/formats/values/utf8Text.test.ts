/** Texts of binary formats: the characters of valid UTF-8 of any length, and nothing for any other bytes. */
import { isUtf8 } from "node:buffer";
import { utf8Text } from "../../../formats/values/utf8Text";
import { seeded } from "../support/seeded";

test.each([
  ["nothing", "", ""],
  ["ASCII", "6f72646572", "order"],
  ["the last character of ASCII", "7f", "\x7f"],
  ["forty characters of ASCII", "61".repeat(40), "a".repeat(40)],
  ["forty-one characters of ASCII", "61".repeat(41), "a".repeat(41)],
  ["two, three and four bytes a character", "c3bce69db1f09f8ca1", "ü東🌡"],
  ["U+FFFD itself", "61efbfbd", "a\ufffd"],
  ["bytes past ASCII that begin no character", "61ff", undefined],
  ["a character that is cut short", "61e69d", undefined],
  ["a character in more bytes than it needs", "c080", undefined],
  ["half a surrogate pair", "eda080", undefined],
  ["beyond U+10FFFF", "f4908080", undefined],
  ["U+FFFD and a byte that begins no character", "efbfbdff", undefined],
  ["a wrong byte behind forty characters", `${"61".repeat(40)}ff`, undefined],
])("%s", (_name, hex, text) => {
  const bytes = Buffer.from(`ff${hex}ff`, "hex");
  expect(utf8Text(bytes, 1, bytes.length - 1)).toBe(text);
});

test("of any bytes, texts are those that Node.js takes for UTF-8", () => {
  const random = seeded(20);
  const units = ["61", "7f", "00", "c3bc", "e69db1", "f09f8ca1", "efbfbd"].map((hex) => Buffer.from(hex, "hex"));
  let texts = 0;
  for (let count = 0; count < 20_000; count++) {
    const bytes = Buffer.concat(Array.from({ length: random.below(24) }, () => random.pick(units)));
    if (bytes.length > 0 && random.below(2) === 0) bytes[random.below(bytes.length)] = random.below(256);
    const text = utf8Text(bytes, 0, bytes.length);
    expect(text).toBe(isUtf8(bytes) ? bytes.toString("utf8") : undefined);
    if (text !== undefined) texts += 1;
  }
  expect(texts).toBeGreaterThan(10_000);
});
