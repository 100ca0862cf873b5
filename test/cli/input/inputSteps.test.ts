import { inputSteps } from "../../../cli/input/inputSteps";

test("bytes add up, and files are named relative to the directory, up to five of a kind", () => {
  const input = inputSteps();
  input.onBytes(2);
  input.onBytes(3);
  for (const name of "abcdefg") input.onConverted(`/data/in/${name}.avro`, "rows of Avro, sent as NDJSON");
  input.onConverted("standard input", "rows of Parquet, sent as NDJSON");
  input.onEmpty("/data/none.csv");
  expect(input.bytes()).toBe(5);
  expect(input.notes({ files: [], bytes: 5, note: "leaves out 1 hidden file: .a" }, "/data")).toEqual([
    "in/a.avro, in/b.avro, in/c.avro, in/d.avro, in/e.avro and 2 more: rows of Avro, sent as NDJSON",
    "standard input: rows of Parquet, sent as NDJSON",
    "none.csv: no records",
    "leaves out 1 hidden file: .a",
  ]);
});
