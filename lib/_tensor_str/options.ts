import { bindArguments } from "../arguments/function.js";

/** The options of `set_printoptions`. */
export interface PrintOptions {
  /** Digits behind the point (default 4). */
  precision: number;
  /** Tensors of more elements than this print a part of them (default 1000). */
  threshold: number;
  /** How many elements that part has at either end of each dimension (default 3). */
  edgeitems: number;
  /** Characters in a line (default 80). */
  linewidth: number;
  /** Whether to print in scientific notation; null (the default) decides by the values. */
  sci_mode: boolean | null;
}

/** What `set_printoptions` takes: `profile` sets all options at once, before the others. */
export type PrintOptionKeywords = { [Name in keyof PrintOptions]?: PrintOptions[Name] | null } & {
  profile?: "default" | "short" | "full" | null;
};

const profiles: Record<string, Omit<PrintOptions, "sci_mode">> = {
  default: { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80 },
  short: { precision: 2, threshold: 1000, edgeitems: 2, linewidth: 80 },
  full: { precision: 4, threshold: Infinity, edgeitems: 3, linewidth: 80 },
};

/** The options in force. */
export const options: PrintOptions = { ...profiles.default, sci_mode: null };

/**
 * Sets how tensors print; what is not given stays as it is, but `sci_mode` goes back to null.
 *
 * `set_printoptions(precision=None, threshold=None, edgeitems=None, linewidth=None, profile=None, sci_mode=None)`
 *
 * {@link https://docs.pytorch.org/docs/2.15/generated/torch.set_printoptions.html}
 */
export function set_printoptions(
  precision?: number | null,
  threshold?: number | null,
  edgeitems?: number | null,
  linewidth?: number | null,
  profile?: "default" | "short" | "full" | null,
  sci_mode?: boolean | null,
): void;
export function set_printoptions(keywords: PrintOptionKeywords): void;
export function set_printoptions(...args: unknown[]): void {
  const names = ["precision", "threshold", "edgeitems", "linewidth", "profile", "sci_mode"];
  const values = bindArguments("set_printoptions", names, 0, args);
  const [precision, threshold, edgeitems, linewidth, profile, sci_mode] = values;
  Object.assign(options, profiles[profile as string]);
  for (const [name, value] of Object.entries({ precision, threshold, edgeitems, linewidth })) {
    if (value !== null && value !== undefined) options[name as "precision"] = Number(value);
  }
  options.sci_mode = (sci_mode as boolean | null | undefined) ?? null;
}

/** The options of printing, as `set_printoptions` takes them. */
export function get_printoptions(): PrintOptions {
  return { ...options };
}
