// Runs SQL on Trino in this process, with the Hive connector on a Glue catalog and S3: `TrinoShell ENDPOINT DATABASE TIME`.
// The time, in ISO 8601, is that of `current_date`.
// Each line of standard input is a query in JSON; each line of standard output is its result: columns, rows, or an error.

import static io.trino.testing.TestingSession.testSessionBuilder;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.trino.Session;
import io.trino.plugin.hive.HivePlugin;
import io.trino.spi.type.TimeZoneKey;
import io.trino.testing.LocalQueryRunner;
import io.trino.testing.MaterializedResult;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

public class TrinoShell {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS");

  public static void main(String[] arguments) throws Exception {
    ObjectMapper json = new ObjectMapper();
    // Libraries print warnings on standard output.
    PrintStream output = System.out;
    System.setOut(System.err);
    Session session =
        testSessionBuilder()
            .setCatalog("awsdatacatalog")
            .setSchema(arguments[1])
            .setTimeZoneKey(TimeZoneKey.UTC_KEY)
            .setStart(Instant.parse(arguments[2]))
            .build();
    LocalQueryRunner runner = LocalQueryRunner.create(session);
    runner.installPlugin(new HivePlugin());
    runner.createCatalog("awsdatacatalog", "hive", catalog(arguments[0]));
    output.println("{\"ready\":true}");
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
    for (String line; (line = input.readLine()) != null; ) {
      output.println(json.writeValueAsString(answer(runner, json.readValue(line, String.class))));
    }
    System.exit(0);
  }

  private static Map<String, String> catalog(String endpoint) {
    Map<String, String> settings = new HashMap<>();
    settings.put("hive.metastore", "glue");
    settings.put("hive.metastore.glue.endpoint-url", endpoint);
    settings.put("hive.metastore.glue.region", "us-east-1");
    settings.put("hive.metastore.glue.aws-access-key", "local");
    settings.put("hive.metastore.glue.aws-secret-key", "local");
    settings.put("hive.partition-projection-enabled", "true");
    // As on Athena: https://docs.aws.amazon.com/athena/latest/ug/data-types.html (timestamps have milliseconds).
    settings.put("hive.timestamp-precision", "MILLISECONDS");
    settings.put("fs.hadoop.enabled", "false");
    settings.put("fs.native-s3.enabled", "true");
    settings.put("s3.endpoint", endpoint);
    settings.put("s3.path-style-access", "true");
    settings.put("s3.region", "us-east-1");
    settings.put("s3.aws-access-key", "local");
    settings.put("s3.aws-secret-key", "local");
    return settings;
  }

  private static Map<String, Object> answer(LocalQueryRunner runner, String sql) {
    try {
      MaterializedResult result = runner.execute(runner.getDefaultSession(), sql);
      List<String> types = result.getTypes().stream().map(type -> type.getDisplayName()).toList();
      List<List<String>> rows =
          result.getMaterializedRows().stream()
              .map(row -> row.getFields().stream().map(TrinoShell::text).collect(Collectors.toList()))
              .toList();
      return Map.of("columns", result.getColumnNames(), "types", types, "rows", rows);
    } catch (RuntimeException error) {
      return Map.of("error", String.valueOf(error.getMessage()));
    }
  }

  /** A value as Athena's results spell it. */
  private static String text(Object value) {
    if (value == null) return null;
    if (value instanceof LocalDateTime time) return TIME.format(time);
    if (value instanceof ZonedDateTime time) return TIME.format(time) + " " + time.getZone();
    if (value instanceof BigDecimal decimal) return decimal.toPlainString();
    if (value instanceof byte[] bytes) return HexFormat.ofDelimiter(" ").formatHex(bytes);
    if (value instanceof List<?> list) {
      return list.stream().map(item -> String.valueOf(text(item))).collect(Collectors.joining(", ", "[", "]"));
    }
    return value.toString();
  }
}
