/** Reads the checkout's own source: its files, what each imports and exports, and how the files depend on each other. */
import * as fs from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";

export const ROOT = path.resolve(__dirname, "../../..");

/** Folders that hold no source of the project. */
const SKIPPED = new Set(["node_modules", "dist", "coverage", "fixtures"]);

export interface Import {
  readonly file: string;
  readonly specifier: string;
  /** A `require` inside a function, or an `import("…")` type beside it. */
  readonly inCallback: boolean;
}

export interface SourceFile {
  /** From the root, with `/`: `lake/hour.ts`. */
  readonly file: string;
  readonly lines: number;
  readonly text: string;
  readonly imports: readonly Import[];
  /** Names of exported functions, classes and constants; types are left out. */
  readonly exports: readonly string[];
}

/** Every file below a folder, by its path from the root. */
export function filesBelow(folder: string): string[] {
  return fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) || entry.name.startsWith(".") ? [] : filesBelow(name);
    return [name];
  });
}

/** Every folder below a folder, itself included. */
export function foldersBelow(folder: string): string[] {
  const names = filesBelow(folder).map((file) => path.posix.dirname(file));
  const withParents = names.flatMap((name) =>
    name.split("/").map((_, index, parts) => parts.slice(0, index + 1).join("/")),
  );
  return [...new Set(withParents)].sort();
}

/** Parses one TypeScript file. */
export function readSource(file: string): SourceFile {
  const text = fs.readFileSync(path.join(ROOT, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  return {
    file,
    text,
    lines: text.split("\n").length - 1,
    imports: importsOf(file, source),
    exports: exportsOf(source),
  };
}

/** Lists every import, export from, `require`, dynamic import and import type of a file. */
function importsOf(file: string, source: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, inCallback: boolean) => {
    if (specifier && ts.isStringLiteralLike(specifier)) found.push({ file, specifier: specifier.text, inCallback });
  };
  const visit = (node: ts.Node, inFunction: boolean): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier, false);
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, inFunction);
    if (ts.isCallExpression(node)) {
      const isRequire = ts.isIdentifier(node.expression) && node.expression.text === "require";
      if (isRequire || node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], inFunction);
    }
    const entersFunction = ts.isFunctionLike(node);
    ts.forEachChild(node, (child) => visit(child, inFunction || entersFunction));
  };
  visit(source, false);
  return found;
}

function exportsOf(source: ts.SourceFile): string[] {
  return source.statements.flatMap((statement) => {
    const isExported = ts.canHaveModifiers(statement)
      ? ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
      : false;
    if (!isExported) return [];
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.map(({ name }) => name.getText(source));
    }
    const isValue = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
    return isValue && statement.name ? [statement.name.text] : [];
  });
}

/** Which file each import of these sources leads to; imports of packages and of other files are left out. */
export function dependencies(sources: readonly SourceFile[]): Map<string, Set<string>> {
  const known = new Set(sources.map(({ file }) => file));
  return new Map(
    sources.map(({ file, imports }) => {
      const targets = imports.flatMap(({ specifier }) => {
        if (!specifier.startsWith(".")) return [];
        const base = path.posix.join(path.posix.dirname(file), specifier);
        return [`${base}.ts`, `${base}.tsx`, `${base}/index.ts`].filter((target) => known.has(target));
      });
      return [file, new Set(targets)] as const;
    }),
  );
}

/** Groups of files that import each other in a loop (Tarjan's strongly connected components), each sorted. */
export function circles(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const indexOf = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): number => {
    const index = indexOf.size;
    indexOf.set(file, index);
    lowest.set(file, index);
    stack.push(file);
    for (const target of graph.get(file) ?? []) {
      const low = indexOf.has(target)
        ? stack.includes(target)
          ? (indexOf.get(target) as number)
          : index
        : visit(target);
      lowest.set(file, Math.min(lowest.get(file) as number, low));
    }
    if (lowest.get(file) === index) {
      const members = stack.splice(stack.indexOf(file));
      if (members.length > 1) found.push(members.sort());
    }
    return lowest.get(file) as number;
  };
  for (const file of graph.keys()) if (!indexOf.has(file)) visit(file);
  return found.sort();
}
