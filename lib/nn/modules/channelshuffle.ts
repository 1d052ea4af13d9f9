// torch/nn/modules/channelshuffle.py

import type { Tensor } from "../../_tensor.js";
import * as F from "../functional.js";
import { module } from "./module/keywords.js";
import { Module } from "./module.js";

class ChannelShuffle extends Module {
  groups: number;

  constructor(groups: number) {
    super();
    this.groups = groups;
  }

  override forward(input: Tensor): Tensor {
    return F.channel_shuffle(input, this.groups);
  }

  override extra_repr(): string {
    return `groups=${this.groups}`;
  }
}

/**
 * Takes the channels of `groups` groups in turns: the first of each group, the second of each, and so on.
 *
 * The input is (N, C, ...), where `groups` divides C; the output has the same shape.
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.nn.ChannelShuffle.html}
 */
const ChannelShuffleClass = module(ChannelShuffle, ["groups"]);
type ChannelShuffleClass = InstanceType<typeof ChannelShuffleClass>;

export { ChannelShuffleClass as ChannelShuffle };
