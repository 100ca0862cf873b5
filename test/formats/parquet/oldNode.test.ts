/** Where Node.js does not load the Parquet reader, that is said, and no record is blamed for it. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { FormatError } from "../../../formats/formatError";
import { createDecoder } from "../support/createDecoder";

// As Node.js before 20.19 answers a `require` of an ES module.
jest.mock("hyparquet/src/metadata.js", () => {
  throw Object.assign(new Error("require() of ES Module not supported"), { code: "ERR_REQUIRE_ESM" });
});

const root = path.resolve(__dirname, "../../..");
const text = (file: string) => readFileSync(path.join(root, file), "utf8");

test("a Node.js without require of ES modules is an error that names it, not a record that cannot be used", () => {
  const payload = Buffer.from("50415231ff00000000000000000050415231", "hex");
  const decode = () => createDecoder({ parquet: {} })(payload);
  expect(decode).toThrow(
    `formats/parquet: Node.js ${process.version} does not load ES modules by require; use 20.19 or later of 20, or 22.12 or later.`,
  );
  expect(decode).not.toThrow(FormatError);
});

test("the package and the README ask for a Node.js that does", () => {
  expect(JSON.parse(text("package.json")).engines).toEqual({ node: "^20.19.0 || >=22.12.0" });
  expect(JSON.parse(text("package-lock.json")).packages[""].engines).toEqual({ node: "^20.19.0 || >=22.12.0" });
  expect(text("README.md")).toContain("Node.js (20.19 or later of 20, or 22.12 or later) and npm");
});
