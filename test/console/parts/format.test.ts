import { byteCount, duration, visible } from "../../../console/parts/format";

test.each([
  ["a terminal's codes", "\u001b[31mred", "\\x1b[31mred"],
  ["text that turns around", "user\u202Etxt.exe", "user\\u{202e}txt.exe"],
  ["an invisible sign", "a\u200Bb\u0000", "a\\u{200b}b\\x00"],
  ["lines and tabs", "a\n\tb", "a\n\tb"],
  ["other scripts", "Größe 漢字 🙂", "Größe 漢字 🙂"],
])("%s is shown as text", (_, text, shown) => {
  expect(visible(text)).toBe(shown);
});

test("sizes and times have units", () => {
  expect([byteCount(999), byteCount(1_400_000), duration(12), duration(1400), duration(125_000)]).toEqual([
    "999 B",
    "1.4 MB",
    "12 ms",
    "1.4 s",
    "2 min 5 s",
  ]);
});
