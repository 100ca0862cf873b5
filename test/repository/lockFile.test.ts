/** The lock file serves every platform: `npm ci` refuses one that lacks an optional package of any of them. */
import { readFileSync } from "node:fs";
import * as path from "node:path";

interface Locked {
  readonly version: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync(path.join(__dirname, "../..", "package-lock.json"), "utf8")) as {
  packages: Record<string, Locked>;
};

test("every optional package of a locked package is locked too", () => {
  const missing = Object.entries(lock.packages).flatMap(([owner, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((optional) => !isLocked(owner, optional))
      .map((optional) => `${owner} → ${optional}`),
  );
  expect(missing).toEqual([]);
});

/** Beside its owner, or in any folder above. */
function isLocked(owner: string, name: string): boolean {
  const folders = owner
    .split("/node_modules/")
    .map((_, depth, parts) => parts.slice(0, depth + 1).join("/node_modules/"));
  return ["", ...folders].some((folder) => `${folder === "" ? "" : `${folder}/`}node_modules/${name}` in lock.packages);
}
