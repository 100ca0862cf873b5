/** Completion for zsh: `_arguments` with the options and help of each command. */
import type { Command } from "../command";
import { argumentWords, valueKind } from "./words";

export function zshScript(commands: readonly Command[]): string {
  const described = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  const cases = commands.map((command) => {
    const specs = [...optionSpecs(command), ...argumentSpec(command)].map((spec) => `        ${quoted(spec)}`);
    return [`    ${command.name})`, "      _arguments -S \\", specs.join(" \\\n"), "      ;;"].join("\n");
  });
  return `${[
    "#compdef streamlake",
    "# Completion of streamlake for zsh.",
    "_streamlake() {",
    "  local -a commands",
    "  commands=(",
    ...described,
    "  )",
    "  if (( CURRENT == 2 )); then",
    "    _describe 'command' commands",
    "    return",
    "  fi",
    "  local command=$words[2]",
    "  shift words",
    "  (( CURRENT-- ))",
    "  case $command in",
    ...cases,
    "  esac",
    "}",
    "compdef _streamlake streamlake",
  ].join("\n")}\n`;
}

function optionSpecs({ options }: Command): string[] {
  return Object.entries(options).map(([name, option]) => {
    const kind = valueKind(option);
    const spec = `${option.many ? "*" : ""}--${name}[${inBrackets(option.help)}]`;
    if (kind === "none") return spec;
    const action = kind === "file" ? "_files" : kind === "text" ? "" : `(${kind.words.join(" ")})`;
    return `${spec}:${inBrackets(option.placeholder ?? "")}:${action}`;
  });
}

function argumentSpec(command: Command): string[] {
  const words = argumentWords(command);
  if (words.length > 0) return [`1:argument:(${words.join(" ")})`];
  return command.argument === undefined ? [] : [`1:${inBrackets(command.argument)}:`];
}

/** Colons and brackets end the parts of a specification. */
function inBrackets(text: string): string {
  return text.replace(/[[\]:\\]/g, "\\$&");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
