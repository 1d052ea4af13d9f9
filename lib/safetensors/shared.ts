// Tensors that share memory, which the format does not know: the first half of safetensors/torch.py

import type { Tensor } from "../_tensor.js";
import { native } from "../binding.js";
import { RuntimeError } from "../errors.js";
import { handleOf } from "../tensor_base.js";

type Named = [name: string, tensor: Tensor];

function storageOf(tensor: Tensor): [address: bigint, nbytes: number] {
  return native.storageInfo(handleOf(tensor));
}

/** The address behind the last element. */
function endOf(tensor: Tensor): bigint {
  const last = tensor.shape.reduce((sum, size, i) => sum + (size - 1) * tensor.stride(i), 0);
  return tensor.data_ptr() + BigInt(tensor.numel() === 0 ? 0 : (last + 1) * tensor.element_size());
}

/** The names of tensors that lie in the same memory, in groups of one and more. */
export function findShared(tensors: readonly Named[]): string[][] {
  const groups = new Map<string, Named[]>();
  for (const [name, tensor] of tensors) {
    if (tensor.device.type === "meta") continue;
    const [address, nbytes] = storageOf(tensor);
    if (address === 0n || nbytes === 0) continue;
    const key = `${tensor.device} ${address} ${nbytes}`;
    const group = groups.get(key);
    if (group) group.push([name, tensor]);
    else groups.set(key, [[name, tensor]]);
  }
  return [...groups.values()].flatMap(overlapping);
}

/** Tensors of one storage that overlap. */
function overlapping(group: readonly Named[]): string[][] {
  if (group.length < 2) return [group.map(([name]) => name)];
  const areas = group
    .map(([name, tensor]) => ({ name, start: tensor.data_ptr(), end: endOf(tensor) }))
    .sort((a, b) => Number(a.start - b.start) || Number(a.end - b.end));
  const result: string[][] = [];
  let end = -1n;
  for (const area of areas) {
    if (area.start >= end) result.push([area.name]);
    else result[result.length - 1].push(area.name);
    end = area.end;
  }
  return result;
}

/** Whether a tensor is all of its memory. */
function isComplete(tensor: Tensor): boolean {
  const [address, nbytes] = storageOf(tensor);
  return tensor.data_ptr() === address && tensor.numel() * tensor.element_size() === nbytes;
}

/** For each name to keep, the other names of the same memory. */
export function duplicateNames(tensors: readonly Named[], preferred: readonly string[] = []): Map<string, string[]> {
  const byName = new Map(tensors);
  const result = new Map<string, string[]>();
  for (const shared of findShared(tensors)) {
    const complete = shared.filter((name) => isComplete(byName.get(name) as Tensor)).sort();
    if (complete.length === 0) {
      throw new RuntimeError(
        `Error while trying to find names to remove to save state dict, but found no suitable name to keep for saving amongst: {${shared.map((name) => `'${name}'`).join(", ")}}. None is covering the entire storage.Refusing to save/load the model since you could be storing much more memory than needed. Please refer to https://huggingface.co/docs/safetensors/torch_shared_tensors for more information. Or open an issue.`,
      );
    }
    const keep = complete.find((name) => preferred.includes(name)) ?? complete[0];
    const others = shared.filter((name) => name !== keep).sort();
    if (others.length) result.set(keep, others);
  }
  return result;
}
