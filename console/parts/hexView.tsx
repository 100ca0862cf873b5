/** Shows bytes in hexadecimal and as text beside each other. */

const BYTES_PER_LINE = 16;

export function HexView({ hex, bytes }: { readonly hex: string; readonly bytes: number }) {
  const shown = hex.length / 2;
  const lines: string[] = [];
  for (let offset = 0; offset < shown; offset += BYTES_PER_LINE) {
    const part = hex.slice(offset * 2, (offset + BYTES_PER_LINE) * 2).match(/../g) ?? [];
    const text = part.map((pair) => printable(Number.parseInt(pair, 16))).join("");
    lines.push(`${offset.toString(16).padStart(6, "0")}  ${part.join(" ").padEnd(BYTES_PER_LINE * 3 - 1)}  ${text}`);
  }
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls a region that has the focus */}
      <pre class="hex" tabIndex={0}>
        {lines.join("\n")}
      </pre>
      {shown < bytes && <p class="faint">the first {shown} bytes; streamlake inspect --record prints all</p>}
    </>
  );
}

function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·";
}

/** The bytes as UTF-8; what is not UTF-8 is replaced. */
export function textOf(hex: string): string {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return new TextDecoder().decode(bytes);
}
