import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/package/**/*.test.ts"],
    testTimeout: 600_000,
    retry: process.env.CI ? 1 : 0,
    hookTimeout: 600_000,
  },
});
