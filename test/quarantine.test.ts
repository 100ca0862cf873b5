/** docs/quarantine.md lists the reasons that there are, and no others. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { REASONS } from "../lake/reasons";

test("every reason is documented", () => {
  const text = readFileSync(path.join(__dirname, "../docs/quarantine.md"), "utf8");
  const table = text.slice(text.indexOf("| reason |"), text.indexOf("The detail holds"));
  expect([...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, reason]) => reason)).toEqual([...REASONS]);
});
