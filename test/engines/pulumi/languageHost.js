#!/usr/bin/env node

// Pulumi's Node.js language host, as the engine starts it: the host that the toolchain builds, and RunPlugin, which
// that one refuses. Components and policy packs written in Node.js are run by the SDK's own entry points.
const { spawn } = require("node:child_process");
const path = require("node:path");
const readline = require("node:readline");
const grpc = require("@grpc/grpc-js");
const { LanguageRuntimeService } = require("@pulumi/pulumi/proto/language_grpc_pb");
const { RunPluginResponse } = require("@pulumi/pulumi/proto/language_pb");

const BUILT_HOST = path.resolve(__dirname, "../../../.engines/pulumi/hosts/pulumi-language-nodejs");
const UNBOUNDED = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
const asIs = (bytes) => bytes;

const host = spawn(BUILT_HOST, process.argv.slice(2), { stdio: ["ignore", "pipe", "inherit"] });
host.on("error", (error) => {
  console.error(`pulumi-language-nodejs: ${error.message}; npm run setup:engines builds it`);
  process.exit(1);
});
host.on("exit", (code) => process.exit(code ?? 1));
process.on("exit", () => host.kill());
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));

// The host's first line is its port; so is ours.
readline.createInterface({ input: host.stdout }).once("line", (port) => {
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), UNBOUNDED);
  const server = new grpc.Server(UNBOUNDED);
  server.addService(...withRunPlugin(forwarding(client)));
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, ownPort) => {
    if (error) throw error;
    console.log(ownPort);
  });
});

/** Every method with its bytes untouched, so that no field of a newer engine is lost on the way. */
function forwarding(client) {
  const definition = {};
  const implementation = {};
  for (const [name, method] of Object.entries(LanguageRuntimeService)) {
    definition[name] = {
      ...method,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    };
    implementation[name] = method.responseStream
      ? (call) => {
          const answers = client.makeServerStreamRequest(method.path, asIs, asIs, call.request, call.metadata);
          answers.on("error", (error) => call.emit("error", error));
          answers.pipe(call);
        }
      : (call, answer) => client.makeUnaryRequest(method.path, asIs, asIs, call.request, call.metadata, answer);
  }
  return [definition, implementation];
}

function withRunPlugin([definition, implementation]) {
  return [
    { ...definition, runPlugin: LanguageRuntimeService.runPlugin },
    { ...implementation, runPlugin },
  ];
}

/** Runs a program as a plugin for as long as the engine listens: its output goes to the engine, its exit code last. */
function runPlugin(call) {
  const request = call.request;
  const program = request.getInfo().getProgramDirectory();
  const [entry, args] =
    request.getKind() === "analyzer"
      ? ["run-policy-pack", [...request.getArgsList(), program]]
      : ["run-plugin", [program, ...request.getArgsList()]];
  const script = require.resolve(`@pulumi/pulumi/cmd/${entry}`, { paths: [program] });
  const env = Object.fromEntries(request.getEnvList().map((line) => line.split(/=(.*)/s, 2)));
  const plugin = spawn(process.execPath, [script, ...args], { cwd: request.getPwd(), env });
  const send = (set, value) => call.write(RunPluginResponse.prototype[set].call(new RunPluginResponse(), value));
  plugin.stdout.on("data", (bytes) => send("setStdout", bytes));
  plugin.stderr.on("data", (bytes) => send("setStderr", bytes));
  plugin.on("error", (error) => call.emit("error", error));
  plugin.on("close", (code) => {
    send("setExitcode", code ?? 1);
    call.end();
  });
  call.on("cancelled", () => plugin.kill());
  process.on("exit", () => plugin.kill());
}
