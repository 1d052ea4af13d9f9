// torch/hub.py: where models are kept. Loading them runs Python.

import os from "node:os";
import path from "node:path";
import { def } from "./arguments/function.js";

let hub_dir: string | null = null;

const expandUser = (folder: string) => folder.replace(/^~(?=$|[/\\])/, os.homedir());

function torchHome(): string {
  const { TORCH_HOME, XDG_CACHE_HOME = "~/.cache" } = process.env;
  return expandUser(TORCH_HOME ?? path.join(XDG_CACHE_HOME, "torch"));
}

/**
 * The folder that downloaded models are kept in: `$TORCH_HOME/hub`, by default `~/.cache/torch/hub`.
 *
 * `get_dir() -> str`
 *
 * {@link https://docs.pytorch.org/docs/2.15/hub.html#torch.hub.get_dir}
 */
export const get_dir = def("get_dir", [], (): string => {
  return hub_dir ?? path.join(torchHome(), "hub");
});

/**
 * Sets the folder that downloaded models are kept in.
 *
 * `set_dir(d) -> None`
 *
 * {@link https://docs.pytorch.org/docs/2.15/hub.html#torch.hub.set_dir}
 */
export const set_dir = def("set_dir", ["d"], (d: string): void => {
  hub_dir = expandUser(d);
});
