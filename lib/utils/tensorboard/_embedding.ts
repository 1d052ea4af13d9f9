// torch/utils/tensorboard/_embedding.py: the files of the projector

import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Tensor } from "../../_tensor.js";
import { uint8 } from "../../dtype.js";
import { AssertionError } from "../../errors.js";
import * as torch from "../../generated/torch.js";
import { floatRepr } from "../../python/format.js";
import { str } from "../../python/repr.js";
import { encodePng } from "../_png.js";
import { make_grid } from "./summary.js";

/** Labels of points: one text or number each, or one for each column. */
export type EmbeddingMetadata = readonly unknown[];

export function make_tsv(metadata: EmbeddingMetadata, save_path: string, header: readonly string[] | null): void {
  let lines: string[];
  if (header?.length) {
    const rows = metadata as readonly (readonly unknown[])[];
    if (header.length !== rows[0].length) {
      throw new AssertionError("len of header must be equal to the number of columns in metadata");
    }
    lines = [header, ...rows].map((row) => row.map(str).join("\t"));
  } else lines = metadata.map(str);
  writeFileSync(path.join(save_path, "metadata.tsv"), `${lines.join("\n")}\n`);
}

/** All pictures in one, a square. */
export function make_sprite(label_img: Tensor, save_path: string): void {
  const columns = Math.ceil(Math.sqrt(label_img.size(0)));
  const grid = make_grid(label_img.detach().cpu(), columns);
  const [, height, width] = grid.shape;
  const square = torch.zeros([width, width, 3]);
  square.narrow(0, 0, height).copy_(grid.permute(1, 2, 0));
  const pixels = square.mul(255).clamp(0, 255).to(uint8);
  const png = encodePng(pixels.numpy().data as unknown as Uint8Array, width, width, 3);
  writeFileSync(path.join(save_path, "sprite.png"), png);
}

export function make_mat(mat: Tensor, save_path: string): void {
  const format = mat.is_floating_point() ? floatRepr : String;
  const rows = (mat.tolist() as number[][]).map((row) => `${row.map(format).join("\t")}\n`);
  writeFileSync(path.join(save_path, "tensors.tsv"), rows.join(""));
}

const quoted = (text: string) => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

/** What the projector is told of one embedding, as protocol buffers are written in text. */
export function get_embedding_info(
  metadata: EmbeddingMetadata | null,
  label_img: Tensor | null,
  subdir: string,
  global_step: number,
  tag: string,
): string {
  const fields = [`tensor_name: ${quoted(`${tag}:${String(global_step).padStart(5, "0")}`)}`];
  if (metadata !== null) fields.push(`metadata_path: ${quoted(`${subdir}/metadata.tsv`)}`);
  if (label_img !== null) {
    const [, , height, width] = label_img.shape;
    const dims = `    single_image_dim: ${width}\n    single_image_dim: ${height}`;
    fields.push(`sprite {\n    image_path: ${quoted(`${subdir}/sprite.png`)}\n${dims}\n  }`);
  }
  fields.push(`tensor_path: ${quoted(`${subdir}/tensors.tsv`)}`);
  return `embeddings {\n${fields.map((field) => `  ${field}\n`).join("")}}\n`;
}

export function write_pbtxt(save_path: string, contents: string): void {
  writeFileSync(path.join(save_path, "projector_config.pbtxt"), contents);
}
