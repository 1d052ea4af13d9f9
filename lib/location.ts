// Where the package's modules are.

/** The folder that index.js lies in: worker threads begin with files of it. */
export const modules = new URL("./", import.meta.url);
