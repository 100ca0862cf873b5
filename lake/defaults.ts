/** All defaults of the library; docs, code and tests read them here. */
export const defaults = {
  prefixes: {
    raw: "raw/",
    unformatted: "unformatted/",
    parquet: "parquet-output/",
    /** Results of the hourly workflow: a report of each job run and the seal of each reconciled hour. */
    ledger: "ledger/",
    jobs: "jobs/",
    /** Unformatted records that have rows after a replay, with their original bytes. */
    replayed: "replayed/",
    /** Alerts that were sent, by window. */
    alerts: "alerts/",
    /** Records that Firehose could not transform or deliver, by delivery stream, with their original bytes. */
    failedDeliveries: "failed-deliveries/",
  },
  table: "records",
  /** Days before today whose raw rows a live view shows. */
  liveDays: 2,
  stream: { retentionHours: 168 },
  router: {
    batchSize: 10_000,
    batchWindowSeconds: 60,
    parallelizationFactor: 1,
    /** As many as records in a batch, and Lambda's maximum: see `retryAttempts` in components/stream/mappingArgs.ts. */
    retryAttempts: 10_000,
    memoryMebibytes: 1024,
    timeoutSeconds: 120,
    /** Maximum number of concurrent PutObject calls. */
    concurrentWrites: 8,
    alarms: {
      /** In addition to the batch window. */
      iteratorAgeMinutes: 15,
      unformattedPercent: 5,
      unformattedRecords: 10,
      unformattedPeriodMinutes: 15,
    },
  },
  alerts: {
    windowMinutes: 60,
    messagesPerWindow: 20,
    batchSize: 10_000,
    /** Short, because alerts are urgent and, unlike the router, need no large objects. */
    batchWindowSeconds: 10,
    parallelizationFactor: 1,
    retryAttempts: 10,
    memoryMebibytes: 512,
    timeoutSeconds: 120,
  },
  streamFunction: {
    /** Small enough that a handler which calls a service for each record ends in time. */
    batchSize: 1000,
    batchWindowSeconds: 10,
    parallelizationFactor: 1,
    retryAttempts: 10,
    memoryMebibytes: 512,
    timeoutSeconds: 120,
  },
  serving: {
    /** Large, because all rows of a batch for one key cost one write. */
    batchSize: 10_000,
    batchWindowSeconds: 10,
    parallelizationFactor: 1,
    /** As for a router: a batch of much compressed data is taken in parts, and rows that are discarded never reach their items. */
    retryAttempts: 10_000,
    memoryMebibytes: 1024,
    timeoutSeconds: 120,
  },
  delivery: {
    /** Firehose's maximum is 128; a delivered object is this large before compression. */
    bufferMebibytes: 64,
    bufferSeconds: 300,
    /** Half of Firehose's default: the rows of a batch may have eight times its size in one answer. */
    batchMebibytes: 0.5,
    /** Firehose's minimum: with Parquet, rows beyond the answer fail, and these rows may have 21 times the size of their batch. */
    parquetBatchMebibytes: 0.2,
    batchSeconds: 60,
    retryAttempts: 3,
    memoryMebibytes: 1024,
    timeoutSeconds: 120,
    backupDays: 90,
    alarms: {
      /** In addition to the time in buffers. */
      freshnessMinutes: 15,
    },
  },
  ingest: {
    rowsPerRecord: 50,
    recordsPerBatch: 20_000,
    /** Kinesis' own maximum of a stream. */
    maxRecordKibibytes: 1024,
    requestsPerSecond: 100,
    burstRequests: 200,
    memoryMebibytes: 1024,
    /** API Gateway gives a request 30 seconds. */
    timeoutSeconds: 29,
  },
  function: { memoryMebibytes: 256, timeoutSeconds: 60, logRetentionDays: 30, secretMaxAgeSeconds: 300 },
  hourly: {
    /** Minutes after the hour at which it is processed; records stamped in its last second have landed by then. */
    minute: 10,
    /** Hours that each plan searches for missed and late data, counted back from the processed hour. */
    lookbackHours: 168,
    concurrentJobs: 3,
    workers: 2,
    workerType: "G.1X",
    jobTimeoutMinutes: 60,
    retryAttempts: 2,
    /** Divides evenly into rounds of 1, 2, 3, 4, 6, 8 or 12 concurrent jobs; a crawl follows each pass. */
    hoursPerPass: 48,
    planMemoryMebibytes: 512,
    planTimeoutSeconds: 900,
    reconcileMemoryMebibytes: 1024,
    reconcileTimeoutSeconds: 900,
    crawlerPollSeconds: 30,
    crawlerTimeoutMinutes: 60,
  },
  warehouse: {
    databaseName: "lake",
    schema: "lake",
    /** The name "admin" is the default of AWS, which the control RedshiftServerless.5 refuses. */
    adminUsername: "streamlake",
    /** RPUs. */
    baseCapacity: 8,
    everyMinutes: 5,
    lookbackHours: 168,
    loadMebibytes: 32,
    loadTimeoutMinutes: 60,
    retryAttempts: 2,
    memoryMebibytes: 1769,
    timeoutSeconds: 900,
    alarms: {
      /** In addition to two starts of the workflow. */
      lagMinutes: 15,
    },
    /** Days that the rows of a load are kept for COPY, and the sets of loaded objects. */
    loadDays: 7,
    setDays: 90,
  },
  dashboard: {
    /** Days before today that the data set of a table has. */
    days: 30,
    /** Groups of a visual that are drawn, and colors. */
    groups: 20,
    colors: 12,
  },
  /** Shown when a dashboard of CloudWatch is opened. */
  pipelineDashboard: { hours: 24 },
  replay: {
    concurrentChunks: 10,
    retryAttempts: 2,
    /** A history holds at most 25,000 events (Step Functions service quotas). */
    eventsPerExecution: 20_000,
    memoryMebibytes: 1024,
  },
  /** Runs of `streamlake local` whose files stay. */
  local: { keepRuns: 5 },
  athena: { scanLimitGibibytes: 100 },
  /** Days that objects are kept. Raw rows, unformatted records and Parquet have no default: they never expire. */
  retentionDays: {
    results: 30,
    failedBatches: 90,
    accessLogs: 90,
    ledger: 400,
    alerts: 30,
    noncurrentVersions: 30,
    abandonedUploads: 7,
  },
  /** The first day that queries see in tables with a declared schema. */
  firstDay: "2024-01-01",
} as const;
