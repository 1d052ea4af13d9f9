// The types of torch.aio: those of the functions, with promises of their results.

import type { Tensor } from "../_tensor.js";

// biome-ignore-start lint/suspicious/noExplicitAny: functions of any type

type Keyword = { readonly [Symbol.iterator]?: never };

/** What an awaitable takes besides the function's own arguments. */
export interface AioKeywords {
  /** Ends the call with the signal's reason if that is aborted before the call has begun. */
  signal?: AbortSignal;
}

/** Arguments whose keyword arguments may have a signal. */
type WithSignal<A extends readonly unknown[]> =
  | {
      [I in keyof A]: A[I] extends object | undefined
        ? A[I] extends Keyword | undefined
          ? A[I] & AioKeywords
          : A[I]
        : A[I];
    }
  | [...A, AioKeywords];

/** The overloads of a function, of which TypeScript gives as many as are asked for, the first of them repeated. */
export type Asynchronous<F, Self extends readonly any[] = []> = F extends {
  (...args: infer A1): infer R1;
  (...args: infer A2): infer R2;
  (...args: infer A3): infer R3;
  (...args: infer A4): infer R4;
  (...args: infer A5): infer R5;
  (...args: infer A6): infer R6;
  (...args: infer A7): infer R7;
  (...args: infer A8): infer R8;
  (...args: infer A9): infer R9;
  (...args: infer A10): infer R10;
  (...args: infer A11): infer R11;
  (...args: infer A12): infer R12;
  (...args: infer A13): infer R13;
  (...args: infer A14): infer R14;
  (...args: infer A15): infer R15;
  (...args: infer A16): infer R16;
}
  ? {
      (...args: WithSignal<[...Self, ...A1]>): Promise<Awaited<R1>>;
      (...args: WithSignal<[...Self, ...A2]>): Promise<Awaited<R2>>;
      (...args: WithSignal<[...Self, ...A3]>): Promise<Awaited<R3>>;
      (...args: WithSignal<[...Self, ...A4]>): Promise<Awaited<R4>>;
      (...args: WithSignal<[...Self, ...A5]>): Promise<Awaited<R5>>;
      (...args: WithSignal<[...Self, ...A6]>): Promise<Awaited<R6>>;
      (...args: WithSignal<[...Self, ...A7]>): Promise<Awaited<R7>>;
      (...args: WithSignal<[...Self, ...A8]>): Promise<Awaited<R8>>;
      (...args: WithSignal<[...Self, ...A9]>): Promise<Awaited<R9>>;
      (...args: WithSignal<[...Self, ...A10]>): Promise<Awaited<R10>>;
      (...args: WithSignal<[...Self, ...A11]>): Promise<Awaited<R11>>;
      (...args: WithSignal<[...Self, ...A12]>): Promise<Awaited<R12>>;
      (...args: WithSignal<[...Self, ...A13]>): Promise<Awaited<R13>>;
      (...args: WithSignal<[...Self, ...A14]>): Promise<Awaited<R14>>;
      (...args: WithSignal<[...Self, ...A15]>): Promise<Awaited<R15>>;
      (...args: WithSignal<[...Self, ...A16]>): Promise<Awaited<R16>>;
    }
  : never;

/** The same of a method, whose tensor comes first. */
export type Method<F> = Asynchronous<F, [self: Tensor]>;

// biome-ignore-end lint/suspicious/noExplicitAny: see above
