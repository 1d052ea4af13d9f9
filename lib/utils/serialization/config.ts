// torch/utils/serialization/config.py

import type { LoadEndianness } from "../../serialization/config.js";

/** How `torch.load()` reads files, unless it is told otherwise. */
export const load = Object.seal({
  /** Whether files are mapped. */
  mmap: false,
  /** The order of bytes of files that do not tell theirs; null for little-endian. */
  endianness: null as LoadEndianness | null,
  /** MAP_PRIVATE (2), or MAP_SHARED (1) to let changes reach the file. */
  mmap_flags: 2 as number,
  /** Whether Python finds storages by calculating their places. Here the archive's table has them: it makes no difference. */
  calculate_storage_offsets: false,
});

/** How `torch.save()` writes files. */
export const save = Object.seal({
  /** Whether checksums are written: without them other programs may not unpack the file. */
  compute_crc32: true,
  /** Whether Python copies from devices by way of pinned memory. The file is the same: it makes no difference here. */
  use_pinned_memory_for_d2h: false,
  /** The bytes of each record begin at a multiple of this. */
  storage_alignment: 64,
});
