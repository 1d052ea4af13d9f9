// torch/utils/data/datapipes/iter/routeddecoder.py

import { splitKeywords } from "../../../../arguments/function.js";
import { nameParameters } from "../../../../arguments/names.js";
import { callable } from "../../../../callable.js";
import { registerFunction } from "../../../../multiprocessing/reductions.js";
import { iter } from "../../../../python/sequences.js";
import type { Keywords } from "../../../../types.js";
import { functional_datapipe } from "../_decorator.js";
import { lengthOfSource } from "../_sized.js";
import { IterDataPipe } from "../datapipe.js";
import { _deprecation_warning } from "../utils/common.js";
import { basichandlers, Decoder, extension_extract_fn, type Handler, imagehandler } from "../utils/decoder.js";

// biome-ignore-start lint/suspicious/noExplicitAny: what files hold

type KeyFn = (pathname: string) => string;

class RoutedDecoderIterDataPipe extends IterDataPipe<[string, any]> {
  datapipe: Iterable<[string, any]>;
  decoder: Decoder;

  constructor(
    datapipe: Iterable<[string, any]>,
    ...args: Handler[] | [...handlers: Handler[], keywords: Keywords<{ key_fn?: KeyFn }>]
  ) {
    super();
    const { positional, keywords } = splitKeywords(args);
    const handlers = positional.length > 0 ? (positional as Handler[]) : [basichandlers, imagehandler("torch")];
    this.datapipe = datapipe;
    this.decoder = new Decoder(...handlers, { key_fn: (keywords.get("key_fn") as KeyFn) ?? extension_extract_fn });
    _deprecation_warning(this.constructor.name, {
      deprecation_version: "1.12",
      removal_version: "1.13",
      old_functional_name: "routed_decode",
    });
  }

  /** Adds handlers, which are asked before the others. */
  add_handler(...handler: Handler[]): void {
    this.decoder.add_handler(...handler);
  }

  override *__iter__(): Generator<[string, any], void, undefined> {
    for (const data of iter(this.datapipe)) {
      const [pathname] = data;
      yield [pathname, this.decoder.decode(data)[pathname]];
    }
  }

  override __len__(): number {
    return lengthOfSource(this, this.datapipe);
  }
}

/**
 * What files hold, decoded by the first handler that knows the ends of their names; functional form `routed_decode`.
 *
 * Deprecated in PyTorch, of which it warns.
 *
 * {@link https://docs.pytorch.org/docs/2.15/data.html}
 */
const CallableRoutedDecoder = functional_datapipe("routed_decode")(callable(RoutedDecoderIterDataPipe));
type CallableRoutedDecoder = RoutedDecoderIterDataPipe;
nameParameters(CallableRoutedDecoder, ["datapipe", "handlers", "key_fn"]);

export { CallableRoutedDecoder as RoutedDecoderIterDataPipe };

registerFunction("torch.utils.data.datapipes.iter.RoutedDecoder", CallableRoutedDecoder as never);

// biome-ignore-end lint/suspicious/noExplicitAny: see above
