import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import { parquetWriteFile } from "hyparquet-writer/src/node.js";
import sharp from "sharp";
import * as torch from "tstorch";
import { DataLoader } from "tstorch/utils/data";
import {
  CIFAR10,
  CIFAR100,
  CSVDataset,
  DatasetFolder,
  default_loader,
  FashionMNIST,
  ImageFolder,
  KMNIST,
  MNIST,
  ParquetDataset,
} from "tstorch/vision/datasets";
import * as transforms from "tstorch/vision/transforms";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "datasets-"));
});

afterEach(() => rmSync(root, { recursive: true }));

/** Writes a file below the root; makes its folders. */
function write(name: string, bytes: Uint8Array | string): string {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}

function idx(type: number, shape: number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, type, shape.length]);
  for (const [i, n] of shape.entries()) header.writeUInt32BE(n, 4 + 4 * i);
  return Buffer.concat([header, data]);
}

const pixels = (length: number) => Uint8Array.from({ length }, (_, i) => i % 251);

describe("MNIST", () => {
  const files = (folder: string) => {
    write(`${folder}/train-images-idx3-ubyte`, idx(8, [2, 28, 28], pixels(2 * 784)));
    write(`${folder}/train-labels-idx1-ubyte`, idx(8, [2], new Uint8Array([3, 9])));
    write(`${folder}/t10k-images-idx3-ubyte.gz`, gzipSync(idx(8, [1, 28, 28], pixels(784))));
    write(`${folder}/t10k-labels-idx1-ubyte.gz`, gzipSync(idx(8, [1], new Uint8Array([7]))));
  };

  test("reads idx files, compressed or not, for DataLoader", () => {
    files("MNIST/raw");
    const dataset = MNIST(root, { transform: transforms.ToTensor() });
    expect(dataset.length).toBe(2);
    expect(dataset.data.shape).toEqual([2, 28, 28]);
    expect(dataset.targets.dtype).toBe(torch.int64);
    expect(dataset.class_to_idx["9 - nine"]).toBe(9);
    const [[images, targets]] = [...new DataLoader(dataset, { batch_size: 2 })];
    expect(images.shape).toEqual([2, 1, 28, 28]);
    expect(images.dtype).toBe(torch.float32);
    expect(targets.tolist()).toEqual([3, 9]);
    const [image, target] = new MNIST(root, false)[-1];
    expect([image.shape, image.dtype, target]).toEqual([[1, 28, 28], torch.uint8, 7]);
    expect(() => dataset[2]).toThrow(torch.IndexError);
    expect([...dataset].length).toBe(2);
  });

  test("FashionMNIST and KMNIST have folders of their own", () => {
    files("FashionMNIST/raw");
    expect(FashionMNIST(root).classes[9]).toBe("Ankle boot");
    files("KMNIST/raw");
    expect(KMNIST(root).classes[9]).toBe("wo");
    expect(() => MNIST(root)).toThrow("Dataset not found");
  });

  test("damaged files are refused", () => {
    files("MNIST/raw");
    write("MNIST/raw/train-images-idx3-ubyte", idx(8, [2, 28, 28], pixels(784)));
    expect(() => MNIST(root)).toThrow("784 bytes of data, not 1568");
    write("MNIST/raw/train-images-idx3-ubyte", "no idx file");
    expect(() => MNIST(root)).toThrow("is no idx file");
  });

  test("a download that fails says where to put the files", () => {
    class Unreachable extends MNIST {
      static override mirrors = ["http://127.0.0.1:9/"];
    }
    expect(() => new Unreachable(root, { download: true })).toThrow(
      new RegExp(
        `train-images-idx3-ubyte.gz:[^]*http://127.0.0.1:9/[^]*put it at ${path.resolve(root, "Unreachable", "raw")}[^]*MD5 f68b3c2`,
      ),
    );
  });

  test("downloads, and refuses another checksum", async () => {
    const images = gzipSync(idx(8, [1, 28, 28], pixels(784)));
    const server = new Worker(
      `const { parentPort, workerData } = require("node:worker_threads");
       const server = require("node:http").createServer((request, response) => response.end(workerData));
       server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`,
      { eval: true, workerData: images },
    );
    const [port] = await once(server, "message");
    const { createHash } = await import("node:crypto");
    const md5 = createHash("md5").update(images).digest("hex");
    class Local extends MNIST {
      static override mirrors = ["http://127.0.0.1:9/", `http://127.0.0.1:${port}/`];
      static override resources: [string, string][] = [["train-images-idx3-ubyte.gz", md5]];
    }
    // Only one file is to be downloaded here: the labels are there.
    write("Local/raw/train-labels-idx1-ubyte", idx(8, [1], new Uint8Array([5])));
    expect(new Local(root, { download: true })[0][1]).toBe(5);
    class Other extends Local {
      static override resources: [string, string][] = [["train-images-idx3-ubyte.gz", "0".repeat(32)]];
    }
    expect(() => new Other(root, { download: true })).toThrow("the MD5 checksum is not 000");
    await server.terminate();
  });
});

