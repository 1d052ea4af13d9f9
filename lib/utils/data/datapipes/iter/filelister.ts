// torch/utils/data/datapipes/iter/filelister.py

import { keywordClass } from "../../../../arguments/class.js";
import { registerFunction } from "../../../../multiprocessing/reductions.js";
import { iter } from "../../../../python/sequences.js";
import { functional_datapipe } from "../_decorator.js";
import { noLength } from "../_sized.js";
import { IterDataPipe } from "../datapipe.js";
import { get_file_pathnames_from_root } from "../utils/common.js";
import { IterableWrapperIterDataPipe } from "./utils.js";

class FileListerIterDataPipe extends IterDataPipe<string> {
  datapipe: IterDataPipe<string>;
  masks: string | readonly string[];
  recursive: boolean;
  abspath: boolean;
  non_deterministic: boolean;
  override length: number;

  constructor(
    root: string | readonly string[] | IterDataPipe<string> = ".",
    masks: string | readonly string[] = "",
    recursive = false,
    abspath = false,
    non_deterministic = false,
    length = -1,
  ) {
    super();
    const roots = typeof root === "string" ? [root] : root;
    this.datapipe = roots instanceof IterDataPipe ? roots : new IterableWrapperIterDataPipe(roots);
    this.masks = masks;
    this.recursive = recursive;
    this.abspath = abspath;
    this.non_deterministic = non_deterministic;
    this.length = length;
  }

  override *__iter__(): Generator<string, void, undefined> {
    const { masks, recursive, abspath, non_deterministic } = this;
    for (const path of iter(this.datapipe as Iterable<string>)) {
      yield* get_file_pathnames_from_root(path, masks, recursive, abspath, non_deterministic);
    }
  }

  override __len__(): number {
    if (this.length === -1) throw noLength(this);
    return this.length;
  }
}

/**
 * The files in folders whose names fit the patterns, by name; functional form `list_files`.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableFileLister = functional_datapipe("list_files")(
  keywordClass<FileListerIterDataPipe>("FileListerIterDataPipe")(FileListerIterDataPipe, [
    ...(["root", "masks", "*", "recursive", "abspath", "non_deterministic", "length"] as const),
  ]),
);
type CallableFileLister = FileListerIterDataPipe;

export { CallableFileLister as FileListerIterDataPipe };

registerFunction("torch.utils.data.datapipes.iter.FileLister", CallableFileLister as never);
