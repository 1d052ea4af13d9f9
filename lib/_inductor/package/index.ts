// torch/_inductor/package/__init__.py

export { AOTICompiledModel } from "../../export/pt2_archive/_aoti.js";
export { load_package } from "./package.js";
