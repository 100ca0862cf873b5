/** Reads the public types of the library with their comments: the arguments, outputs and methods of each component. */
import { existsSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

const ROOT = path.resolve(__dirname, "../../../..");

export interface Member {
  readonly name: string;
  /** The type as the source writes it. */
  readonly type: string;
  readonly required: boolean;
  /** The comment without its tags. */
  readonly text: string;
  readonly defaultText?: string;
  readonly examples: readonly string[];
}

/** A type that arguments use: an interface with members, or another type with its source. */
export interface NamedType {
  readonly name: string;
  readonly text: string;
  readonly members?: readonly Member[];
  readonly source?: string;
}

export interface ComponentTypes {
  readonly name: string;
  readonly text: string;
  readonly args: Omit<NamedType, "source">;
  /** The types that arguments name, and that these name, in the order in which they are named. */
  readonly types: readonly NamedType[];
  readonly outputs: readonly Member[];
  readonly nodes: readonly Member[];
  readonly methods: readonly Member[];
}

export interface PublicTypes {
  /** The classes that `index.ts` exports. */
  readonly names: readonly string[];
  component(name: string): ComponentTypes;
}

/** Other packages are not read, so that this takes a second: types keep their names, and no member comes from there. */
export function readPublicTypes(): PublicTypes {
  const options: ts.CompilerOptions = { target: ts.ScriptTarget.ES2022, strict: true, noEmit: true, types: [] };
  const host = ts.createCompilerHost(options);
  host.resolveModuleNameLiterals = (literals, from) =>
    literals.map(({ text }) => {
      const file = path.resolve(path.dirname(from), `${text}.ts`);
      const isOwn = text.startsWith(".") && existsSync(file);
      return { resolvedModule: isOwn ? { resolvedFileName: file, extension: ts.Extension.Ts } : undefined };
    });
  const index = path.join(ROOT, "index.ts");
  const program = ts.createProgram([index], options, host);
  return publicTypes(program.getTypeChecker(), program.getSourceFile(index) as ts.SourceFile);
}

function publicTypes(checker: ts.TypeChecker, index: ts.SourceFile): PublicTypes {
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(index) as ts.Symbol);
  const classes = new Map<string, ts.ClassDeclaration>();
  for (const symbol of exported) {
    const declaration = resolved(checker, symbol).declarations?.[0];
    if (declaration && ts.isClassDeclaration(declaration)) classes.set(symbol.name, declaration);
  }
  return {
    names: [...classes.keys()].sort(),
    component(name) {
      const declaration = classes.get(name);
      if (!declaration) throw new Error(`index.ts exports no class ${name}`);
      return componentTypes(checker, declaration, new Set(classes.keys()));
    },
  };
}

function componentTypes(checker: ts.TypeChecker, node: ts.ClassDeclaration, components: Set<string>): ComponentTypes {
  const maker = node.members.find(ts.isConstructorDeclaration);
  const argsNode = maker?.parameters[1]?.type;
  const own = node.members.filter((member) => !isHidden(member));
  const nodesNode = own.find((member) => member.name?.getText() === "nodes");
  if (!maker || !argsNode || !nodesNode || !ts.isPropertyDeclaration(nodesNode)) {
    throw new Error(`${node.name?.text} has no constructor with arguments, or no nodes`);
  }
  const args = membersOf(checker, checker.getTypeAtLocation(argsNode), argsNode);
  return {
    name: node.name?.text as string,
    text: textOf(checker, symbolOf(checker, node)),
    args: {
      name: argsNode.getText(),
      text: textOf(checker, checker.getTypeAtLocation(argsNode).symbol),
      members: args,
    },
    types: namedTypes(checker, checker.getTypeAtLocation(argsNode), new Set([...components, argsNode.getText()])),
    outputs: own.filter((member) => ts.isPropertyDeclaration(member) && member !== nodesNode).map(described(checker)),
    nodes: membersOf(checker, checker.getTypeAtLocation(nodesNode), nodesNode),
    methods: own.filter(ts.isMethodDeclaration).map(described(checker)),
  };
}

