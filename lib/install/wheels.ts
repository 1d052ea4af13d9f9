// Written by scripts/pin-libtorch.js; do not edit.

/** What an installation can compute on. */
export type Device = "cpu" | "cuda";

/** A wheel, the sha256 of its RECORD, and the first device that needs it. */
export type Wheel = { file: string; record: string; device: Device };

/** The wheels of each platform, torch's own first. */
export const wheels: { [platform: string]: Wheel[] } = {
  "linux-x64": [
    {
      file: "torch-2.15.0-cp311-cp311-manylinux_2_28_x86_64.whl",
      record: "d47522ead2f25d247744476fdcae907477ae602ca98dc1fb02de931f869d66be",
      device: "cpu",
    },
    {
      file: "nvidia_cuda_runtime-13.2.86-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
      record: "795d5f0a013142013ec11b688f2e840b8226ca058c05a1fcc2c8fc8c58c13eac",
      device: "cpu",
    },
    {
      file: "nvidia_cuda_cupti-13.2.86-py3-none-manylinux_2_25_x86_64.whl",
      record: "cd99245acf7d27d04935a234596724b75d80ccc69c36670b8631056ddb69f449",
      device: "cpu",
    },
    {
      file: "nvidia_cublas-13.4.1.3-py3-none-manylinux_2_27_x86_64.whl",
      record: "4a1c911d1e64243ca7ea273f781152fa181fea67a63cecfa8c87d6f6bf0647b6",
      device: "cuda",
    },
    {
      file: "nvidia_cuda_nvrtc-13.2.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
      record: "2331398d7515cc49916a8cad48d88c95ec19c4930fc36b81ebf833c008293681",
      device: "cuda",
    },
    {
      file: "nvidia_cufft-12.2.0.57-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
      record: "46b2c5945759f0ca2feac480bcf87a92fc9a0931f64fa37fb71a3aca26d0bcc2",
      device: "cuda",
    },
    {
      file: "nvidia_nvjitlink-13.5.37-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
      record: "02782ebc40faedac97d4fd2b02b013120fb4dd7f1093b72f25eab805393bfcd7",
      device: "cuda",
    },
    {
      file: "nvidia_cufile-1.17.1.22-py3-none-manylinux_2_27_x86_64.whl",
      record: "03834f08ae8d52530b44eb3e3f2768ea55c37e7250cb2b5111c5d2c25709d409",
      device: "cuda",
    },
    {
      file: "nvidia_cusolver-12.2.0.11-py3-none-manylinux_2_27_x86_64.whl",
      record: "918065d805813c368046d126337d24cf0492beecd325c2d67a17424090faa458",
      device: "cuda",
    },
    {
      file: "nvidia_cusparse-12.7.10.12-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
      record: "99f323dfef156ea64c44855b18a7c1597cbf6f44cc22658f480db81b53328fd8",
      device: "cuda",
    },
    {
      file: "nvidia_nvtx-13.2.86-py3-none-manylinux1_x86_64.manylinux_2_5_x86_64.whl",
      record: "113ec09d491d00e663d198af0c13f7a8ff4c1a39460c7c558bb81441aa26bce6",
      device: "cuda",
    },
    {
      file: "nvidia_cudnn_cu13-9.26.0.51-py3-none-manylinux_2_27_x86_64.whl",
      record: "0bcd14e6cefe3efedf507082c75d0b616d39e52613836549a3e4f065d7641f23",
      device: "cuda",
    },
    {
      file: "nvidia_cusparselt_cu13-0.8.1-py3-none-manylinux2014_x86_64.whl",
      record: "f2fc01f0f87d976fe05f8c2290cb530e6b9d1d4d75fac5dbe4db2a0fef1b6aab",
      device: "cuda",
    },
    {
      file: "nvidia_nccl_cu13-2.30.7-py3-none-manylinux_2_18_x86_64.whl",
      record: "6647a0fa7332d6b42a27b7cf1e8c0e0d37a9c93f06b134cf781db2f188479424",
      device: "cuda",
    },
    {
      file: "nvidia_nvshmem_cu13-3.7.2-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
      record: "5371926dbe52986e5629ff63ef79ff20524317b64edaae0dd5ea88e7feca5e10",
      device: "cuda",
    },
  ],
  "linux-arm64": [
    {
      file: "torch-2.15.0-cp311-cp311-manylinux_2_28_aarch64.whl",
      record: "e29ff7e2a0aae02efef5bc13f3ebd9b7d9f838afd5f4c69814e539ef839e7be8",
      device: "cpu",
    },
    {
      file: "nvidia_cuda_runtime-13.2.86-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
      record: "ad4e7b8016876b8335feba19e08344d0c3fed5f291da243572666c9600ffc745",
      device: "cpu",
    },
    {
      file: "nvidia_cuda_cupti-13.2.86-py3-none-manylinux_2_25_aarch64.whl",
      record: "96326d4b147c9a8d9db62bfc26e5851c06133dc7cd9d9932d77fb99ab7de192d",
      device: "cpu",
    },
    {
      file: "nvidia_cublas-13.4.1.3-py3-none-manylinux_2_27_aarch64.whl",
      record: "8ea06f464bfd95b3df74576ece4c78973863f16d31f3cf79da1951684c2d4652",
      device: "cuda",
    },
    {
      file: "nvidia_cuda_nvrtc-13.2.86-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
      record: "90721ea874e3cc3a493372e7e62ae6e72c5b4ba7c7f4d3b115ed2ab0d5610a5e",
      device: "cuda",
    },
    {
      file: "nvidia_cufft-12.2.0.57-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
      record: "8800690b2e74c23201a0c3401fb2e3e94f91e74cb8ed827d59bc9fb43132fac0",
      device: "cuda",
    },
    {
      file: "nvidia_nvjitlink-13.5.37-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
      record: "7a143311b9cbb6f33e17e9e7b7be39d7d6fae14c30598cda20a05fe47ac93003",
      device: "cuda",
    },
    {
      file: "nvidia_cufile-1.17.1.22-py3-none-manylinux_2_27_aarch64.whl",
      record: "e16987abe2f19c41dd71b7ff160ce5e6e8e58342f73c196e0eec4ddf55c16a50",
      device: "cuda",
    },
    {
      file: "nvidia_cusolver-12.2.0.11-py3-none-manylinux_2_27_aarch64.whl",
      record: "fef99e8e0ca45a3d5d3a2c180a9e107025429aade3c8eb23192e157d5786cbf6",
      device: "cuda",
    },
    {
      file: "nvidia_cusparse-12.7.10.12-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
      record: "7e3f8624c96d6879dbbeb556bda8834c7bdec1b777b8f6af1785381db25818bf",
      device: "cuda",
    },
    {
      file: "nvidia_nvtx-13.2.86-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
      record: "163dfe6fdd2d0477376018bd2a991637aba4777811c6012e7aa8b788ba04e7db",
      device: "cuda",
    },
    {
      file: "nvidia_cudnn_cu13-9.26.0.51-py3-none-manylinux_2_27_aarch64.whl",
      record: "bcf4f912139463bfb970b1ceaea73cdc0b3be59f302a706bba8e78f2f3fcbb4d",
      device: "cuda",
    },
    {
      file: "nvidia_cusparselt_cu13-0.8.1-py3-none-manylinux2014_aarch64.whl",
      record: "1f5fe6e18b7888c6037e247075ea784d107d5b0b6cfcf7fda1d2cacf23143cb6",
      device: "cuda",
    },
    {
      file: "nvidia_nccl_cu13-2.30.7-py3-none-manylinux_2_18_aarch64.whl",
      record: "4231b0f6233ee9cacdc3677245bd2d9ad49aa7ed7df1ec63aa7358422474f5c2",
      device: "cuda",
    },
    {
      file: "nvidia_nvshmem_cu13-3.7.2-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
      record: "b5a80fbced0bdb573949f9cc378f124f8859d9ecbd1995140203c11b86c6c9d5",
      device: "cuda",
    },
  ],
  "darwin-arm64": [
    {
      file: "torch-2.15.0-cp311-cp311-macosx_14_0_arm64.whl",
      record: "13590a63c3ddb1a235f60a72ab4ab7335b9c3123aa239098b8c89282687596ae",
      device: "cpu",
    },
  ],
  "win32-x64": [
    {
      file: "torch-2.15.0-cp311-cp311-win_amd64.whl",
      record: "fe799985dbb04199c0d50303a8562122ac7e5bd7533361e7c422b684f1d1e608",
      device: "cpu",
    },
  ],
};
