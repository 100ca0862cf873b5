/** The library as `npm install` lays it out beside programs, compiled from this checkout, with the checkout's dependencies. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { REPOSITORY } from "../pulumi/shippedStack";

export interface InstalledLibrary {
  /** The directory of the plugin in the installed package. */
  readonly plugin: string;
  /** Copies a program of this folder beside it, `"yaml"`; returns the copy's directory. */
  program(name: string): string;
  remove(): void;
}

interface Packed {
  readonly files: readonly { readonly path: string }[];
}

export function installLibrary(): InstalledLibrary {
  const app = realpathSync(mkdtempSync(path.join(tmpdir(), "installed-")));
  const modules = path.join(app, "node_modules");
  const library = path.join(modules, "streamlake");
  mkdirSync(library, { recursive: true });
  for (const name of readdirSync(path.join(REPOSITORY, "node_modules"))) {
    if (name !== "streamlake") symlinkSync(path.join(REPOSITORY, "node_modules", name), path.join(modules, name));
  }
  const build = ["-p", "tsconfig.build.json", "--noCheck", "--outDir", path.join(library, "dist")];
  execFileSync(process.execPath, [require.resolve("typescript/bin/tsc"), ...build], { cwd: REPOSITORY, stdio: "pipe" });
  // The compiled files are not there yet; the others are.
  const list = ["pack", "--dry-run", "--json", "--ignore-scripts", "--silent"];
  const [packed] = JSON.parse(execFileSync("npm", list, { cwd: REPOSITORY, encoding: "utf8" })) as Packed[];
  for (const file of packed?.files ?? []) cpSync(path.join(REPOSITORY, file.path), path.join(library, file.path));
  return {
    plugin: path.join(library, "plugin"),
    program(name) {
      const directory = path.join(app, name);
      cpSync(path.join(__dirname, name), directory, { recursive: true });
      symlinkSync(modules, path.join(directory, "node_modules"));
      return directory;
    },
    remove: () => rmSync(app, { recursive: true, force: true }),
  };
}
