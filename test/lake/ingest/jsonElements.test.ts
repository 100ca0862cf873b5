/** JSON arrays are cut into elements byte for byte, and broken ones are refused by position. */
import fc from "fast-check";
import { jsonElements } from "../../../lake/ingest/jsonElements";

const cut = (text: string) => [...jsonElements(Buffer.from(text))].map((element) => element.toString());

test.each([
  ["[]", []],
  [" [ ] \n", []],
  ['[{"a":1},{"a":2}]', ['{"a":1}', '{"a":2}']],
  ['[ {"a": 1.10} ,\n  {"a":"x,]}"}\t]\n', ['{"a": 1.10}', '{"a":"x,]}"}']],
  [
    '[{"a":"\\"]"},[1,[2]],"s",null,12345678901234567890]',
    ['{"a":"\\"]"}', "[1,[2]]", '"s"', "null", "12345678901234567890"],
  ],
])("%s is cut without a changed byte", (text, elements) => {
  expect(cut(text)).toEqual(elements);
});

test.each([
  [
    "",
    "The batch of 0 bytes is not a JSON array: send [{…},{…}], or send lines of JSON as application/x-ndjson, or one record to /records.",
  ],
  [
    '{"a":1}',
    "The batch of 7 bytes is not a JSON array: send [{…},{…}], or send lines of JSON as application/x-ndjson, or one record to /records.",
  ],
  ["[1,,2]", "The JSON array has an element without a value (position 3 of 6 bytes): send one whole array."],
  ["[1,]", "The JSON array has an element without a value (position 3 of 4 bytes): send one whole array."],
  ["[,1]", "The JSON array has an element without a value (position 1 of 4 bytes): send one whole array."],
  ["[1}", 'The JSON array closes with "}" (position 2 of 3 bytes): send one whole array.'],
  ["[1,2", "The JSON array is not closed (position 4 of 4 bytes): send one whole array."],
  ['["a', "The JSON array is not closed (position 3 of 3 bytes): send one whole array."],
  ['["a\\', "The JSON array is not closed (position 4 of 4 bytes): send one whole array."],
  ["[[1]", "The JSON array is not closed (position 4 of 4 bytes): send one whole array."],
  ["[1] [2]", "The JSON array goes on after its end (position 4 of 7 bytes): send one whole array."],
])("%s is refused", (text, detail) => {
  expect(() => cut(text)).toThrow(expect.objectContaining({ status: 400, detail }));
});

test("elements of any array parse to the elements of the parsed array, with any white space", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 1, "\t"), (values, indent) => {
      const elements = cut(JSON.stringify(values, null, indent));
      expect(elements.map((element) => JSON.parse(element))).toEqual(JSON.parse(JSON.stringify(values)));
    }),
    { seed: 7, numRuns: 300 },
  );
});

test("any bytes either give elements or a refusal, and elements are parts of the body", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("[", "]", "{", "}", ",", '"', "\\", " ", "1", "é") }), (text) => {
      const body = Buffer.from(`[${text}`);
      try {
        for (const element of jsonElements(body)) expect(body.includes(element)).toBe(true);
      } catch (error) {
        expect(error).toMatchObject({ name: "IngestRefusal", status: 400 });
      }
    }),
    { seed: 11, numRuns: 2000 },
  );
});
