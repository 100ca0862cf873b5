/** The files that a program is loaded from: records them, and makes Node.js load them again. */
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { types } from "node:util";
import { globSync } from "tinyglobby";
import { isOfProgram } from "../../project/isOfProgram";
import { stampOf } from "../stamps";

const MODULES = "**/*.{js,mjs,ts,mts,json}";

export class ProgramFiles {
  #read = new Map<string, string>();
  #isStale = false;

  /** Records what is read by `readFileSync`, as modules are, and files that a program reads when it starts. */
  constructor() {
    const { readFileSync } = fs;
    const record = (file: unknown) => this.#record(file);
    const recording = (...args: Parameters<typeof readFileSync>) => {
      record(args[0]);
      return readFileSync(...args);
    };
    fs.readFileSync = recording as typeof readFileSync;
  }

  /** The files that were read since the last `forget`, as they were before they were read. */
  get read(): ReadonlyMap<string, string> {
    return this.#read;
  }

  /** False if the program has ES modules, which Node.js never loads a second time. */
  get canForget(): boolean {
    return !this.#isStale;
  }

  /** Removes the program's modules, so that the next `require` loads them again. */
  forget(): void {
    this.#read = new Map();
    for (const file of Object.keys(require.cache).filter((one) => isOfProgram(one))) delete require.cache[file];
    // Their parents would keep the former modules in memory.
    for (const module of Object.values(require.cache)) {
      if (module) module.children = module.children.filter(({ filename }) => !isOfProgram(filename));
    }
  }

  /** Notes ES modules, and the files in their folder, because Node.js reads those without `readFileSync`. */
  noteModules(): void {
    for (const [file, module] of Object.entries(require.cache)) {
      if (!isOfProgram(file) || !types.isModuleNamespaceObject(module?.exports)) continue;
      this.#isStale = true;
      const cwd = path.dirname(file);
      const ignore = ["**/node_modules/**", "**/.*/**"];
      for (const other of globSync(MODULES, { cwd, ignore, absolute: true })) this.#record(path.normalize(other));
    }
  }

  #record(given: unknown): void {
    if (typeof given !== "string" && !(given instanceof URL)) return;
    const file = path.resolve(typeof given === "string" ? given : fileURLToPath(given));
    if (isOfProgram(file) && !this.#read.has(file)) this.#read.set(file, stampOf(file));
  }
}
