/** Parses the arguments of a command by its table of options; throws a `UsageError` for wrong ones. */
import { parseArgs } from "node:util";
import { UsageError } from "./errors";
import { suggestion } from "./terminal/nearest";

/** One option: its help, its default, and how it reads a value. */
export interface Option<T> {
  /** `"N"`, `"FILE …"`; absent for a flag, which takes no value. */
  readonly placeholder?: string;
  readonly help: string;
  readonly initial: T;
  /** Allows several values after the name: `--input a.csv b.csv`. */
  readonly many?: boolean;
  /** The only values, for completion in shells. */
  readonly known?: readonly string[];
  /** Returns the new value for the argument `text`; throws an `Error` that states which values are valid. */
  read(previous: T, text: string): T;
}

// biome-ignore lint/suspicious/noExplicitAny: one table holds options of different types; Values restores the type of each
export type Options = Readonly<Record<string, Option<any>>>;
export type Values<O extends Options> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never };

/** @param command `"local"`; every error message begins with it */
export function readOptions<O extends Options>(
  command: string,
  options: O,
  argv: readonly string[],
): { values: Values<O>; positionals: string[] } {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, option]) => [
      name,
      { type: option.placeholder ? "string" : "boolean" } as const,
    ]),
  );
  const { tokens } = parseArgs({
    args: [...argv],
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, unknown> = mapInitial(options);
  const positionals: string[] = [];
  const give = (name: string, text: string) => {
    try {
      values[name] = (options[name] as Option<unknown>).read(values[name], text);
    } catch (error) {
      throw new UsageError(`streamlake ${command}: --${name} ${(error as Error).message}`, { cause: error });
    }
  };

  let open: string | undefined;
  for (const token of tokens) {
    if (token.kind === "positional") {
      if (open) give(open, token.value);
      else positionals.push(token.value);
      continue;
    }
    open = undefined;
    if (token.kind === "option-terminator") continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (!option) {
      const meant = suggestion(token.name, Object.keys(options), "--");
      throw new UsageError(`streamlake ${command}: unknown option ${token.rawName}${meant || "; see --help"}`);
    }
    if (!option.placeholder) {
      if (token.value !== undefined) throw new UsageError(`streamlake ${command}: --${token.name} takes no value`);
      give(token.name, "");
      continue;
    }
    // A negative number is a value, which the option then accepts or refuses.
    const optionLike = !token.inlineValue && /^-[^\d.]/.test(token.value ?? "");
    if (token.value === undefined || optionLike) {
      throw new UsageError(`streamlake ${command}: --${token.name} needs a value, ${option.placeholder}`);
    }
    give(token.name, token.value);
    if (option.many) open = token.name;
  }
  return { values: values as Values<O>, positionals };
}

function mapInitial(options: Options): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, option.initial]));
}
