import { UsageError } from "../../cli/errors";
import { duration, flag, integer, list, names, secondsRange, share, text } from "../../cli/optionKinds";
import { readOptions } from "../../cli/options";

const OPTIONS = {
  stack: text("NAME", "the stack", "dev"),
  input: list("FILE …", "files"),
  records: integer("N", "how many", { initial: 1000, min: 0, max: 100 }),
  malformed: share("SHARE", "malformed", 0.2),
  formats: names("LIST", "formats", ["json", "csv", "binary"] as const),
  delay: secondsRange("SECONDS", "pause"),
  every: duration("TIME", "interval"),
  serve: flag("keep running"),
};

test("nothing given leaves every option at its default", () => {
  expect(readOptions("local", OPTIONS, [])).toEqual({
    values: {
      stack: "dev",
      input: [],
      records: 1000,
      malformed: 0.2,
      formats: ["json", "csv", "binary"],
      delay: undefined,
      every: undefined,
      serve: false,
    },
    positionals: [],
  });
});

test("options are read in both spellings, lists take several values, the rest is positional", () => {
  const argv = ["SELECT 1", "--input", "a.csv", "b.csv", "--records=7", "--input=c.csv", "--formats", "csv,json"];
  const { values, positionals } = readOptions("local", OPTIONS, [
    ...argv,
    "--delay",
    "1-5",
    "--malformed",
    ".5",
    "--serve",
  ]);
  expect(values).toMatchObject({
    input: ["a.csv", "b.csv", "c.csv"],
    records: 7,
    formats: ["json", "csv"],
    delay: { min: 1, max: 5 },
    malformed: 0.5,
    serve: true,
  });
  expect(positionals).toEqual(["SELECT 1"]);
});

test.each([
  [["--recods", "5"], "streamlake local: unknown option --recods; did you mean --records?"],
  [["--qwerty"], "streamlake local: unknown option --qwerty; see --help"],
  [["-x"], "streamlake local: unknown option -x; see --help"],
  [["--constructor"], "streamlake local: unknown option --constructor; see --help"],
  [["--records"], "streamlake local: --records needs a value, N"],
  [["--records", "--serve"], "streamlake local: --records needs a value, N"],
  [["--records", "many"], 'streamlake local: --records must be a whole number from 0 to 100, not "many"'],
  [["--records", "101"], 'streamlake local: --records must be a whole number from 0 to 100, not "101"'],
  [["--records", "-5"], 'streamlake local: --records must be a whole number from 0 to 100, not "-5"'],
  [["--records", "-.5"], 'streamlake local: --records must be a whole number from 0 to 100, not "-.5"'],
  [["--records", "-x"], "streamlake local: --records needs a value, N"],
  [["--records=-1"], 'streamlake local: --records must be a whole number from 0 to 100, not "-1"'],
  [["--records", "1.5"], 'streamlake local: --records must be a whole number from 0 to 100, not "1.5"'],
  [["--malformed", "20%"], 'streamlake local: --malformed must be a share from 0 to 1, not "20%"'],
  [["--malformed", "1.1"], 'streamlake local: --malformed must be a share from 0 to 1, not "1.1"'],
  [["--formats", "json,xml"], 'streamlake local: --formats accepts json, csv, binary, not "xml"'],
  [["--formats="], 'streamlake local: --formats accepts json, csv, binary, not ""'],
  [["--delay", "5-1"], 'streamlake local: --delay must be seconds, such as 2 or 1-5, not "5-1"'],
  ...["10", "0s", "25h", "1.5s", "-1s", "s"].map((time): [string[], string] => [
    ["--every", time],
    `streamlake local: --every must be a time such as 10s or 5m, at most 24h, not "${time}"`,
  ]),
  [["--stack="], "streamlake local: --stack must not be empty"],
  [["--serve=yes"], "streamlake local: --serve takes no value"],
])("%j is refused in one line", (argv, message) => {
  const attempt = () => readOptions("local", OPTIONS, argv);
  expect(attempt).toThrow(UsageError);
  expect(attempt).toThrow(expect.objectContaining({ message }));
});

test.each([
  ["10s", 10],
  ["5m", 300],
  ["24h", 86_400],
])("%s is %i seconds", (time, seconds) => {
  expect(readOptions("local", OPTIONS, ["--every", time]).values.every).toBe(seconds);
});
