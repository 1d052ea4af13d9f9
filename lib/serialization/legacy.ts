// Reads the files that torch.save() wrote before PyTorch 1.6: a few pickles, then the storages one after the other.

import type { Tensor } from "../_tensor.js";
import { AssertionError, RuntimeError, UnpicklingError } from "../errors.js";
import { type MapLocation, placer, restorer } from "./locations.js";
import { withContext } from "./rebuild.js";
import { skipsData } from "./skip_data.js";
import { ByteReader, type Source } from "./source.js";
import { byteswap, newBytes, StorageType, StoredBytes, sliceBytes } from "./storages.js";
import { explaining, Unpickler } from "./unpickler.js";
import { asCount, asText, itemsOf, nameOfType } from "./values.js";

const MAGIC_NUMBER = 0x1950a86a20f9469cfc6cn;
const PROTOCOL_VERSION = 1001;

/** Whether a file is a tar archive, as PyTorch wrote them before 0.2. */
function isTar(source: Source): boolean {
  return source.size >= 512 && source.read(257, 5).toString("latin1") === "ustar";
}

/** Reads a file of the old format. */
export function loadLegacy(source: Source, map_location: MapLocation, encoding: string): unknown {
  if (isTar(source)) {
    throw new RuntimeError(
      "Cannot use ``weights_only=True`` with files saved in the legacy .tar format. Load the file in Python and save it anew with torch.save().",
    );
  }
  if (source.size > 0 && source.read(0, 1)[0] !== 0x80) {
    throw new RuntimeError(
      `Invalid magic number; corrupt file? ${source.name ?? "It"} begins neither as a zip archive nor as a pickle.`,
    );
  }
  return explaining(() =>
    withContext(placer(map_location), () => new LegacyLoad(source, map_location, encoding).run()),
  );
}

/** A storage whose bytes come after the pickle: until they are read, it holds anything. */
interface Pending {
  cpu: Tensor;
  stored: StoredBytes;
  numel: number;
}

class LegacyLoad {
  readonly #source: Source;
  readonly #reader: ByteReader;
  readonly #encoding: string;
  readonly #map_location: MapLocation;
  readonly #pending = new Map<string, Pending>();
  readonly #views = new Map<string, StoredBytes>();
  #promised = 0;

  constructor(source: Source, map_location: MapLocation, encoding: string) {
    this.#source = source;
    this.#reader = new ByteReader(source);
    this.#encoding = encoding;
    this.#map_location = map_location;
  }

  run(): unknown {
    const plain = () => new Unpickler(this.#reader, this.#encoding).load();
    if (plain() !== MAGIC_NUMBER) throw new RuntimeError("Invalid magic number; corrupt file?");
    const version = plain();
    if (version !== PROTOCOL_VERSION) throw new RuntimeError(`Invalid protocol version: ${version}`);
    const info = plain() as { little_endian?: boolean } | null;
    const foreign = info?.little_endian === false;
    const result = new Unpickler(this.#reader, this.#encoding, (id) => this.#persistent(id)).load();
    const keys = plain();
    if (!Array.isArray(keys)) throw new UnpicklingError(`the list of storages is malformed: ${nameOfType(keys)}`);
    if (skipsData()) return result;
    const read = new Set<string>();
    for (const key of keys) {
      this.#readStorage(String(key), foreign);
      read.add(String(key));
    }
    for (const key of this.#pending.keys()) {
      if (!read.has(key)) throw new RuntimeError(`the storage ${key} is not in the file`);
    }
    return result;
  }

  #persistent(id: readonly unknown[]): StoredBytes {
    if (id[0] === "module") {
      throw new UnpicklingError(
        "The file holds a whole model, saved by torch.save(model): that is code of Python's, which only Python can run. Save model.state_dict() in Python instead, and load that.",
      );
    }
    if (id[0] !== "storage")
      throw new UnpicklingError(`Only persistent_load of storage is allowed, but got ${String(id[0])}`);
    const [, type, givenKey, location, givenNumel, view = null] = id;
    if (!(type instanceof StorageType)) throw new UnpicklingError("the id of a storage is malformed");
    const key = asText(givenKey, "the key of a storage");
    const numel = asCount(givenNumel, "numel");
    const nbytes = numel * type.dtype.itemsize;
    let root = this.#pending.get(key)?.stored;
    if (root === undefined) {
      // Each storage has its bytes in the file, so all of them together can be no larger than that.
      this.#promised += nbytes;
      if (this.#promised > this.#source.size) {
        throw new RuntimeError(
          `the storages of the file are to have ${this.#promised} bytes, but the file has ${this.#source.size}`,
        );
      }
      const cpu = newBytes(nbytes);
      const placed = restorer(this.#map_location)(cpu, asText(location, "the location of a storage"));
      root = new StoredBytes(placed, type.dtype, nbytes);
      this.#pending.set(key, { cpu, stored: root, numel });
    } else if (root.nbytes !== nbytes) {
      throw new RuntimeError(`the storage ${key} has ${root.nbytes} bytes in one place and ${nbytes} in another`);
    }
    if (view !== null) return this.#view(root, type, view);
    return root.dtype === type.dtype ? root : new StoredBytes(root.bytes, type.dtype, nbytes);
  }

  #view(root: StoredBytes, type: StorageType, view: unknown): StoredBytes {
    const [key, offset, size] = itemsOf(view, "a view");
    if (!root.bytes.is_cpu) throw new RuntimeError("views of storages in old files are read to the CPU alone");
    const name = asText(key, "the key of a view");
    const known = this.#views.get(name);
    if (known) return known;
    const start = asCount(offset, "the offset of a view") * type.dtype.itemsize;
    const length = asCount(size, "the size of a view") * type.dtype.itemsize;
    if (start + length > root.nbytes) {
      throw new RuntimeError(
        `a view of bytes ${start} to ${start + length} is not in a storage of ${root.nbytes} bytes`,
      );
    }
    const made = new StoredBytes(sliceBytes(root.bytes, start, length), type.dtype, length);
    this.#views.set(name, made);
    return made;
  }

  #readStorage(key: string, foreign: boolean): void {
    const pending = this.#pending.get(key);
    if (!pending) throw new AssertionError(`storage key '${key}' not found in deserialized_objects`);
    const { cpu, stored, numel } = pending;
    const count = Buffer.from(this.#reader.take(8));
    const written = Number(foreign ? count.readBigInt64BE() : count.readBigInt64LE());
    if (written !== numel) {
      throw new RuntimeError(`storage has wrong byte size: expected ${numel} elements got ${written}`);
    }
    this.#reader.fill(cpu, stored.nbytes);
    if (foreign) byteswap(cpu, stored.nbytes, stored.dtype);
    if (stored.bytes !== cpu) stored.bytes.copy_(cpu);
  }
}
