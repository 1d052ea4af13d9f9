// torch/version.py

import { native } from "./binding.js";

const { torch, build } = native.config();
const setting = (name: string) => new RegExp(`\\b${name}=([^,\\s]+)`).exec(build)?.[1];
const CUDA = 1; // c10::DeviceType

/** The version of libtorch. */
export const __version__: string = torch;

/** Whether libtorch was built for debugging. */
export const debug: boolean = setting("BUILD_TYPE") === "Debug";

/** The commit that libtorch was built from. */
export const git_version: string = setting("COMMIT_SHA") ?? "Unknown";

/** The version of CUDA that libtorch was built with; null where it was built without or its part for CUDA is missing. */
export const cuda: string | null = native.accelerator() === CUDA ? (setting("CUDA_VERSION") ?? null) : null;

/** The version of ROCm that libtorch was built with: none. */
export const hip: string | null = null;
export const rocm: string | null = null;

/** The version of Intel's GPU compiler that libtorch was built with: none. */
export const xpu: string | null = null;
