/** `streamlake completion`: prints a script that completes commands, options and values in a shell. */
import { type Command, defineCommand } from "../command";
import { bashScript } from "../completion/bashScript";
import { fishScript } from "../completion/fishScript";
import { zshScript } from "../completion/zshScript";
import { UsageError } from "../errors";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
const SHELLS = Object.keys(SCRIPTS) as (keyof typeof SCRIPTS)[];

/** @param commands every command, this one included */
export function completion(commands: () => readonly Command[]): Command {
  return defineCommand({
    name: "completion",
    summary: "Prints a script that completes streamlake's commands, options and values in a shell.",
    argument: SHELLS.join("|"),
    options: {},
    notes: [
      "The script is made from the options of every command; these lines load it anew with each shell:",
      "",
      "  source <(streamlake completion bash)           in ~/.bashrc",
      "  source <(streamlake completion zsh)            in ~/.zshrc, after compinit",
      "  streamlake completion fish | source            in ~/.config/fish/config.fish",
      "",
      "It completes streamlake where that is on the PATH: after npm install --global streamlake, or with node_modules/.bin on it.",
    ],
    run: async (_options, io, given) => {
      const shell = SHELLS.find((name) => name === given);
      if (!shell) throw new UsageError(`streamlake completion: "${given}" is not one of ${SHELLS.join(", ")}`);
      io.stdout.write(SCRIPTS[shell](commands()));
      return 0;
    },
  });
}
