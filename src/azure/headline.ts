// The first words of a condition's message: KAITO shows 256 bytes of it, so the cause has to fit in 200.

const headlineBytes = 200;

const encoder = new TextEncoder();

/** One line without URLs and without a colon that nothing follows, at most `headlineBytes` bytes of UTF-8; a longer one ends in an ellipsis. */
export function headlineOf(text: string): string {
  const line = text
    .replaceAll(/https?:\/\/\S+/g, '')
    .replaceAll(/\s+/g, ' ')
    .replace(/[:;\s]+$/, '')
    .trim();
  if (encoder.encode(line).length <= headlineBytes) return line;
  const room = new Uint8Array(headlineBytes - encoder.encode('…').length);
  const { read } = encoder.encodeInto(line, room);
  return `${line.slice(0, read).trimEnd()}…`;
}
