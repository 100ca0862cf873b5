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

/**
 * The lake's timestamp of a date as in "12/1/10 8:26" or "12/1/2010 8:26".
 *
 * @throws for any other; the record is kept in `failed-deliveries/` then
 */
function timestamp(text: string): string {
  const [, month, day, century = "20", year, time] = /^(\d+)\/(\d+)\/(\d\d)??(\d\d) (\d+:\d\d)$/.exec(text) ?? [];
  if (!(month && day && time)) throw new Error("the date is not like 12/1/2010 8:26");
  return `${century}${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")} ${time.padStart(5, "0")}:00`;
}

const delivery = new DeliveryStream("crimes", {
  stream,
  lake,
  formats: { csv: { delimiter: "|" } },
  sourceBackup: true,
  hooks: {
    transform: (row) => {
      const [latitude = null, longitude = null] = String(row.geo).split(",").map(Number);
      return {
        reported: timestamp(String(row.cdatetime)),
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
  query: `SELECT crime, count(*) AS reports, max(reported) AS latest
FROM crimes
GROUP BY crime
ORDER BY reports DESC, crime
LIMIT 10`,
});

export const streamName = stream.streamName;
export const databaseName = lake.databaseName;
export const workgroupName = lake.workgroupName;
export const backupBucketName = delivery.backupBucketName;
