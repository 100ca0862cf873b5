"""Streamlake's components in a Python program."""

import pulumi
import pulumi_streamlake as streamlake

clicks = streamlake.StreamIngest(
    "clicks",
    capacity=streamlake.StreamCapacity.PROVISIONED,
    shards=2,
    delete_data_on_destroy=True,
)
lake = streamlake.DataLake(
    "lake",
    delete_data_on_destroy=True,
    tables={
        "records": {},
        "orders": {
            "schema": {
                "fields": [
                    {"name": "order_id", "type": streamlake.ColumnType.STRING},
                    {"name": "total", "type": streamlake.ColumnType.DOUBLE},
                    {"name": "note", "type": streamlake.ColumnType.STRING, "optional": True},
                ],
            },
        },
    },
)
router = streamlake.FormatRouter(
    "router",
    stream=clicks,
    lake=lake,
    table="records",
    batch_window_seconds=5,
    formats={"json": {}, "ndjson": {}, "csv": {"delimiter": streamlake.CsvDelimiter.COMMA}},
)
hourly = streamlake.HourlyEtl("hourly", lake=lake)

pulumi.export("streamName", clicks.stream_name)
pulumi.export("databaseName", lake.database_name)
pulumi.export("workgroupName", lake.workgroup_name)
pulumi.export("failureTopicArn", hourly.failure_topic_arn)
