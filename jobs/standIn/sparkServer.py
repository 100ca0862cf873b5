"""Runs unchanged Glue scripts in one Spark session; requests and replies are lines of JSON.

Request, on standard input: {"script": path, "arguments": ["--BUCKET", …]}. Reply, on standard output:
{"seconds": 1.5} or {"error": message}; the first reply, {"spark": version}, means that Spark has started. `s3://` paths
and boto3 read and write the folders of $STREAMLAKE_BUCKETS. Spark logs to standard error. The server ends when
standard input ends.
"""

import json
import os
import runpy
import sys
import time

# Spark's JVM and the scripts may print to standard output, so only replies use the original one.
replies = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

buckets = os.environ["STREAMLAKE_BUCKETS"]
# Spark's workers are separate processes, which also need the replacements of Glue's libraries.
os.environ["PYTHONPATH"] = os.path.dirname(os.path.abspath(__file__))
os.environ["PYSPARK_PYTHON"] = sys.executable

RAW_FILES = "org.apache.hadoop.fs.RawLocalFileSystem"


def start_spark():
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master("local[2]")
        .appName("streamlake")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.memory", "2g")
        .config("spark.sql.shuffle.partitions", "2")
        # Maps `s3://` to the bucket folders, by the raw file system, which writes no checksum files.
        .config("spark.hadoop.fs.s3.impl", "org.apache.hadoop.fs.viewfs.ViewFileSystemOverloadScheme")
        .config("spark.hadoop.fs.viewfs.overload.scheme.target.file.impl", RAW_FILES)
        .config("spark.hadoop.fs.file.impl", RAW_FILES)
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def run(spark, request):
    hadoop = spark.sparkContext._jsc.hadoopConfiguration()
    for bucket in os.listdir(buckets):
        hadoop.set(f"fs.viewfs.mounttable.{bucket}.linkFallback", f"file://{os.path.join(buckets, bucket)}")
    sys.argv = [request["script"], *request["arguments"]]
    started = time.monotonic()
    runpy.run_path(request["script"], run_name="__main__")
    return {"seconds": round(time.monotonic() - started, 3)}


def reply(content):
    print(json.dumps(content), file=replies, flush=True)


def main():
    spark = start_spark()
    reply({"spark": spark.version})
    for line in sys.stdin:
        try:
            reply(run(spark, json.loads(line)))
        except Exception as error:  # any failure of a script is its reply, without Java's stack
            reply({"error": f"{type(error).__name__}: {error}".split("\n\tat ")[0]})


if __name__ == "__main__":
    main()
