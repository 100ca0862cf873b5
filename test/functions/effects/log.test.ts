import { logToConsole } from "../../../functions/effects/log";

afterEach(() => jest.restoreAllMocks());

test("an entry is one line of JSON", () => {
  const print = jest.spyOn(console, "log").mockImplementation();
  logToConsole({ message: "write failed", records: 2, note: "a\nb" });
  expect(print.mock.calls).toEqual([['{"message":"write failed","records":2,"note":"a\\nb"}']]);
});

test("an entry with metrics goes past the console, which would wrap it, with the time that the format asks for", () => {
  jest.spyOn(Date, "now").mockReturnValue(1795169049123);
  const print = jest.spyOn(console, "log").mockImplementation();
  const write = jest.spyOn(process.stdout, "write").mockReturnValue(true);
  logToConsole({ message: "routed", Rows: 2, _aws: { CloudWatchMetrics: [] } });
  const lines = write.mock.calls.map(([line]) => line);
  write.mockRestore();
  expect(print).not.toHaveBeenCalled();
  expect(lines).toEqual(['{"message":"routed","Rows":2,"_aws":{"Timestamp":1795169049123,"CloudWatchMetrics":[]}}\n']);
});
