/** Tests on real engines, which `npm run setup:engines` sets up; they run one file after the other, engines are heavy. */
const { testPathIgnorePatterns, workerIdleMemoryLimit, ...config } = require("./jest.config.js");

module.exports = { ...config, roots: ["<rootDir>/test/engines"], testTimeout: 600_000, maxWorkers: 1 };
