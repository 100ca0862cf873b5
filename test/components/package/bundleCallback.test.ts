/** Packages: what they may capture, what they are made of, and that the same callback always gives the same bytes. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { bundleCallback, type Handler } from "../../../components/package/bundleCallback";

function run(code: string): (event: unknown) => unknown {
  const module = { exports: {} as { handler: (event: unknown) => unknown } };
  new Function("module", "exports", "require", code)(module, module.exports, require);
  return module.exports.handler;
}

const bundle = (factory: () => Handler) => bundleCallback('CallbackFunction "clicks"', factory);

test("captured plain values and callbacks travel with the callback", async () => {
  const config = { factor: 3, names: ["a", "b"], nested: { pattern: /^x/, big: 12345678901234567890n } };
  const double = (value: number) => value * 2;
  const code = await bundle(() => (event: { value: number }) => [
    double(event.value) * config.factor,
    config.names,
    config.nested.pattern.test("xy"),
    config.nested.big,
  ]);
  expect(run(code)({ value: 2 })).toEqual([12, ["a", "b"], true, 12345678901234567890n]);
});

test("hooks written as methods and as arrow functions both travel", async () => {
  const hooks = {
    arrow: (text: string) => text.toUpperCase(),
    method(text: string) {
      return text.trim();
    },
  };
  const code = await bundle(() => (text: string) => hooks.arrow(hooks.method(text)));
  expect(run(code)(" a " as never)).toBe("A");
});

test("a module required inside the body is bundled as an ordinary module, module-level state included", async () => {
  const code = await bundle(() => {
    const { hourOf } = require("../lake/hour") as typeof import("../../../lake/hour");
    return (event: { millis: number }) => hourOf(event.millis);
  });
  expect(run(code)({ millis: 0 })).toBe("1970-01-01T00");
});

test("what a hook requires resolves from the program's directory", async () => {
  const program = fs.mkdtempSync(path.join(os.tmpdir(), "program-"));
  fs.mkdirSync(path.join(program, "node_modules", "greeter"), { recursive: true });
  fs.writeFileSync(
    path.join(program, "node_modules", "greeter", "index.js"),
    "module.exports = (who) => 'hello ' + who;",
  );
  fs.writeFileSync(path.join(program, "local.js"), "module.exports = (who) => who + '!';");
  const before = process.cwd();
  process.chdir(program);
  try {
    const code = await bundle(() => {
      const greet = require("greeter");
      const shout = require("./local");
      return (who: string) => shout(greet(who));
    });
    expect(run(code)("you" as never)).toBe("hello you!");
  } finally {
    process.chdir(before);
    fs.rmSync(program, { recursive: true });
  }
});

test("a require that does not resolve is an error with the function and the module", async () => {
  const code = bundle(() => {
    require("no-such-module");
    return () => 1;
  });
  await expect(code).rejects.toThrow(
    'CallbackFunction "clicks": its callback does not bundle: Could not resolve "no-such-module"',
  );
});

class Counter {
  #count = 1;
  get count() {
    return this.#count;
  }
}

const captures: [string, unknown][] = [
  ["a Map", new Map([["a", 1]])],
  ["a Map", new WeakMap()],
  ["a Set", new Set([1])],
  ["a Date", new Date(0)],
  ["a Buffer", Buffer.from("a")],
  ["a typed array", new Uint8Array(2)],
  ["an ArrayBuffer", new ArrayBuffer(2)],
  ["an Error", new TypeError("a")],
  ["a symbol", Symbol("a")],
  ["the class Counter", Counter],
  ["an instance of Counter", new Counter()],
  ["an instance of TextDecoder", new TextDecoder()],
  ["an instance of URL", new URL("http://127.0.0.1")],
  ["a Pulumi output (its value reaches a handler by `environment`, a secret one by `secrets`)", pulumi.output(1)],
  ["a Pulumi output (its value reaches a handler by `environment`, a secret one by `secrets`)", pulumi.secret("word")],
];

test.each(captures)("capturing %s is refused, alone and inside other values", async (what, value) => {
  const nested = { list: [{ value }] };
  const message = `CallbackFunction "clicks": its callback captures ${what}, which does not survive serialization; make it inside the callback's body, or \`require\` there the module that makes it.`;
  await expect(bundle(() => () => value)).rejects.toThrow(message);
  await expect(bundle(() => () => nested.list)).rejects.toThrow(message);
});

test("what a captured callback captures is looked at too", async () => {
  const seen = new Set<string>();
  const hook = (text: string) => seen.has(text);
  await expect(bundle(() => (text: string) => hook(text))).rejects.toThrow("captures a Set");
});

test("a package over 1 MB is refused", async () => {
  const big = Array.from({ length: 200_000 }, (_, index) => `line ${index}`);
  await expect(bundle(() => () => big.length)).rejects.toThrow(
    /^CallbackFunction "clicks": its package has \d+ bytes; at most 1000000 are allowed\.$/,
  );
});

test("the package holds no path of this machine, and is the same bytes from another checkout directory", async () => {
  const callback = () => {
    const { createRouter } = require("../functions/router") as typeof import("../../../functions/router");
    const config = {
      formats: { json: {} },
      table: "records",
      prefixes: { raw: "raw/", unformatted: "unformatted/" },
      concurrentWrites: 1,
    };
    return createRouter(config, { formats: { json: () => require("../formats/json/json").json } });
  };
  const here = await bundle(callback);
  expect(here).not.toContain(path.resolve(__dirname, "../../.."));
  expect(here).not.toContain("node_modules");

  const root = path.resolve(__dirname, "../../..");
  const other = fs.mkdtempSync(path.join(os.tmpdir(), "another-checkout-with-a-longer-name-"));
  try {
    for (const room of ["formats", "lake", "functions", "components"]) {
      fs.cpSync(path.join(root, room), path.join(other, room), { recursive: true });
    }
    fs.symlinkSync(path.join(root, "node_modules"), path.join(other, "node_modules"));
    fs.copyFileSync(path.join(root, "package.json"), path.join(other, "package.json"));
    fs.copyFileSync(path.join(root, "tsconfig.json"), path.join(other, "tsconfig.json"));
    // Bundled by the copy's own sources, as another checkout would.
    const copy = require(path.join(other, "components/package/bundleCallback.ts")) as {
      bundleCallback: typeof bundleCallback;
    };
    expect(await copy.bundleCallback('CallbackFunction "clicks"', callback)).toBe(here);
  } finally {
    fs.rmSync(other, { recursive: true });
  }
});
