/** The members that a class has in the declarations of the built package. */
import * as fs from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";

const ROOT = path.resolve(__dirname, "../../..");

/** @returns public members by name, sorted; `constructor` stands for the constructor */
export function declaredMembers(file: string, className: string): string[] {
  const { compilerOptions } = ts.readConfigFile(path.join(ROOT, "tsconfig.build.json"), ts.sys.readFile).config;
  const source = fs.readFileSync(path.join(ROOT, file), "utf8");
  const { outputText } = ts.transpileDeclaration(source, {
    compilerOptions: { stripInternal: compilerOptions.stripInternal, declaration: compilerOptions.declaration },
    fileName: file,
  });
  const declarations = ts.createSourceFile("declarations.d.ts", outputText, ts.ScriptTarget.ES2022, true);
  const found = declarations.statements.find(
    (statement): statement is ts.ClassDeclaration =>
      ts.isClassDeclaration(statement) && statement.name?.text === className,
  );
  if (!found) throw new Error(`${file} declares no class ${className}`);
  const members = found.members.filter((member) => !(ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private));
  return [...new Set(members.map((member) => member.name?.getText() ?? "constructor"))].sort();
}
