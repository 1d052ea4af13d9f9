// Reads the files that torch.save() has written since PyTorch 1.6: torch.serialization._load

import type { Tensor } from "../_tensor.js";
import * as dtypes from "../dtype.js";
import { RuntimeError, UnpicklingError, ValueError } from "../errors.js";
import * as torch from "../generated/torch.js";
import { config, LoadEndianness } from "./config.js";
import { isMeta, type MapLocation, placer, restorer } from "./locations.js";
import { withContext } from "./rebuild.js";
import { skipsData } from "./skip_data.js";
import { ByteReader } from "./source.js";
import { byteswap, checkRecordSize, newBytes, readBytes, StorageType, StoredBytes } from "./storages.js";
import { explaining, Unpickler } from "./unpickler.js";
import { asCount, asText, nameOfType } from "./values.js";
import type { Entry, ZipReader } from "./zip.js";

const FIRST_VERSION = 1;
const LAST_VERSION = 10;

function checkVersion(zip: ZipReader): void {
  const text = zip.text(".data/version") ?? zip.text("version");
  if (text === undefined) return;
  const version = Number(text);
  if (!Number.isInteger(version))
    throw new RuntimeError(`Couldn't parse the version ${JSON.stringify(text)} of the file`);
  if (version < FIRST_VERSION) {
    throw new RuntimeError(
      `Attempted to read a PyTorch file with version ${version}, but the minimum supported version for reading is ${FIRST_VERSION}. Your PyTorch script module file is too old. Please regenerate it with latest version of PyTorch to mitigate this issue.`,
    );
  }
  if (version > LAST_VERSION) {
    throw new RuntimeError(
      `Attempted to read a PyTorch file with version ${version}, but the maximum supported version for reading is ${LAST_VERSION}. The version of your PyTorch installation may be too old, please upgrade PyTorch to latest version to mitigate this issue.`,
    );
  }
}

const isLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Whether the file's numbers must be turned around. */
export function isForeign(zip: ZipReader): boolean {
  const order = zip.text("byteorder");
  if (order !== undefined && order !== "little" && order !== "big")
    throw new ValueError(`Unknown endianness type: ${order}`);
  if (order !== undefined) return (order === "little") !== isLittle;
  if (config.load.endianness === LoadEndianness.NATIVE) return false;
  return (config.load.endianness === LoadEndianness.BIG) === isLittle;
}

/** Reads one archive; `storage` gives the bytes of a record, a new tensor for each. */
export function loadZip(
  zip: ZipReader,
  map_location: MapLocation,
  encoding: string,
  storage: (record: Entry) => Tensor = ({ offset, size }) => readBytes(zip.source, offset, size),
): unknown {
  if (zip.find("constants.pkl")) {
    throw new RuntimeError(
      "Cannot use ``weights_only=True`` with TorchScript archives passed to ``torch.load``. The file holds a program, not a state dict: save model.state_dict() instead.",
    );
  }
  checkVersion(zip);
  const foreign = isForeign(zip);
  const restore = restorer(map_location);
  const toMeta = isMeta(map_location);
  const loaded = new Map<string, StoredBytes>();

  const readRecord = (key: string, numel: number, type: StorageType): Tensor => {
    const record = zip.entry(`data/${key}`);
    checkRecordSize(record.size, numel, type.dtype);
    if (toMeta) return torch.empty([record.size], { dtype: dtypes.uint8, device: "meta" });
    if (skipsData()) return newBytes(record.size);
    const bytes = storage(record);
    if (foreign) byteswap(bytes, record.size, type.dtype);
    return bytes;
  };

  const persistentLoad = (id: readonly unknown[]): StoredBytes => {
    const [kind, type, givenKey, location, numel] = id;
    if (kind !== "storage") {
      throw new UnpicklingError(`Only persistent_load of storage is allowed, but got ${nameOfType(kind)}`);
    }
    if (id.length !== 5 || !(type instanceof StorageType))
      throw new UnpicklingError("the id of a storage is malformed");
    const key = asText(givenKey, "the key of a storage");
    const count = asCount(numel, "numel");
    const known = loaded.get(key);
    const nbytes = count * type.dtype.itemsize;
    if (known !== undefined) {
      if (known.nbytes !== nbytes) checkRecordSize(known.nbytes, count, type.dtype);
      return known.dtype === type.dtype ? known : new StoredBytes(known.bytes, type.dtype, nbytes);
    }
    const bytes = readRecord(key, count, type);
    const placed = toMeta ? bytes : restore(bytes, asText(location, "the location of a storage"));
    const stored = new StoredBytes(placed, type.dtype, nbytes);
    loaded.set(key, stored);
    return stored;
  };

  const { offset, size } = zip.entry("data.pkl");
  const reader = new ByteReader(zip.source, offset, offset + size);
  const unpickler = new Unpickler(reader, encoding, persistentLoad);
  return explaining(() => withContext(placer(map_location), () => unpickler.load()));
}