describe("CIFAR", () => {
  test("CIFAR10 reads the binary version", () => {
    const record = (label: number) => Buffer.concat([Buffer.from([label]), pixels(3072)]);
    for (let i = 1; i <= 5; i++) write(`cifar-10-batches-bin/data_batch_${i}.bin`, record(i));
    write("cifar-10-batches-bin/test_batch.bin", Buffer.concat([record(8), record(9)]));
    write("cifar-10-batches-bin/batches.meta.txt", "airplane\nautomobile\n\n");
    const dataset = CIFAR10(root);
    expect(dataset.targets).toEqual([1, 2, 3, 4, 5]);
    expect(dataset.data.shape).toEqual([5, 32, 32, 3]);
    expect(dataset.classes).toEqual(["airplane", "automobile"]);
    const [image, target] = CIFAR10(root, { train: false })[1];
    expect(image.shape).toEqual([3, 32, 32]);
    expect(image.flatten().equal(torch.tensor(pixels(3072)))).toBe(true);
    expect(target).toBe(9);
    write("cifar-10-batches-bin/test_batch.bin", "short");
    expect(() => CIFAR10(root, { train: false })).toThrow("no multiple of 3073");
  });

  test("CIFAR100 has the fine labels; what is missing is named", () => {
    expect(() => CIFAR100(root)).toThrow(
      /train.bin, test.bin, fine_label_names.txt \(from cifar-100-binary.tar.gz\) into/,
    );
    write("cifar-100-binary/train.bin", Buffer.concat([Buffer.from([4, 30]), pixels(3072)]));
    write("cifar-100-binary/test.bin", "");
    write("cifar-100-binary/fine_label_names.txt", "apple\n");
    expect(CIFAR100(root).targets).toEqual([30]);
  });

  test("download unpacks the archive", () => {
    const entry = (name: string, bytes: Buffer) => {
      const header = Buffer.alloc(512);
      header.write(name, 0);
      header.write(bytes.length.toString(8).padStart(11, "0"), 124);
      header.write("0", 156);
      return Buffer.concat([header, bytes, Buffer.alloc(-bytes.length & 511)]);
    };
    const names = ["train.bin", "test.bin"].map((name) =>
      entry(`cifar-100-binary/${name}`, Buffer.concat([Buffer.from([1, 2]), pixels(3072)])),
    );
    const meta = entry("cifar-100-binary/fine_label_names.txt", Buffer.from("apple\n"));
    write("a.tar.gz", gzipSync(Buffer.concat([...names, meta, Buffer.alloc(1024)])));
    class Local extends CIFAR100 {
      static override filename = "a.tar.gz";
      static override tgz_md5 = null as unknown as string;
    }
    expect(new Local(root, { download: true }).targets).toEqual([2]);
    class Hostile extends Local {
      static override base_folder = "other";
      static override filename = "b.tar.gz";
    }
    write("b.tar.gz", gzipSync(entry("../outside", Buffer.from("x"))));
    expect(() => new Hostile(root, { download: true })).toThrow("b.tar.gz has the file ../outside");
  });
});

