/** Every default of the library, written once; docs, code and tests read it here. */
export const defaults = {
  prefixes: {
    raw: "raw/",
    unformatted: "unformatted/",
    parquet: "parquet-output/",
    /** What the hourly step has done: a report of each job run and the seal of each reconciled hour. */
    ledger: "ledger/",
    jobs: "jobs/",
    /** Unformatted records that have rows by now, their bytes as they were. */
    replayed: "replayed/",
    /** What alerts have said already, by window. */
    alerts: "alerts/",
  },
  table: "records",
  stream: { retentionHours: 168 },
  router: {
    batchSize: 10_000,
    batchWindowSeconds: 60,
    parallelizationFactor: 1,
    retryAttempts: 10,
    /** Below the stream's retention, so that a batch that never succeeds is kept before Kinesis drops it. */
    maxRecordAgeHours: 24,
    memoryMebibytes: 1024,
    timeoutSeconds: 120,
    /** PutObject calls under way at once. */
    concurrentWrites: 8,
  },
  alerts: {
    windowMinutes: 60,
    messagesPerWindow: 20,
    batchSize: 10_000,
    /** Short: an alert is to be early, and there is no object to be made large. */
    batchWindowSeconds: 10,
    parallelizationFactor: 1,
    retryAttempts: 10,
    maxRecordAgeHours: 24,
    memoryMebibytes: 512,
    timeoutSeconds: 120,
  },
  function: { memoryMebibytes: 256, timeoutSeconds: 60, logRetentionDays: 30 },
  hourly: {
    /** Minutes after the hour at which it is processed; records stamped in its last second have landed by then. */
    minute: 10,
    /** How far back hours are looked at for missed and late data. */
    lookbackHours: 168,
    concurrentJobs: 3,
    workers: 2,
    workerType: "G.1X",
    jobTimeoutMinutes: 60,
    retryAttempts: 2,
    crawlerPollSeconds: 30,
    crawlerTimeoutMinutes: 60,
  },
  replay: {
    concurrentChunks: 10,
    retryAttempts: 2,
    /** Of at most 25,000 that a history may hold (Step Functions service quotas). */
    eventsPerExecution: 20_000,
    memoryMebibytes: 1024,
  },
  athena: { scanLimitGibibytes: 100 },
  /** How long objects are kept, days. Raw rows, unformatted records and Parquet have no default: they are kept for ever. */
  retentionDays: {
    results: 30,
    failedBatches: 90,
    accessLogs: 90,
    ledger: 400,
    alerts: 30,
    noncurrentVersions: 30,
    abandonedUploads: 7,
  },
  /** The first day that tables with a declared schema show. */
  firstDay: "2024-01-01",
} as const;
