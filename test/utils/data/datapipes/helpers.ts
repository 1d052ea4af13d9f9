import { vi } from "vitest";

/** The warnings that a function gives. */
export function warnings(body: () => unknown): string[] {
  const emit = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  try {
    body();
    return emit.mock.calls.map(([message]) => String(message));
  } finally {
    emit.mockRestore();
  }
}

export const list = <T>(datapipe: Iterable<T>): T[] => Array.from(datapipe);
