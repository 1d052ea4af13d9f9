// Which implementation of an update runs: small parameters of the CPU are updated together.

import type { Tensor } from "../_tensor.js";
import { native, type TensorHandle } from "../binding.js";
import { deferral } from "../deferral.js";
import { followAsync } from "../modes.js";
import { handleOf, isHandleless, wrap } from "../tensor_base.js";
import { tidy } from "../tidy.js";
import { _default_to_fused_or_foreach } from "./_utils.js";

/** Parameters, their gradients, and what else belongs to each of them, or empty lists. */
type Lists = readonly (readonly (Tensor | null)[])[];

/**
 * Updates small parameters of the CPU, joined to a few long tensors, by what updates one: the same bits, with a fraction
 * of the calls. Returns the lists of the other parameters.
 *
 * The last `numbers` lists hold a number for each parameter; only those with the same numbers are joined.
 */
export function _update_small<L extends Lists>(lists: L, numbers: number, update: (joined: L) => void): L {
  const known = lists.every((list) => list.every((tensor) => tensor !== null && !isHandleless(tensor)));
  if (!known || lists[0].length < 2 || deferral !== null) return lists;
  followAsync();
  const handles = lists.map((list) => list.map((tensor) => handleOf(tensor as Tensor)));
  const joint = native.joinSmall(handles, numbers);
  if (joint === null) return lists;
  const [joined, groups, rest] = joint;
  const some = (make: (list: number) => (Tensor | null)[]) =>
    lists.map((list, i) => (list.length === 0 ? [] : make(i))) as unknown as L;
  tidy(() => {
    update(some((i) => groups.map((group) => wrap(group[i] as TensorHandle))));
    native.splitJoined(joined);
  });
  return some((i) => rest.map((at) => lists[i][at]));
}

/** The implementations of an update, and what is known of them. */
interface Implementations<L extends Lists, Options> {
  /** Calls operators for each parameter. */
  single: (lists: L, options: Options) => void;
  /** Calls foreach operators. */
  multi: (lists: L, options: Options) => void;
  /** Calls one kernel, if there is one. */
  one?: ((lists: L, options: Options) => void) | undefined;
  /** How many of the last lists hold a number for each parameter. */
  numbers: number;
  /** Whether both give the same bits on the CPU. @default true */
  sameBits?: boolean;
  /** Whether foreach operators can do what the options ask for. @default true */
  able?: boolean;
}

/** Runs an update as the keywords say; where nobody chose, small parameters are joined. */
export function _update<L extends Lists, Options extends { differentiable: boolean; capturable?: boolean }>(
  lists: L,
  options: Options,
  { foreach, fused }: { foreach?: boolean | null; fused?: boolean | null },
  { single, multi, one, numbers, sameBits = true, able = true }: Implementations<L, Options>,
): void {
  if (fused && one) {
    one(lists, options);
    return;
  }
  let rest = lists;
  let chosen = foreach ?? (fused === false ? false : null);
  if (chosen === null) {
    const { differentiable, capturable = false } = options;
    if (!differentiable && !capturable) rest = _update_small(lists, numbers, (joined) => single(joined, options));
    chosen = able && _default_to_fused_or_foreach(rest[0] as readonly Tensor[], differentiable, sameBits)[1];
  }
  (chosen ? multi : single)(rest, options);
}
