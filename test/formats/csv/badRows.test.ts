import type { CsvOptions } from "../../../formats/csv/options";
import { FormatError } from "../../../formats/formatError";
import type { DecodedRecord } from "../../../formats/row";
import { createDecoder } from "../support/createDecoder";
import { type Seeded, seeded } from "../support/seeded";

function decode(text: string, csv: CsvOptions = {}): DecodedRecord {
  return createDecoder({ csv })(Buffer.from(text));
}

/** Good rows by place, and of bad rows the place, the detail and the payload. */
function outcome(text: string, csv?: CsvOptions) {
  const { rows, separate } = decode(text, csv);
  return {
    good: rows.map(({ row }, index) => [separate?.places[index] ?? index, ...Object.values(row)]),
    bad: (separate?.refused ?? []).map(({ place, error }) => [
      place,
      error.detail,
      Buffer.from(separate?.payload(place) ?? []).toString(),
    ]),
  };
}

function refusal(text: string, csv?: CsvOptions): string {
  try {
    return `${decode(text, csv).rows.length} rows`;
  } catch (error) {
    return (error as FormatError).detail;
  }
}

test("a bad row stands beside the good ones, with the header before it", () => {
  expect(outcome("a,b\r\n1,2\r\n3\r\n4,5\r\n")).toEqual({
    good: [
      [0, "1", "2"],
      [2, "4", "5"],
    ],
    bad: [[1, "line 3: 1 cell for 2 columns", "a,b\r\n3\r\n"]],
  });
});

test.each([
  ["too many cells", "1,2,3", "line 3: 3 cells for 2 columns"],
  ["text behind a closing quote", '"1"x,2', "line 3: text follows a closing quote"],
  ["blanks before an opening quote", '1, "2"', "line 3: blanks before an opening quote"],
])("a row with %s is bad by itself", (_, row, detail) => {
  expect(outcome(`a,b\n1,2\n${row}\n3,4\n`).bad).toEqual([[1, detail, `a,b\n${row}\n`]]);
});

test("a quote that is not closed in the last row is a bad row, which keeps its missing line end", () => {
  expect(outcome('a,b\n1,2\n3,"4').bad).toEqual([[1, "line 3: a quote is not closed", 'a,b\n3,"4']]);
});

test("rows without a header are bad by their own bytes", () => {
  const csv = { header: false, columns: ["a", "b"], delimiter: "," } as const;

  expect(outcome("1,2\n3\n4,5\n", csv).bad).toEqual([[1, "line 2: 1 cell for 2 columns", "3\n"]]);
});

test("without a header and a declared delimiter the record is refused: a row by itself could be split at another one", () => {
  const csv = { header: false, columns: ["a", "b"] };

  expect(() => outcome("beer;12\nwine;1,5;x\ngin;3\n", csv)).toThrow("line 2: 3 cells for 2 columns");
});

test("characters beyond ASCII and a byte order mark leave the bytes of a bad row as they are", () => {
  expect(outcome("\ufeffü,b\n1,2\nŁódź 🌡\n").bad).toEqual([[1, "line 3: 1 cell for 2 columns", "ü,b\nŁódź 🌡\n"]]);
});

test.each([
  ["a quote that swallows the next rows", 'a,b\n1,2\n3,"4\n5,6\n7,8\n', "line 3: a quote is not closed"],
  ["a quote that ends in another row", 'a,b\n1,2\n3,"4\n5,"6"\n7,8\n', "line 4: text follows a closing quote"],
  ["a bad row of several lines", 'a,b\n1,2\n"3\n3"\n7,8\n', "line 3: 1 cell for 2 columns"],
  [
    "a bad line whose last quote opens a cell",
    'a,b\n1,2\n3, "4",5","6\n7",8\n9,9\n',
    "line 3: blanks before an opening quote",
  ],
  ["more bad rows than good ones", "a,b\n1,2\n3\n4\n", "line 3: 1 cell for 2 columns"],
  ["no good row", "a,b\n1\n", "line 2: 1 cell for 2 columns"],
  ["a delimiter that is not certain", "a,b;c\n1,2\n3\n4,5\n", "line 3: 1 cell for 2 columns"],
])("%s refuses the record", (_, text, detail) => {
  expect(refusal(text)).toBe(detail);
});

test("more than 1,000 bad rows refuse the record", () => {
  const text = (bad: number) => `a,b\n${"1,2\n".repeat(2_000)}${"3\n".repeat(bad)}`;

  expect(refusal(text(1_000))).toBe("2000 rows");
  expect(refusal(text(1_001))).toBe("line 3002: 1 cell for 2 columns");
});

test("a declared delimiter is certain", () => {
  expect(outcome("a,b;c\n1,2\n3\n4,5\n", { delimiter: "," }).bad).toEqual([
    [1, "line 3: 1 cell for 2 columns", "a,b;c\n3\n"],
  ]);
});

test('onBadRow "record" refuses the record for one bad row', () => {
  expect(refusal("a,b\n1,2\n3\n4,5\n", { onBadRow: "record" })).toBe("line 3: 1 cell for 2 columns");
});

const SEED = 20261121;
const CELLS = ["1", "", "ü", 'a "b" c', '"q"', '"x, y"', '"two ""q"""', '7"', "🌡"];
const BAD = ["1", "1,2,3,4", '"1"x,2,3', '1, "2",3', "ü"];

function lines(random: Seeded): { good: string[]; bad: string[]; text: string } {
  const end = random.pick(["\n", "\r\n", "\r"]);
  const rows = Array.from({ length: 1 + random.below(12) }, () =>
    random.below(4) === 0
      ? { isBad: true, line: random.pick(BAD) }
      : { isBad: false, line: [0, 1, 2].map(() => random.pick(CELLS)).join(",") },
  );
  const [good, bad] = [false, true].map((is) => rows.filter(({ isBad }) => isBad === is).map(({ line }) => line));
  const header = `a,b,c${end}`;
  return { good: good ?? [], bad: bad ?? [], text: header + rows.map(({ line }) => line + end).join("") };
}

test(`rows in are good rows and bad rows out, byte for byte, seed ${SEED}`, () => {
  const random = seeded(SEED);
  let separated = 0;
  for (let round = 0; round < 300; round++) {
    const { good, bad, text } = lines(random);
    if (good.length === 0 || bad.length > good.length) {
      expect(() => decode(text)).toThrow(FormatError);
      continue;
    }
    const { rows, separate } = decode(text);
    const places = [...(separate?.places ?? []), ...(separate?.refused ?? []).map(({ place }) => place)];
    const all = [...places].sort((left, right) => left - right);
    expect(all).toEqual(all.map((_, index) => index));
    expect([rows.length, separate?.refused.length]).toEqual([good.length, bad.length]);
    const header = /^a,b,c(?:\r\n|\r|\n)/.exec(text)?.[0] ?? "";
    const bytes = all.map((place) =>
      Buffer.from(separate?.payload(place) ?? [])
        .toString()
        .slice(header.length),
    );
    expect(header + bytes.join("")).toBe(text);
    separated += bad.length > 0 ? 1 : 0;
  }
  expect(separated).toBeGreaterThan(50);
});
