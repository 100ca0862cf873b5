/** Lines of logs: a search, and the lines that are added while the page follows them. */
import { useEffect, useState } from "preact/hooks";
import { followLogs, get, useLoaded } from "../client";
import { type Column, DataTable } from "../parts/dataTable";
import { visible } from "../parts/format";
import type { LogLine, LogsAnswer } from "../wire";

const COLUMNS: readonly Column<LogLine>[] = [
  { title: "Log group", value: ({ group }) => group },
  { title: "Line", value: ({ line }) => line, cell: ({ line }) => <code class="line">{visible(line)}</code> },
];

/** Lines that the page has at most. */
const MAX_LINES = 500;

export function Logs({ groups }: { readonly groups: readonly string[] }) {
  const [isFollowing, setFollowing] = useState(false);
  const [group, setGroup] = useState("");
  const [text, setText] = useState("");
  const [asked, setAsked] = useState({ group: "", text: "", turn: 0 });
  const [added, setAdded] = useState<readonly LogLine[]>([]);
  const query = { group: asked.group, text: asked.text };
  const { value, error } = useLoaded(() => get<LogsAnswer>("logs", query), asked);
  useEffect(() => {
    setAdded([]);
    if (!isFollowing) return undefined;
    return followLogs(query, (lines) =>
      setAdded((before) => [...lines.slice().reverse(), ...before].slice(0, MAX_LINES)),
    );
  }, [asked, isFollowing]);
  const search = (event: Event) => {
    event.preventDefault();
    setAsked({ group, text, turn: asked.turn + 1 });
  };
  const follow = (isOn: boolean) => {
    setFollowing(isOn);
    // The search has the lines until now.
    setAsked({ ...asked, turn: asked.turn + 1 });
  };
  return (
    <>
      <h2>Logs</h2>
      <form class="row" onSubmit={search}>
        <label>
          Log group{" "}
          <select value={group} onChange={({ currentTarget }) => setGroup(currentTarget.value)}>
            <option value="">all</option>
            {groups.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          Text <input value={text} onInput={({ currentTarget }) => setText(currentTarget.value)} />
        </label>
        <button type="submit">Search</button>
        <label>
          <input
            type="checkbox"
            checked={isFollowing}
            onChange={({ currentTarget }) => follow(currentTarget.checked)}
          />{" "}
          Follow
        </label>
      </form>
      {error !== undefined && <p class="bad">{error}</p>}
      {value && (
        <DataTable
          caption="Lines of logs, newest first"
          columns={COLUMNS}
          rows={[...added, ...value.lines].slice(0, MAX_LINES)}
          empty="no line has it"
        />
      )}
      {value?.isCut && <p class="faint">older lines are left out; the files in logs/ have all</p>}
    </>
  );
}
