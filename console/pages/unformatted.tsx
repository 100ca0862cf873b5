/** Unformatted records by reason and format, over time, and the bytes of one. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { get, isFile, useLoaded } from "../client";
import { Chart } from "../parts/chart";
import { type Column, DataTable } from "../parts/dataTable";
import { byteCount, counted, counting, timeOf, visible } from "../parts/format";
import { HexView, textOf } from "../parts/hexView";
import type {
  FailedDelivery,
  Live,
  Overview,
  UnformattedAnswer,
  UnformattedGroupView,
  UnformattedRecord,
} from "../wire";
import { TryAgain } from "./tryAgain";

export interface UnformattedPageProps {
  readonly overview: Overview;
  readonly live: Live | undefined;
  /** The id of the record to show. */
  readonly subject: string;
}

const FORMATS: readonly Column<UnformattedAnswer["byFormat"][number]>[] = [
  { title: "Reason", value: ({ reason }) => reason },
  { title: "Format", value: ({ format }) => format },
  { title: "Records", isNumber: true, value: ({ records }) => records, cell: ({ records }) => counted(records) },
];

const GROUPS: readonly Column<UnformattedGroupView>[] = [
  { title: "Records", isNumber: true, value: ({ records }) => records, cell: ({ records }) => counted(records) },
  { title: "Reason", value: ({ reason }) => reason },
  { title: "Detail", value: ({ detail }) => detail, cell: ({ detail }) => visible(detail) },
  { title: "Table", value: ({ table }) => table },
  { title: "Hour (UTC)", value: ({ hour }) => hour },
  {
    title: "Bytes of",
    value: ({ examples }) => examples.length,
    cell: ({ examples, reason }) =>
      examples.slice(0, 5).map((id, index) => (
        <a
          key={id}
          class="example"
          href={`#/unformatted/${encodeURIComponent(id)}`}
          aria-label={`${reason}, record ${id}`}
        >
          {index + 1}
        </a>
      )),
  },
];

export function UnformattedPage({ overview, live, subject }: UnformattedPageProps) {
  const [filter, setFilter] = useState("");
  const [turn, setTurn] = useState(0);
  const version = Object.entries(live?.counts ?? {}).reduce(
    (sum, [name, count]) => (name.endsWith(":Unformatted") ? sum + count : sum),
    0,
  );
  const { value, error } = useLoaded(() => get<UnformattedAnswer>("unformatted"), `${version} ${turn}`);
  const groups = useMemo(() => {
    const wanted = filter.toLowerCase();
    return (value?.groups ?? []).filter(({ reason, detail, table, hour }) =>
      `${reason} ${detail} ${table} ${hour}`.toLowerCase().includes(wanted),
    );
  }, [value, filter]);
  const plot = useMemo(() => {
    const { minutes = [], reasons = {} } = value?.series ?? {};
    return {
      places: minutes.map((minute) => timeOf(minute).slice(5, 16)),
      series: Object.entries(reasons).map(([name, values]) => ({ name, values })),
    };
  }, [value]);
  if (error !== undefined) return <p class="bad">{error}</p>;
  if (!value) return <p class="loading">loading …</p>;
  const total = value.groups.reduce((sum, { records }) => sum + records, 0);
  return (
    <>
      {subject !== "" && <Bytes id={subject} />}
      <p>{counting(total, "record is", "records are")} kept as bytes, because no row could be made of them.</p>
      {value.unreadable.map(({ object, error }) => (
        <p key={object} class="bad">
          <code>{visible(object)}</code> cannot be read, and its records are not counted: {visible(error)}
        </p>
      ))}
      {!isFile && total > 0 && (
        <TryAgain
          reasons={[...new Set(value.groups.map(({ reason }) => reason))].sort()}
          isServed={overview.endpoint !== undefined}
          onWritten={() => setTurn(turn + 1)}
        />
      )}
      {plot.series.length > 0 && (
        <Chart
          kind={plot.places.length > 24 ? "line" : "bar"}
          label="Unformatted records by minute and reason; the tables below have the numbers"
          {...plot}
        />
      )}
      <FailedDeliveries groups={value.failedDeliveries} />
      <h2>By reason and detail</h2>
      <label class="filter">
        Filter <input value={filter} onInput={({ currentTarget }) => setFilter(currentTarget.value)} />
      </label>
      <DataTable caption="Unformatted records by reason and detail" columns={GROUPS} rows={groups} empty="none" />
      <h2>By reason and format</h2>
      <DataTable
        caption="Unformatted records by reason and format"
        columns={FORMATS}
        rows={value.byFormat}
        empty="none"
      />
    </>
  );
}

function FailedDeliveries({ groups }: { readonly groups: readonly FailedDelivery[] }) {
  if (groups.length === 0) return null;
  return (
    <section aria-label="Failed deliveries">
      <h2>Failed deliveries</h2>
      <p class="faint">records that Firehose could not transform or deliver, with their original bytes</p>
      {groups.map(({ delivery, errorCode, detail, records, examples }) => (
        <details key={`${delivery} ${errorCode} ${detail}`}>
          <summary>
            {counting(records, "record")} of {delivery}: <strong>{visible(errorCode)}</strong> {visible(detail)}
          </summary>
          {examples.map(({ arrived, bytes, hex }, index) => (
            <article key={index}>
              <p>
                {byteCount(bytes)}, arrived {arrived}
              </p>
              <HexView hex={hex} bytes={bytes} />
            </article>
          ))}
        </details>
      ))}
    </section>
  );
}

function Bytes({ id }: { readonly id: string }) {
  const { value, error } = useLoaded(() => get<UnformattedRecord>("record", { id }), id);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.scrollIntoView({ block: "nearest" }), [id]);
  return (
    <article class="record" aria-live="polite">
      <h2 ref={heading}>Record</h2>
      <p>
        <code>{id}</code>
      </p>
      {error !== undefined && <p class="bad">{error}</p>}
      {value && value.id === id && (
        <>
          <p>
            <strong>{value.reason}</strong>: {visible(value.detail)}; {byteCount(value.bytes)}, arrived {value.arrived},
            stream partition key <code>{visible(value.key)}</code>
          </p>
          <h3>Bytes</h3>
          <HexView hex={value.hex} bytes={value.bytes} />
          <h3>As text</h3>
          <pre class="text">{visible(textOf(value.hex))}</pre>
        </>
      )}
      <p>
        {!isFile && <a href={`#/records/${encodeURIComponent(id)}`}>Follow it</a>} <a href="#/unformatted">Close</a>
      </p>
    </article>
  );
}
