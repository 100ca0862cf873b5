/** The helper that runs the CLI, where there is none. */
import { engineTools } from "./engine";

test("without the CLI a test says how to get it", () => {
  expect(() => engineTools("/nowhere/.engines/pulumi")).toThrow(
    /nowhere\/\.engines\/pulumi; run npm run setup:engines first$/,
  );
});
