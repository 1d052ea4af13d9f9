// torch/utils/data/datapipes/iter/streamreader.py

import { keywordClass } from "../../../../arguments/class.js";
import { registerFunction } from "../../../../multiprocessing/reductions.js";
import { iter } from "../../../../python/sequences.js";
import { functional_datapipe } from "../_decorator.js";
import { IterDataPipe } from "../datapipe.js";

/** What is read from: a file, a BytesIO, or anything with `read`. */
export interface Readable {
  read(size?: number): string | Buffer;
  close?(): void;
}

class StreamReaderIterDataPipe extends IterDataPipe<[string, string | Buffer]> {
  datapipe: Iterable<[string, Readable]>;
  chunk: number | null;

  constructor(datapipe: Iterable<[string, Readable]>, chunk: number | null = null) {
    super();
    this.datapipe = datapipe;
    this.chunk = chunk;
  }

  override *__iter__(): Generator<[string, string | Buffer], void, undefined> {
    for (const [furl, stream] of iter(this.datapipe)) {
      for (let d = this._read(stream); d.length > 0; d = this._read(stream)) yield [furl, d];
      stream.close?.();
    }
  }

  /** @internal */
  _read(stream: Readable): string | Buffer {
    return this.chunk === null ? stream.read() : stream.read(this.chunk);
  }
}

/**
 * What is in streams, of which each comes with its name: all at once, or `chunk` bytes or characters at a time; functional
 * form `read_from_stream`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableStreamReader = functional_datapipe("read_from_stream")(
  keywordClass<StreamReaderIterDataPipe>("StreamReaderIterDataPipe")(StreamReaderIterDataPipe, ["datapipe", "chunk"]),
);
type CallableStreamReader = StreamReaderIterDataPipe;

export { CallableStreamReader as StreamReaderIterDataPipe };

registerFunction("torch.utils.data.datapipes.iter.StreamReader", CallableStreamReader as never);
