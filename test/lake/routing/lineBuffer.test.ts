import fc from "fast-check";
import { LineBuffer } from "../../../lake/routing/lineBuffer";

test("what was appended comes back as UTF-8, however long and in whatever parts", () => {
  const part = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.tuple(fc.constantFrom("a", "é", "€", "😀"), fc.nat(20_000)).map(([text, times]) => text.repeat(times)),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const buffer = new LineBuffer();
      for (const each of parts) buffer.append(each);
      expect(Buffer.compare(buffer.close(), Buffer.from(parts.join("")))).toBe(0);
    }),
  );
});
