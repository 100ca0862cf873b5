/** Crime reports: CSV in a stream, decoded by Firehose with a backup of each record, and the ten most frequent crimes by SQL. */
import { NamedQuery } from "@pulumi/aws/athena";
import { DataLake, DeliveryStream, HourlyEtl, StreamIngest } from "streamlake";

const stream = new StreamIngest("reports", { capacity: "provisioned", shards: 1 });

const lake = new DataLake("lake", {
  tables: {
    crimes: {
      columns: [
        { name: "reported", type: "timestamp" },
        { name: "crime", type: "string" },
        { name: "code", type: "bigint" },
        { name: "address", type: "string" },
        { name: "district", type: "bigint" },
        { name: "beat", type: "string" },
        { name: "latitude", type: "double" },
        { name: "longitude", type: "double" },
      ],
    },
  },
});

const delivery = new DeliveryStream("crimes", {
  stream,
  lake,
  formats: { csv: { delimiter: "|" } },
  sourceBackup: true,
  hooks: {
    transform: (row) => {
      const [, month, day, year, time] = /^(\d+)\/(\d+)\/(\d\d) (\d+:\d\d)$/.exec(String(row.cdatetime)) ?? [];
      const [latitude = null, longitude = null] = String(row.geo).split(",").map(Number);
      const digits = (text = "") => text.padStart(2, "0");
      return {
        reported: `20${year}-${digits(month)}-${digits(day)} ${(time ?? "").padStart(5, "0")}:00`,
        // The file pads its fields, and has several spaces between words.
        crime: String(row.crimedescr).trim().replace(/\s+/g, " "),
        code: Number(row.ucr_ncic_code),
        address: String(row.address),
        district: Number(row.district),
        beat: String(row.beat).trim(),
        latitude,
        longitude,
      };
    },
  },
});

new HourlyEtl("hourly", { lake });

new NamedQuery("top-ten", {
  name: "top-ten",
  database: lake.databaseName,
  workgroup: lake.workgroupName,
  query: `SELECT crime, count(*) AS reports
FROM crimes
GROUP BY crime
ORDER BY reports DESC, crime
LIMIT 10`,
});

export const streamName = stream.streamName;
export const databaseName = lake.databaseName;
export const workgroupName = lake.workgroupName;
export const backupBucketName = delivery.backupBucketName;
