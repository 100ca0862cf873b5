/** Completion for bash: one function with a table of options for each command. */
import type { Command } from "../command";
import { argumentWords, valueKind } from "./words";

/** Names of files may have spaces, so that only line ends part them. */
const FILES = ` local IFS=$'\\n'; COMPREPLY=($(compgen -f -- "$current"));`;

export function bashScript(commands: readonly Command[]): string {
  const names = [...commands.map(({ name }) => name), "--help", "--version"];
  const values = commands.flatMap(({ name, options }) =>
    Object.entries(options).flatMap(([option, description]) => {
      const kind = valueKind(description);
      if (kind === "none") return [];
      const reply = kind === "text" ? "" : kind === "file" ? FILES : wordsReply(kind.words);
      return [`    "${name} --${option}")${reply} return ;;`];
    }),
  );
  const options = commands.map((command) => {
    const words = Object.keys(command.options).map((option) => `--${option}`);
    return `    ${command.name}) options="${words.join(" ")}"; words="${argumentWords(command).join(" ")}" ;;`;
  });
  return `${[
    "# Completion of streamlake for bash.",
    "_streamlake() {",
    "  COMPREPLY=()",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text is a script of bash
    '  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD - 1]}" command="${COMP_WORDS[1]}"',
    '  local options="" words=""',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `   ${wordsReply(names)}`,
    "    return",
    "  fi",
    '  case "$command $previous" in',
    ...values,
    "  esac",
    '  case "$command" in',
    ...options,
    "  esac",
    '  case "$current" in',
    '    -*) COMPREPLY=($(compgen -W "$options" -- "$current")) ;;',
    '    *) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;',
    "  esac",
    "}",
    "complete -o filenames -F _streamlake streamlake",
  ].join("\n")}\n`;
}

function wordsReply(words: readonly string[]): string {
  return ` COMPREPLY=($(compgen -W "${words.join(" ")}" -- "$current"));`;
}
