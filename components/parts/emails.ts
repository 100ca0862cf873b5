/** Checks e-mail addresses that topics are subscribed with. */

/** A rough check, for names and lists in place of an address; the message with the link proves the address. */
export function emailProblems(option: string, addresses: readonly string[] = []): (string | undefined)[] {
  return addresses.map((address, index) => {
    if (typeof address !== "string" || !/^[^\s@,;<>"]+@[^\s@,;<>"]+\.[^\s@,;<>".]+$/.test(address)) {
      return `${option} has ${JSON.stringify(address)}; use addresses as "on-call@example.com".`;
    }
    const same = addresses.findIndex((other) => String(other).toLowerCase() === address.toLowerCase());
    return same < index ? `${option} has "${address}" twice; give each address once.` : undefined;
  });
}
