const Mistyped = TypeError;
type Mistyped = TypeError;

/** Python's TypeError: arguments that fit no signature. It is JavaScript's own. */
export { Mistyped as TypeError };

/** The base of PyTorch's error classes: an Error whose `name` is Python's class name. */
class TorchError extends Error {
  /** The C++ stack trace that libtorch recorded, where it did. */
  declare cpp_stack?: string;

  static {
    Object.defineProperty(TorchError.prototype, "name", {
      get(this: Error) {
        return this.constructor.name;
      },
      configurable: true,
    });
  }
}

/** Python's RuntimeError: what libtorch throws when an operation cannot be done. */
export class RuntimeError extends TorchError {}
/** Python's IndexError: an index or a dimension out of range. */
export class IndexError extends TorchError {}
/** Python's KeyError: a mapping has no such key. */
export class KeyError extends TorchError {}
/** Python's ValueError: an argument of the right type with a wrong value. */
export class ValueError extends TorchError {}
/** Python's AttributeError: an object has no such attribute. */
export class AttributeError extends TorchError {}
/** Python's NameError: no such name. */
export class NameError extends TorchError {}
/** Python's AssertionError. */
export class AssertionError extends TorchError {}
/** Python's OverflowError: a number does not fit. */
export class OverflowError extends TorchError {}
/** Python's NotImplementedError: no kernel, or a method that a subclass must write. */
export class NotImplementedError extends RuntimeError {}
/** Python's BufferError. */
export class BufferError extends TorchError {}
/** Python's OSError: what the system refuses. */
export class OSError extends TorchError {}
/** Python's EOFError: a file ends too soon. */
export class EOFError extends TorchError {}
/** pickle.UnpicklingError: a pickle is malformed, or asks for what is not allowed. */
export class UnpicklingError extends TorchError {}
/** pickle.PicklingError: a value cannot be written. */
export class PicklingError extends TorchError {}
/** torch.linalg.LinAlgError: a decomposition failed. */
export class LinAlgError extends RuntimeError {}
/** torch.OutOfMemoryError: a device has no memory left. */
export class OutOfMemoryError extends RuntimeError {}
/** torch.AcceleratorError: a device reported an error. */
export class AcceleratorError extends RuntimeError {}
/** torch.jit.Error: what a program of TorchScript raised. */
export class JITException extends TorchError {
  static {
    Object.defineProperty(JITException.prototype, "name", { value: "torch.jit.Error", configurable: true });
  }
}
/** torch.distributed.DistError. */
export class DistError extends RuntimeError {}
/** torch.distributed.DistBackendError. */
export class DistBackendError extends DistError {}
/** torch.distributed.DistStoreError. */
export class DistStoreError extends DistError {}
/** torch.distributed.DistNetworkError. */
export class DistNetworkError extends DistError {}
