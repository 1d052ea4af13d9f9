// The install step of a checkout: the same as `npx tstorch install`, with the arguments given.
process.argv.splice(2, 0, "install");
await import("../dist/install/cli.js");
