/** `streamlake init`: writes a new project into an empty directory. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { defineCommand } from "../command";
import { UsageError } from "../errors";
import { text } from "../optionKinds";
import { packageDirectory } from "../project/packageDirectory";

/** The name in the files of `template/` that the project's own name replaces. */
const TEMPLATE_NAME = "my-lake";
/** Stands for `.gitignore`, which npm leaves out of packages. */
const IGNORE_FILE = "gitignore";
/** Physical names begin with the project's name, and some have at most 63 characters. */
const MAX_NAME = 30;

export const init = defineCommand({
  name: "init",
  summary: "Writes a new project: a program, its test, and a README. It runs at once, without an AWS account.",
  argument: "DIR",
  argumentIsOptional: true,
  options: {
    library: text("SPEC", "the version of streamlake to depend on, or its tarball; this version when absent"),
  },
  notes: ["DIR is the current directory when absent. It must be empty, but for .git."],
  run: async ({ library }, io, given = ".") => {
    const directory = path.resolve(io.cwd, given);
    checkEmpty(directory, given);
    const name = projectName(directory);
    const files = {
      ...templateFiles(name),
      "package.json": packageFile(name, librarySpec(library, directory, io.cwd)),
    };
    mkdirSync(directory, { recursive: true });
    for (const [file, content] of Object.entries(files)) {
      writeFileSync(path.join(directory, file), content, { flag: "wx" });
    }
    io.stdout.write(
      [
        `The project "${name}" has ${Object.keys(files).length} files: ${Object.keys(files).sort().join(", ")}`,
        "",
        "Next:",
        ...(directory === io.cwd ? [] : [`  cd ${quoted(path.relative(io.cwd, directory))}`]),
        ...(library === undefined && isCheckout() ? FROM_CHECKOUT : []),
        "  npm install",
        "  npx streamlake local    # runs the program in one process, from records to SQL",
        "  npm test                # routes records in unit tests",
        "",
      ].join("\n"),
    );
    return 0;
  },
});

const FROM_CHECKOUT = [
  "  # streamlake runs from a checkout, and the project depends on the published version; for the checkout itself,",
  "  # make a tarball there with: npm pack; then, in an empty directory: streamlake init --library TARBALL",
];

/** A package has no sources. */
function isCheckout(): boolean {
  return existsSync(path.join(packageDirectory(), "cli/main.ts"));
}

/** For a POSIX shell. */
function quoted(name: string): string {
  return /^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}

function checkEmpty(directory: string, given: string): void {
  const found = statSync(directory, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isDirectory()) throw new UsageError(`streamlake init: ${given} is a file; name an empty directory`);
  const entries = readdirSync(directory).filter((entry) => entry !== ".git");
  if (entries.length === 0) return;
  const shown = entries.sort().slice(0, 3).join(", ");
  const more = entries.length > 3 ? ` and ${entries.length - 3} more` : "";
  throw new UsageError(
    `streamlake init: ${given === "." ? directory : given} is not empty (${shown}${more}); name a new directory: streamlake init NAME`,
  );
}

/** A name that Pulumi and npm accept, from the directory's. */
function projectName(directory: string): string {
  const words = path
    .basename(directory)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");
  const name = words.slice(0, MAX_NAME).replace(/^-+|-+$/g, "");
  return /^[a-z]/.test(name) ? name : TEMPLATE_NAME;
}

function templateFiles(name: string): Record<string, string> {
  const folder = path.join(packageDirectory(), "template");
  return Object.fromEntries(
    readdirSync(folder).map((file) => {
      const content = readFileSync(path.join(folder, file), "utf8");
      return [file === IGNORE_FILE ? ".gitignore" : file, content.replaceAll(TEMPLATE_NAME, name)];
    }),
  );
}

/** A tarball or folder that is named as a path, seen from the project; every other specifier as it is. */
function librarySpec(given: string | undefined, directory: string, cwd: string): string | undefined {
  if (given === undefined || !/^\.{0,2}\/|^[^:]*\.(tgz|tar|tar\.gz)$/.test(given)) return given;
  const file = path.resolve(cwd, given);
  if (!existsSync(file)) throw new UsageError(`streamlake init: --library: there is no file ${given}`);
  return path.isAbsolute(given) ? given : `file:${path.relative(directory, file)}`;
}

/** The versions are those that the library itself is tested with. */
function packageFile(name: string, library: string | undefined): string {
  const own = JSON.parse(readFileSync(path.join(packageDirectory(), "package.json"), "utf8")) as {
    version: string;
    devDependencies: Record<string, string>;
  };
  const tested = (...names: string[]) => Object.fromEntries(names.map((one) => [one, own.devDependencies[one] ?? "*"]));
  const project = {
    name,
    private: true,
    scripts: { local: "streamlake local", test: "vitest run --testTimeout=30000", types: "tsc" },
    dependencies: { ...tested("@pulumi/aws", "@pulumi/pulumi"), streamlake: library ?? `^${own.version}` },
    devDependencies: tested("@duckdb/node-api", "@types/node", "typescript", "vitest"),
  };
  return `${JSON.stringify(project, null, 2)}\n`;
}
