// torch/csrc/profiler/python/init.cpp and torch/csrc/autograd/init.cpp: enumerations of the profiler

import { enumeration, type Member } from "../../python/enum.js";

/** The kind of a device, as events name it. */
export const DeviceType = enumeration("DeviceType", {
  CPU: 0,
  CUDA: 1,
  MKLDNN: 2,
  OPENGL: 3,
  OPENCL: 4,
  IDEEP: 5,
  HIP: 6,
  FPGA: 7,
  MAIA: 8,
  XLA: 9,
  Vulkan: 10,
  Metal: 11,
  XPU: 12,
  MPS: 13,
  MTIA: 19,
  Meta: 14,
  HPU: 15,
  VE: 16,
  Lazy: 17,
  IPU: 18,
  PrivateUse1: 20,
});
export type DeviceType = Member;

/** What a profiler records: the CPU's operators, or the kernels of a kind of device. */
export const ProfilerActivity = enumeration("ProfilerActivity", {
  CPU: 0,
  XPU: 1,
  MTIA: 4,
  CUDA: 2,
  HPU: 3,
  PrivateUse1: 5,
});
export type ProfilerActivity = Member;

/** @internal How libtorch's profiler works. */
export const ProfilerState = {
  CPU: 1,
  CUDA: 2,
  NVTX: 3,
  ITT: 4,
  KINETO: 6,
  KINETO_GPU_FALLBACK: 7,
} as const;

const deviceTypes = new Map(Object.values(DeviceType).map((type) => [type.value, type]));

/** @internal The kind of device with a number. */
export const deviceTypeOf = (value: number): DeviceType => deviceTypes.get(value) ?? DeviceType.CPU;
