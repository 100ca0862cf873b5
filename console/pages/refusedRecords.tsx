/** The unformatted records of a reason, each with links to its way and to its bytes. */
import { get, useLoaded } from "../client";
import { type Column, DataTable } from "../parts/dataTable";
import { visible } from "../parts/format";
import type { RefusedAnswer } from "../wire";

type Refused = RefusedAnswer["records"][number];

const COLUMNS: readonly Column<Refused>[] = [
  {
    title: "Record",
    value: ({ id }) => id,
    cell: ({ id }) => <a href={`#/records/${encodeURIComponent(id)}`}>{visible(id)}</a>,
  },
  { title: "Key", value: ({ key }) => key, cell: ({ key }) => visible(key) },
  { title: "Arrived", value: ({ arrived }) => arrived },
  { title: "Stream", value: ({ stream }) => stream },
  { title: "Table", value: ({ table }) => table },
  { title: "Detail", value: ({ detail }) => detail, cell: ({ detail }) => visible(detail) },
  {
    title: "Bytes",
    value: ({ id }) => id,
    cell: ({ id }) => (
      <a href={`#/unformatted/${encodeURIComponent(id)}`} aria-label={`Bytes of record ${id}`}>
        bytes
      </a>
    ),
  },
];

export function RefusedRecords({ reason, text }: { readonly reason: string; readonly text: string }) {
  const { value, error } = useLoaded(() => get<RefusedAnswer>("refused", { reason, text }), `${reason} ${text}`);
  if (error !== undefined) return <p class="bad">{error}</p>;
  if (!value) return <p class="loading">searching …</p>;
  return (
    <>
      <DataTable
        caption={`Unformatted records with the reason ${reason}`}
        columns={COLUMNS}
        rows={value.records}
        empty="No unformatted record has it."
      />
      {value.isCut && <p class="faint">only {value.records.length} records are shown, those of the newest hours</p>}
    </>
  );
}
