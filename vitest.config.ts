import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/package/**"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    retry: process.env.CI ? 2 : 0, // shared machines stall
    server: { deps: { external: [/\/dist\//] } },
  },
});
