/** Reads the unformatted records of a deployed stack from its bucket. */
import { readUnformattedLine, type UnformattedLine } from "../../lake/envelope";
import { mayHold, type UnformattedGroup, UnformattedGroups } from "../run/unformatted";
import type { Io } from "../terminal/io";
import { createProgress } from "../terminal/progress";
import { onAws } from "./awsProblem";
import { lakeOfStack } from "./lakePlace";
import { landedObjects, readLanded, type StoredLanded, withinBytes } from "./landedObjects";
import type { DeployedStack } from "./target";
import type { Window } from "./window";

const NEEDS =
  "s3:ListBucket on the lake's bucket and s3:GetObject below unformatted/, as DataLake.readAccess() lists them";

export interface StackObjects {
  readonly stack: DeployedStack;
  readonly prefix: string;
  readonly window: Window;
}

export interface StackGroups {
  readonly groups: readonly UnformattedGroup[];
  readonly left: readonly StoredLanded[];
}

/** Reads each object of the window, up to the window's bound. */
export function groupsOfStack(from: StackObjects, io: Io): Promise<StackGroups> {
  return withObjects(from, io, async (objects) => {
    const { taken, left } = withinBytes(objects, from.window.maxBytes);
    const groups = new UnformattedGroups();
    const progress = createProgress(io.stderr, io.clock, true);
    const ofBytes = taken.reduce((sum, { size }) => sum + size, 0);
    let bytes = 0;
    try {
      for await (const { object, lines } of readLanded(taken)) {
        groups.add(object, lines.map(readUnformattedLine));
        bytes += object.size;
        progress.update({ what: "reading", bytes, ofBytes });
      }
    } finally {
      progress.clear();
    }
    return { groups: groups.all(), left };
  });
}

/** Reads the objects alone whose keys name a range with the record. */
export function unformattedOfStack(from: StackObjects, id: string, io: Io): Promise<UnformattedLine | undefined> {
  return withObjects(from, io, async (objects) => {
    for await (const { lines } of readLanded(objects.filter((object) => mayHold(object, id)))) {
      const line = lines.map(readUnformattedLine).find((one) => one.id === id);
      if (line) return line;
    }
    return undefined;
  });
}

async function withObjects<T>(
  { stack, prefix, window }: StackObjects,
  io: Io,
  work: (objects: StoredLanded[]) => Promise<T>,
): Promise<T> {
  const lake = lakeOfStack(stack, prefix, io);
  try {
    return await onAws({ command: "inspect", stack, needs: NEEDS }, async () =>
      work(await landedObjects(lake, "unformatted", window.hours)),
    );
  } finally {
    lake.close();
  }
}
