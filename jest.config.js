/** Tests run from the TypeScript sources; coverage is V8's, because instrumented functions cannot be serialized by Pulumi. */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/engines/"],
  transform: {
    "^.+\\.ts$": ["ts-jest", { tsconfig: "<rootDir>/tsconfig.json" }],
    "/node_modules/hyparquet[^/]*/.+\\.js$": "<rootDir>/test/esmTransform.js",
  },
  transformIgnorePatterns: ["/node_modules/(?!hyparquet)"],
  moduleNameMapper: {
    "^streamlake$": "<rootDir>/index.ts",
    "^streamlake/testing$": "<rootDir>/local/testing.ts",
    "^streamlake/policy$": "<rootDir>/policy/controls.ts",
  },
  coverageProvider: "v8",
  collectCoverageFrom: ["{formats,lake,functions,components,stacks,local,lint,policy,cli,plugin}/**/*.ts"],
  // A bound for what hangs, far above what any test takes on a slow machine.
  testTimeout: 180_000,
  maxWorkers: "100%",
  // Each file that serializes callbacks leaves a debugger session in its worker; a new worker takes over before they fill
  // the memory.
  workerIdleMemoryLimit: "200MB",
};
