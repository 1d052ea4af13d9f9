// Python's io.BytesIO, which stands for a file where there is none.

import { callable } from "../callable.js";
import { ValueError } from "../errors.js";

/** Bytes in memory that are written and read like a file: `torch.save(x, new BytesIO())`. */
class BytesIOClass {
  #bytes: Buffer;
  #length: number;
  #position = 0;

  constructor(initial_bytes: Uint8Array = new Uint8Array()) {
    this.#bytes = Buffer.from(initial_bytes);
    this.#length = this.#bytes.length;
  }

  /** Writes at the position; returns the number of bytes. */
  write(bytes: Uint8Array): number {
    const end = this.#position + bytes.length;
    if (end > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(end, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#position);
    this.#position = end;
    this.#length = Math.max(this.#length, end);
    return bytes.length;
  }

  /** The next bytes, all that are left unless a number is given. */
  read(size = -1): Buffer {
    const end = size < 0 ? this.#length : Math.min(this.#length, this.#position + size);
    const bytes = Buffer.from(this.#bytes.subarray(this.#position, end));
    this.#position = Math.max(this.#position, end);
    return bytes;
  }

  /** Moves the position: from the start (0), from where it is (1) or from the end (2). Returns it. */
  seek(offset: number, whence: 0 | 1 | 2 = 0): number {
    const position = offset + [0, this.#position, this.#length][whence];
    if (position < 0) throw new ValueError(`negative seek value ${position}`);
    this.#position = position;
    return position;
  }

  tell(): number {
    return this.#position;
  }

  /** A copy of all bytes. */
  getvalue(): Buffer {
    return Buffer.from(this.getbuffer());
  }

  /** All bytes, without copying: they are valid until the next write. */
  getbuffer(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Does nothing: the bytes are written at once. */
  flush(): void {}
}

/** {@inheritDoc BytesIOClass} */
export const BytesIO = callable(BytesIOClass);
export type BytesIO = BytesIOClass;
