/** Lines that the Glue script tells by a pattern add what they would add if they were parsed: nothing. Needs python3. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const SEED = Number(process.env.SEED ?? 1);
const SEEDS = 100;
const hasPython = spawnSync("python3", ["-c", "import sys; assert sys.version_info >= (3, 9)"]).status === 0;
const withPython = hasPython ? test : test.skip;

withPython(
  `${SEEDS} seeded hours have the same shape and errors, from seed ${SEED}, and many lines are not parsed`,
  () => {
    const script = join(__dirname, "../support/linePatterns.py");
    const { stdout, stderr } = spawnSync("python3", [script, `${SEED}`, `${SEEDS}`], { encoding: "utf8" });
    expect(stderr).toBe("");
    const { lines, parsed, differences } = JSON.parse(stdout) as Record<string, number | number[]>;
    expect(differences).toEqual([]);
    expect(lines).toBe(30_000);
    expect(Number(parsed)).toBeLessThan(24_000);
  },
);
