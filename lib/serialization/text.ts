// Text in pickles: UTF-8 in which, as in Python's "surrogatepass", lone surrogates are allowed.

import { UnpicklingError } from "../errors.js";

/** The text of bytes. Throws UnpicklingError where they are not UTF-8. */
export function decode(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  // Node writes U+FFFD for what it cannot read.
  return text.includes("\ufffd") ? decodeSlowly(bytes) : text;
}

function decodeSlowly(bytes: Buffer): string {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  let start = 0;
  const upTo = (end: number) => {
    try {
      text += strict.decode(bytes.subarray(start, end));
    } catch {
      throw new UnpicklingError("a str in the pickle is not UTF-8");
    }
  };
  for (let i = 0; i + 2 < bytes.length; i++) {
    // ED A0 80 to ED BF BF: a surrogate of its own.
    if (bytes[i] !== 0xed || bytes[i + 1] < 0xa0 || bytes[i + 1] > 0xbf || (bytes[i + 2] & 0xc0) !== 0x80) continue;
    upTo(i);
    text += String.fromCharCode(0xd000 | ((bytes[i + 1] & 0x3f) << 6) | (bytes[i + 2] & 0x3f));
    start = i + 3;
    i += 2;
  }
  upTo(bytes.length);
  return text;
}

/** The bytes of a text. */
export function encode(text: string): Buffer {
  const parts = text.split(/([\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff])/);
  if (parts.length === 1) return Buffer.from(text, "utf8");
  return Buffer.concat(
    parts.map((part, i) => {
      if (i % 2 === 0) return Buffer.from(part, "utf8");
      const code = part.charCodeAt(0);
      return Buffer.from([0xed, 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]);
    }),
  );
}
