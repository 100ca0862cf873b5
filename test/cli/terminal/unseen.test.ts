/** Characters of other people's data that a terminal would obey. */
import { brief } from "../../../cli/terminal/brief";
import { escapeControls, escapeUnseen, linesOn, onOneLine } from "../../../cli/terminal/unseen";

const HOSTILE = "a\u001b[2J\n\u009bb\u202ec\u2066\u{e0001}";

test("controls and format characters become escapes, in halves above U+FFFF", () => {
  expect(escapeUnseen(HOSTILE)).toBe("a\\u001b[2J\\u000a\\u009bb\\u202ec\\u2066\\udb40\\udc01");
});

test("joiners stay: emoji and words are made of them", () => {
  expect(escapeUnseen("👨\u200d👩 می\u200cخواهم")).toBe("👨\u200d👩 می\u200cخواهم");
});

test("for programs, controls alone become escapes, which JSON reads as the same string", () => {
  const line = escapeControls(`"${HOSTILE}"`);
  expect(line).toBe('"a\\u001b[2J\\u000a\\u009bb\u202ec\u2066\u{e0001}"');
  expect(JSON.parse(line)).toBe(HOSTILE);
});

test("on one line, a space stands for controls and line ends", () => {
  expect(onOneLine("a\u001b\r\nb\u202ec")).toBe("a b\\u202ec");
  expect(brief(" a \n\t b\u202e ")).toBe("a b\\u202e");
});

test("a terminal gets lines with escapes, and a pipe as they are", () => {
  const write = () => undefined;
  expect(linesOn({ write, isTTY: true }, "a\tb\u001b[31m\r\n漢\u202e\n")).toBe("a\tb\\u001b[31m\\u000d\n漢\\u202e\n");
  expect(linesOn({ write }, "a\tb\u001b[31m\r\n漢\u202e\n")).toBe("a\tb\u001b[31m\r\n漢\u202e\n");
});
