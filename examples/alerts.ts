/** Alerts on the content of records: an order over a limit, a sensor out of its range, each published once an hour. */
import { ContentAlerts, DataLake, FormatRouter, HourlyEtl, StreamIngest } from "streamlake";

const stream = new StreamIngest("shop");
const lake = new DataLake("lake");
new FormatRouter("router", { stream, lake });
new HourlyEtl("hourly", { lake });

const limit = 10_000;

const alerts = new ContentAlerts("alerts", {
  stream,
  lake,
  rules: {
    "large-order": (row) => Number(row.total) > limit && `an order over ${limit} in ${row.country}`,
    "sensor-range": (row) => {
      const celsius = Number(row.temperature ?? 0);
      return (celsius < -40 || celsius > 85) && `sensor ${row.sensor_id} is out of range`;
    },
  },
});

export const streamName = stream.streamName;
/** Subscribe to it. */
export const alertTopicArn = alerts.topicArn;