function isHidden(member: ts.ClassElement): boolean {
  const isPrivate = (ts.getCombinedModifierFlags(member) & (ts.ModifierFlags.Private | ts.ModifierFlags.Static)) !== 0;
  return isPrivate || ts.getJSDocTags(member).some(({ tagName }) => tagName.text === "internal");
}

function membersOf(checker: ts.TypeChecker, type: ts.Type, at: ts.Node): Member[] {
  return type
    .getProperties()
    .map((symbol) => memberOf(checker, symbol, symbol.declarations?.[0] ?? at))
    .sort((left, right) => Number(right.required) - Number(left.required));
}

function described(checker: ts.TypeChecker) {
  return (declaration: ts.ClassElement) => memberOf(checker, symbolOf(checker, declaration), declaration);
}

function memberOf(checker: ts.TypeChecker, symbol: ts.Symbol, declaration: ts.Node): Member {
  const tags = symbol.getJsDocTags(checker);
  const values = (tag: string) =>
    tags.filter(({ name }) => name === tag).map(({ text }) => ts.displayPartsToString(text).trim());
  return {
    name: symbol.name,
    type: typeText(declaration),
    required: (symbol.flags & ts.SymbolFlags.Optional) === 0,
    text: textOf(checker, symbol),
    defaultText: values("default")[0],
    examples: values("example"),
  };
}

function typeText(node: ts.Node): string {
  if (ts.isMethodDeclaration(node) || ts.isMethodSignature(node)) {
    const parameters = node.parameters.map((parameter) => parameter.getText()).join(", ");
    return `(${parameters}): ${node.type?.getText()}`;
  }
  const { type } = node as ts.PropertySignature;
  return (type?.getText() ?? "unknown").replace(/\s+/g, " ");
}

/** The types that the members of a type name, as far as they are declared here and are no components. */
function namedTypes(checker: ts.TypeChecker, type: ts.Type, seen: Set<string>): NamedType[] {
  const found: NamedType[] = [];
  const follow = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName)) add(node.typeName);
    if (ts.isExpressionWithTypeArguments(node) && ts.isIdentifier(node.expression)) return;
    ts.forEachChild(node, follow);
  };
  const add = (name: ts.Identifier): void => {
    const symbol = checker.getSymbolAtLocation(name);
    const declaration = symbol && resolved(checker, symbol).declarations?.[0];
    if (!declaration || seen.has(name.text) || !isReadable(declaration)) return;
    seen.add(name.text);
    const target = resolved(checker, symbol as ts.Symbol);
    const text = textOf(checker, target);
    if (ts.isInterfaceDeclaration(declaration)) {
      const own = checker.getDeclaredTypeOfSymbol(target);
      found.push({ name: name.text, text, members: membersOf(checker, own, declaration) });
      followMembers(own);
    } else {
      found.push({ name: name.text, text, source: sourceText(declaration) });
      follow(declaration);
    }
  };
  const followMembers = (of: ts.Type): void => {
    for (const symbol of of.getProperties()) {
      const declared = (symbol.declarations?.[0] as ts.PropertySignature | undefined)?.type;
      if (declared) follow(declared);
    }
  };
  followMembers(type);
  return found;
}

/** Without comments, which `text` has. */
function sourceText(declaration: ts.Node): string {
  return declaration.getText().replace(/^export /, "");
}

/** The documentation of formats and schemas is elsewhere. */
const ELSEWHERE = ["formats/", "lake/formats.ts", "lake/schemas/"];

function isReadable(declaration: ts.Declaration): boolean {
  const file = path.relative(ROOT, declaration.getSourceFile().fileName).split(path.sep).join("/");
  const isOwn = !file.startsWith("..") && !file.startsWith("node_modules/");
  const isType = ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration);
  return isOwn && isType && !ELSEWHERE.some((place) => file.startsWith(place));
}

function textOf(checker: ts.TypeChecker, symbol: ts.Symbol): string {
  return ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
}

function symbolOf(checker: ts.TypeChecker, declaration: ts.Node): ts.Symbol {
  return checker.getSymbolAtLocation((declaration as ts.NamedDeclaration).name as ts.Node) as ts.Symbol;
}

function resolved(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}
