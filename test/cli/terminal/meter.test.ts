import { Meter } from "../../../cli/terminal/meter";

test("bytes have a rate after a second, that of the last ten, and the time left", () => {
  const meter = new Meter();
  const at = (seconds: number, megabytes: number) =>
    meter.line({ what: "sending", bytes: megabytes * 1e6, ofBytes: 300e6 }, seconds * 1000);
  expect(at(0, 0)).toBe("sending 0 B of 300.0 MB");
  expect(at(0.5, 10)).toBe("sending 10.0 MB of 300.0 MB");
  expect(at(10, 100)).toBe("sending 100.0 MB of 300.0 MB, 10.0 MB/s, 20.0 s left");
  expect(at(20, 100)).toBe("sending 100.0 MB of 300.0 MB");
  expect(at(25, 200)).toBe("sending 200.0 MB of 300.0 MB, 6.7 MB/s, 15.0 s left");
  expect(at(26, 301)).toBe("sending 300.0 MB of 300.0 MB, 12.5 MB/s, 0.0 s left");
});

test("bytes of an unknown total have no time left", () => {
  const meter = new Meter();
  meter.line({ what: "sending", bytes: 0 }, 0);
  expect(meter.line({ what: "sending", bytes: 5e6 }, 2000)).toBe("sending 5.0 MB, 2.5 MB/s");
});

test("a step without bytes has its own time after a second, and each step begins anew", () => {
  const meter = new Meter();
  expect(meter.line({ what: "starting" }, 1000)).toBe("starting");
  expect(meter.line({ what: "starting" }, 1999)).toBe("starting");
  expect(meter.line({ what: "starting" }, 63_000)).toBe("starting, 1 min 2 s");
  expect(meter.line({ what: "landing", bytes: 0, ofBytes: 10 }, 64_000)).toBe("landing 0 B of 10 B");
  expect(meter.line({ what: "starting" }, 65_000)).toBe("starting");
});
