/** Sets environment variables of the process for a time. */

type Variables = Readonly<Record<string, string | undefined>>;

/** Runs the work with these variables in `process.env`, and restores the former ones. */
export async function withVariables<T>(variables: Variables, work: () => Promise<T>): Promise<T> {
  const former = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  setVariables(variables);
  try {
    return await work();
  } finally {
    setVariables(former);
  }
}

function setVariables(variables: Variables): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
