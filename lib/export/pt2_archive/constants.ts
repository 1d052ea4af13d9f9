// torch/export/pt2_archive/constants.py

export const ARCHIVE_FORMAT_PATH = "archive_format";
export const ARCHIVE_FORMAT_VALUE = "pt2";
export const ARCHIVE_VERSION_PATH = "archive_version";
export const ARCHIVE_VERSION_VALUE = "0";
export const MODELS_DIR = "models/";
export const AOTINDUCTOR_DIR = "data/aotinductor/";
export const WEIGHTS_DIR = "data/weights/";
export const WEIGHT_FILENAME_PREFIX = "weight_";
export const CONSTANTS_DIR = "data/constants/";
export const TENSOR_CONSTANT_FILENAME_PREFIX = "tensor_";
export const EXTRA_DIR = "extra/";

export const modelPath = (name: string): string => `${MODELS_DIR}${name}.json`;
export const weightsConfigPath = (name: string): string => `${WEIGHTS_DIR}${name}_weights_config.json`;
export const constantsConfigPath = (name: string): string => `${CONSTANTS_DIR}${name}_constants_config.json`;
export const sampleInputsPath = (name: string): string => `data/sample_inputs/${name}.pt`;
