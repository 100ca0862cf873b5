import { csvOf, jsonOf } from "../../../console/parts/resultFiles";

const RESULT = {
  columns: [
    { name: "id", type: "bigint" },
    { name: "note, long", type: "varchar" },
    { name: "ok", type: "boolean" },
    { name: "price", type: "decimal(10,2)" },
  ],
  rows: [
    ["7", 'says "hi",\nthen leaves', "true", "1.50"],
    ["9007199254740993", "", "false", null],
    [null, null, null, null],
  ],
};

test("CSV quotes what needs it, and keeps nulls and empty strings apart", () => {
  expect(csvOf(RESULT)).toBe(
    'id,"note, long",ok,price\r\n7,"says ""hi"",\nthen leaves",true,1.50\r\n9007199254740993,"",false,\r\n,,,\r\n',
  );
});

test("JSON has numbers where it keeps them exactly", () => {
  expect(JSON.parse(jsonOf(RESULT))).toEqual([
    { id: 7, "note, long": 'says "hi",\nthen leaves', ok: true, price: "1.50" },
    { id: "9007199254740993", "note, long": "", ok: false, price: null },
    { id: null, "note, long": null, ok: null, price: null },
  ]);
});

test("JSON numbers columns of one name, and takes no name that another column has", () => {
  const columns = ["n", "n", "n_2", "n"].map((name) => ({ name, type: "integer" }));
  expect(JSON.parse(jsonOf({ columns, rows: [["1", "2", "3", "4"]] }))).toEqual([{ n: 1, n_3: 2, n_2: 3, n_4: 4 }]);
});

test("CSV of one column has no empty line, and quotes cells with spaces at their ends", () => {
  const columns = [{ name: "note", type: "varchar" }];
  expect(csvOf({ columns, rows: [["a"], [null], [""], [" b"]] })).toBe('note\r\na\r\n""\r\n""\r\n" b"\r\n');
});
