/** Defines a subcommand from one table of options, which gives both its help and its values. */
import { UsageError } from "./errors";
import { choice, flag } from "./optionKinds";
import { type Option, type Options, readOptions, type Values } from "./options";
import { COLOR_WHEN, type ColorWhen, type Io } from "./terminal/io";

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The positional argument as the help shows it; absent for a command without one. */
  readonly argument?: string;
  /** By name; with `--help`. */
  readonly options: Options;
  /** Resolves to the exit code. */
  run(argv: readonly string[], io: Io): Promise<number>;
}

export interface CommandDefinition<O extends Options> {
  readonly name: string;
  readonly summary: string;
  /** The positional argument as the help shows it, `"SQL"`; absent for a command without one. */
  readonly argument?: string;
  /** True if the command also runs without its argument. @default false */
  readonly argumentIsOptional?: boolean;
  readonly options: O;
  /** True for output with tables or colours; adds the option `--color`. @default false */
  readonly hasColors?: true;
  /** Lines below the options: examples, exit codes. */
  readonly notes?: readonly string[];
  run(values: Values<O>, io: Io, argument: string | undefined): Promise<number>;
}

const COLOR = choice(
  "WHEN",
  "auto, always or never: when output has colours; auto is on a terminal without NO_COLOR",
  COLOR_WHEN,
  "auto",
);

export function defineCommand<O extends Options>(definition: CommandDefinition<O>): Command {
  const options: Options = {
    ...definition.options,
    ...(definition.hasColors && { color: COLOR }),
    help: flag("prints this help"),
  };
  return {
    name: definition.name,
    summary: definition.summary,
    ...(definition.argument !== undefined && { argument: definition.argument }),
    options,
    run: async (argv, io) => {
      if (argv.includes("--help") || argv.includes("-h")) {
        io.stdout.write(helpOf(definition, options));
        return 0;
      }
      const { values, positionals } = readOptions(definition.name, options, argv);
      const wanted = definition.argument ? 1 : 0;
      const extra = positionals[wanted];
      if (extra !== undefined)
        throw new UsageError(`streamlake ${definition.name}: unexpected argument "${extra}"; see --help`);
      if (positionals.length < wanted && !definition.argumentIsOptional) {
        throw new UsageError(`streamlake ${definition.name}: ${definition.argument} is missing; see --help`);
      }
      // Not a copy: to read standard input is to open it.
      const colored: Io = Object.create(io, { color: { value: values.color as ColorWhen | undefined } });
      return definition.run(values as Values<O>, colored, positionals[0]);
    },
  };
}

function helpOf<O extends Options>(definition: CommandDefinition<O>, options: Options): string {
  const { argument: name, argumentIsOptional } = definition;
  const argument = name === undefined ? "" : argumentIsOptional ? ` [${name}]` : ` "${name}"`;
  const rows = Object.entries(options).map(([name, option]) => [signature(name, option), describe(option)] as const);
  const width = Math.max(...rows.map(([left]) => left.length));
  const lines = [
    `streamlake ${definition.name}${argument} [options]`,
    "",
    definition.summary,
    "",
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
  ];
  if (definition.notes) lines.push("", ...definition.notes);
  return `${lines.join("\n")}\n`;
}

function signature(name: string, option: Option<unknown>): string {
  return option.placeholder ? `--${name} ${option.placeholder}` : `--${name}`;
}

function describe(option: Option<unknown>): string {
  const { initial } = option;
  if (initial === undefined || initial === false || (Array.isArray(initial) && initial.length === 0))
    return option.help;
  return `${option.help} (default ${Array.isArray(initial) ? initial.join(",") : initial})`;
}
