/** Asks V8 for the positions of functions in the scripts that it compiled. */
import { randomUUID } from "node:crypto";
import { type Debugger, Session } from "node:inspector";
import * as vm from "node:vm";
import { Script } from "./script";

export interface FunctionLocation {
  readonly script: Script;
  /** The index of the parenthesis before the parameters in the script's code. */
  readonly parameters: number;
}

/** Returns a location for each function, or undefined for one without a script, such as a bound function. */
export function locateFunctions(functions: readonly unknown[]): (FunctionLocation | undefined)[] {
  if (functions.length === 0) return [];
  inspector ??= new Inspector();
  return inspector.locate(functions);
}

let inspector: Inspector | undefined;

/**
 * A session with V8, as Pulumi's serializer has one for captured variables. It stays connected: disconnecting it
 * beside Pulumi's crashed Node 20 in one of three runs. A session on the same thread calls back
 * before `post` returns.
 */
class Inspector {
  private readonly session = new Session();
  private readonly parsed = new Map<string, Debugger.ScriptParsedEventDataType>();
  private readonly scripts = new Map<string, Script>();
  /** The global object of a context of its own. */
  private readonly global: { functions: readonly unknown[] } = { functions: [] };
  private contextId: number | undefined;

  constructor() {
    this.session.connect();
    // Contexts of other copies of this module exist too.
    const name = `streamlake functions ${randomUUID()}`;
    vm.createContext(this.global, { name });
    this.session.on("Runtime.executionContextCreated", ({ params: { context } }) => {
      if (context.name === name) this.contextId = context.id;
    });
    this.session.on("Debugger.scriptParsed", ({ params }) => this.parsed.set(params.scriptId, params));
    this.session.post("Runtime.enable");
    // Otherwise the session would keep every object that the program logs.
    this.session.post("Runtime.disable");
    this.session.post("Debugger.enable");
  }

  locate(functions: readonly unknown[]): (FunctionLocation | undefined)[] {
    this.global.functions = functions;
    try {
      return functions.map((_, index) => {
        const position = this.positionOf(`functions[${index}]`);
        const script = position && this.scriptOf(position.scriptId);
        return script && { script, parameters: script.indexOf(position.lineNumber, position.columnNumber ?? 0) };
      });
    } finally {
      this.global.functions = [];
    }
  }

  private positionOf(expression: string): Debugger.Location | undefined {
    let position: Debugger.Location | undefined;
    const { contextId } = this;
    this.session.post("Runtime.evaluate", { ...(contextId && { contextId }), expression }, (_, answer) => {
      const objectId = answer?.result.objectId;
      if (objectId === undefined) return;
      this.session.post("Runtime.getProperties", { objectId }, (_, properties) => {
        const property = properties?.internalProperties?.find((one) => one.name === "[[FunctionLocation]]");
        position = property?.value?.value as Debugger.Location | undefined;
      });
      this.session.post("Runtime.releaseObject", { objectId });
    });
    return position;
  }

  private scriptOf(scriptId: string): Script | undefined {
    const known = this.scripts.get(scriptId);
    const parsed = this.parsed.get(scriptId);
    if (known || !parsed?.url) return known;
    let code = "";
    this.session.post("Debugger.getScriptSource", { scriptId }, (_, answer) => {
      code = answer?.scriptSource ?? "";
    });
    const script = new Script(parsed.url, parsed.sourceMapURL, code);
    this.scripts.set(scriptId, script);
    return script;
  }
}
