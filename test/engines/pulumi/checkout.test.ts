/** The same commit in another directory, with packages installed anew: its deployment changes nothing. */
import { execFileSync } from "node:child_process";
import { cpSync, lstatSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { openStack, packages, REPOSITORY, type StackOnLocalAws } from "./shippedStack";

let stack: StackOnLocalAws;
let elsewhere: string;
beforeAll(async () => {
  stack = await openStack({ stack: "dev" });
  elsewhere = path.join(realpathSync(mkdtempSync(path.join(tmpdir(), "checkout-"))), "another directory", "lake");
});
afterAll(async () => {
  await stack?.close();
  if (elsewhere) rmSync(path.dirname(path.dirname(elsewhere)), { recursive: true, force: true });
});

test("from another checkout, after npm ci there, up changes nothing and makes the same packages", async () => {
  expect(await stack.engine.up()).toMatchObject({ code: 0, errors: [] });
  const before = packages(stack);

  for (const file of filesOf(REPOSITORY)) cpSync(path.join(REPOSITORY, file), path.join(elsewhere, file));
  execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: elsewhere, stdio: "pipe" });
  stack.engine.runProgram(path.join(elsewhere, "stacks/index.ts"));

  const again = await stack.engine.up();
  expect(again).toMatchObject({ code: 0, errors: [], warnings: [] });
  expect(Object.keys(again.changes)).toEqual(["same"]);
  expect(packages(stack)).toEqual(before);
});

/** What a commit of the working directory would hold. Links are left out: `npm ci` would empty what a linked node_modules leads to. */
function filesOf(directory: string): string[] {
  const list = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const names = execFileSync("git", list, { cwd: directory, encoding: "utf8" }).split("\0");
  return names.filter((name) => name && lstatSync(path.join(directory, name), { throwIfNoEntry: false })?.isFile());
}
