/** Completion for fish: one `complete` for each command, option and argument. */
import type { Command } from "../command";
import type { Option } from "../options";
import { argumentWords, valueKind } from "./words";

export function fishScript(commands: readonly Command[]): string {
  const lines = commands.flatMap((command) => {
    const { name, summary, options } = command;
    const seen = `-n '__fish_seen_subcommand_from ${name}'`;
    const words = argumentWords(command);
    return [
      `complete -c streamlake -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
      ...(words.length === 0 ? [] : [`complete -c streamlake ${seen} -a ${quoted(words.join(" "))}`]),
      ...Object.entries(options).map(([option, description]) => {
        return `complete -c streamlake ${seen} -l ${option}${valuePart(description)} -d ${quoted(description.help)}`;
      }),
    ];
  });
  return `${["# Completion of streamlake for fish.", "complete -c streamlake -f", ...lines].join("\n")}\n`;
}

function valuePart(option: Option<unknown>): string {
  const kind = valueKind(option);
  if (kind === "none") return "";
  if (kind === "file") return " -r -F";
  return kind === "text" ? " -x" : ` -x -a ${quoted(kind.words.join(" "))}`;
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
