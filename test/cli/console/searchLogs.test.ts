/** Lines that are added to the logs of a run. */
import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { addedLogs } from "../../../cli/console/searchLogs";
import { type SavedRun, savedRun } from "../support/savedRun";

let saved: SavedRun;
beforeEach(() => {
  saved = savedRun();
});
afterEach(() => rmSync(saved.work, { recursive: true, force: true }));

test("added lines are read once, by group and text, without the declaration of their metrics", () => {
  const { directory } = saved.run;
  const all = addedLogs(directory, { group: "", text: "" });
  const some = addedLogs(directory, { group: "aws/lambda/router", text: "FAIL" });
  expect([all(), some()]).toEqual([[], []]);
  const write = (file: string, lines: string) => {
    mkdirSync(path.join(directory, "logs", path.dirname(file)), { recursive: true });
    appendFileSync(path.join(directory, "logs", file), lines);
  };
  const metrics = '{"message":"routed","Records":3,"_aws":{"Timestamp":1,"CloudWatchMetrics":[{"Namespace":"x"}]}}';
  write("aws/lambda/router/2026/11/20/[$LATEST]0.log", `it failed\n\n${metrics}\nhalf`);
  write("aws/lambda/other/2026/11/20/[$LATEST]0.log", "it fails\n");
  const [router, other] = ["aws/lambda/router", "aws/lambda/other"];
  expect(all()).toEqual([
    { group: other, line: "it fails" },
    { group: router, line: "it failed" },
    { group: router, line: '{"message":"routed","Records":3}' },
  ]);
  expect(some()).toEqual([{ group: router, line: "it failed" }]);
  write("aws/lambda/router/2026/11/20/[$LATEST]0.log", " a line\n");
  expect([all(), some()]).toEqual([[{ group: router, line: "half a line" }], []]);
});

test("of many added lines, the last 200 are read", () => {
  const added = addedLogs(saved.run.directory, { group: "", text: "" });
  const lines = Array.from({ length: 1000 }, (_, index) => `line ${index}\n`);
  appendFileSync(path.join(saved.run.directory, "logs/aws/lambda/router/2026/11/20/[$LATEST]0.log"), lines.join(""));
  const read = added().map(({ line }) => line);
  expect([read.length, read[0], read.at(-1)]).toEqual([200, "line 800", "line 999"]);
});
