// torch/utils/data/datapipes/iter/fileopener.py

import { keywordClass } from "../../../../arguments/class.js";
import { ValueError } from "../../../../errors.js";
import { registerFunction } from "../../../../multiprocessing/reductions.js";
import { functional_datapipe } from "../_decorator.js";
import { noLength } from "../_sized.js";
import { IterDataPipe } from "../datapipe.js";
import { get_file_binaries_from_pathnames, type StreamWrapper } from "../utils/common.js";

class FileOpenerIterDataPipe extends IterDataPipe<[string, StreamWrapper]> {
  datapipe: Iterable<string>;
  mode: string;
  encoding: string | null;
  override length: number;

  constructor(datapipe: Iterable<string>, mode = "r", encoding: string | null = null, length = -1) {
    super();
    if (!["b", "t", "rb", "rt", "r"].includes(mode)) throw new ValueError(`Invalid mode ${mode}`);
    if (mode.includes("b") && encoding !== null) throw new ValueError("binary mode doesn't take an encoding argument");
    this.datapipe = datapipe;
    this.mode = mode;
    this.encoding = encoding;
    this.length = length;
  }

  override *__iter__(): Generator<[string, StreamWrapper], void, undefined> {
    yield* get_file_binaries_from_pathnames(this.datapipe, this.mode, this.encoding);
  }

  override __len__(): number {
    if (this.length === -1) throw noLength(this);
    return this.length;
  }
}

/**
 * The files of paths, opened for reading text (`r`) or bytes (`b`): `[pathname, stream]`; functional form `open_files`.
 *
 * A stream that nobody closed is closed when it is collected. Throws ValueError for another mode.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableFileOpener = functional_datapipe("open_files")(
  keywordClass<FileOpenerIterDataPipe>("FileOpenerIterDataPipe")(FileOpenerIterDataPipe, [
    "datapipe",
    "mode",
    "encoding",
    "length",
  ]),
);
type CallableFileOpener = FileOpenerIterDataPipe;

export { CallableFileOpener as FileOpenerIterDataPipe };

registerFunction("torch.utils.data.datapipes.iter.FileOpener", CallableFileOpener as never);