describe("ImageFolder", () => {
  test("has a class for each folder, and decodes images", async () => {
    const image = (channels: 3 | 4, r: number) =>
      sharp({ create: { width: 3, height: 2, channels, background: { r, g: 20, b: 30, alpha: 1 } } }).png();
    write("dog/deep/b.png", await image(4, 10).toBuffer());
    write("cat/a.PNG", await image(3, 200).toBuffer());
    write("cat/notes.txt", "");
    const gray = write("gray.png", await image(3, 10).grayscale().toBuffer());
    const dataset = ImageFolder(root);
    expect(dataset.classes).toEqual(["cat", "dog"]);
    expect(dataset.imgs).toEqual([
      [path.join(root, "cat/a.PNG"), 0],
      [path.join(root, "dog/deep/b.png"), 1],
    ]);
    const [sample, target] = dataset[1];
    expect([sample.shape, sample.dtype, target]).toEqual([[3, 2, 3], torch.uint8, 1]);
    expect(sample.select(2, 2).select(1, 1).tolist()).toEqual([10, 20, 30]);
    expect(default_loader(gray).shape).toEqual([3, 2, 3]);
    expect(() => default_loader(path.join(root, "cat/notes.txt"))).toThrow("cannot identify image file");
    expect(() => default_loader(path.join(root, "none.png"))).toThrow(expect.objectContaining({ code: "ENOENT" }));
  });

  test("DatasetFolder loads what the user's function says", () => {
    expect(() => DatasetFolder(root, String, ".txt")).toThrow("Couldn't find any class folder");
    write("x/1.txt", "");
    mkdirSync(path.join(root, "y"));
    expect(() => DatasetFolder(root, String, ".txt")).toThrow(
      "Found no valid file for the classes y. Supported extensions are: .txt",
    );
    const dataset = DatasetFolder(root, path.basename, ".txt", {
      allow_empty: true,
      target_transform: (i: number) => -i,
    });
    expect(dataset[0]).toEqual(["1.txt", -0]);
    expect(() => DatasetFolder(root, String)).toThrow("cannot be None or not None at the same time");
  });
});

describe("tables", () => {
  test("CSVDataset: columns of ints, floats and text", () => {
    const file = write("t.csv", 'id,x,name\n1,0.5,"a, b"\n2,2,c\n');
    const dataset = CSVDataset(file);
    expect(dataset.length).toBe(2);
    expect(dataset[0]).toMatchObject({ id: 1, name: "a, b" });
    const [batch] = [...new DataLoader(dataset, { batch_size: 2 })];
    expect([batch.id.dtype, batch.x.dtype, batch.name]).toEqual([torch.int64, torch.float64, ["a, b", "c"]]);
    const [last] = [...new DataLoader(CSVDataset(file, ["x"]), { batch_size: 1, sampler: [1] })];
    expect(last.x.dtype).toBe(torch.float64);
    expect(() => CSVDataset(file, ["y"])).toThrow(torch.KeyError);
    const plain = write("plain.tsv", "1\t2\n");
    expect(CSVDataset(plain, { delimiter: "\t", header: false, transform: Object.values })[0]).toEqual([1, 2]);
  });

  test("ParquetDataset", async () => {
    const file = path.join(root, "t.parquet");
    await parquetWriteFile({
      filename: file,
      columnData: [
        { name: "id", data: [1n, 2n], type: "INT64" },
        { name: "x", data: [1, 2], type: "DOUBLE" },
        { name: "name", data: ["a", "b"], type: "STRING" },
      ],
    });
    const [batch] = [...new DataLoader(ParquetDataset(file), { batch_size: 2 })];
    expect([batch.id.dtype, batch.x.dtype, batch.name]).toEqual([torch.int64, torch.float64, ["a", "b"]]);
    expect(batch.id.tolist()).toEqual([1, 2]);
    expect(ParquetDataset(file, ["name"]).column("name")).toEqual(["a", "b"]);
    expect(() => ParquetDataset(write("no.parquet", "text text text"))).toThrow(torch.RuntimeError);
  });
});
