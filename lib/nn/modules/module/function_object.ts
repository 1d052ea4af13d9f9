import { callModule } from "./call.js";
import { globalHooks } from "./hooks.js";
import { STATE, State } from "./state.js";

/** The name of the prototype's property that holds the traps for classes whose objects are indexed: `seq[0]`. */
export const TRAPS = Symbol("traps");

/** A function with a prototype that is not Function's: calling it calls its `forward`. */
export function functionObject(prototype: object): object {
  const state = new State();
  const self = (...args: unknown[]) =>
    state.plain && !globalHooks.onCalls ? state.self.forward(...args) : callModule(state.self, state, args);
  Object.setPrototypeOf(self, prototype);
  // The module may have fields of these names.
  delete (self as { name?: string }).name;
  delete (self as { length?: number }).length;
  Object.defineProperty(self, STATE, { value: state });
  state.raw = self;
  const traps = (prototype as { [TRAPS]?: ProxyHandler<object> })[TRAPS];
  const result = traps ? new Proxy(self, traps) : self;
  state.self = result as unknown as State["self"];
  return result;
}

/** The base of modules: its constructor returns a function, on which the fields of the derived classes land. */
export abstract class FunctionObject {
  constructor() {
    // biome-ignore lint/correctness/noConstructorReturn: this is how a class makes functions
    return functionObject(new.target.prototype) as FunctionObject;
  }
}
