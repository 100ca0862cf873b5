import { gzipSync } from "node:zlib";
import { consoleAssets } from "../../../cli/console/assets";

test("the page's script and style have at most 60 kB, gzipped", () => {
  const files = consoleAssets();
  const bytes = [files["app.js"], files["app.css"]].map((text) => gzipSync(text).length);
  expect(bytes.every((count) => count > 1000)).toBe(true);
  expect(bytes.reduce((sum, count) => sum + count, 0)).toBeLessThan(60_000);
});

test("the script evaluates no strings and writes no HTML of its own", () => {
  const script = consoleAssets()["app.js"];
  expect(script).not.toMatch(/\beval\(|new Function\(|insertAdjacentHTML|document\.write/);
});
