"""Modules that PyTorch's module_db has no inputs for, or only the plainest: [class, args, kwargs, forward args, forward kwargs]."""
import torch
from torch import nn
import torch.nn.functional as F


def inputs():
    r = torch.randn
    x3, x4, x5 = (lambda: r(2, 4, 6)), (lambda: r(2, 4, 6, 6)), (lambda: r(2, 4, 4, 4, 4))
    longs = lambda high, *shape: torch.randint(high, shape)
    yield from ((nn.LazyLinear, (5,), {"bias": b}, (r(*s),), {}) for b in (True, False) for s in ((3, 4), (2, 3, 7), (6,)))
    for dim, x in ((1, x3), (2, x4), (3, x5)):
        yield from ((getattr(nn, f"LazyBatchNorm{dim}d"), (), k, (x(),), {}) for k in ({}, {"affine": False}, {"momentum": None}, {"track_running_stats": False}, {"eps": 0.1}))
        yield from ((getattr(nn, f"LazyInstanceNorm{dim}d"), (), k, (x(),), {}) for k in ({}, {"affine": True}, {"affine": True, "track_running_stats": True}))
        conv = {"kernel_size": 3, "padding": 1}
        yield from ((getattr(nn, f"LazyConv{dim}d"), (6,), {**conv, **k}, (x(),), {}) for k in ({}, {"stride": 2}, {"groups": 2, "bias": False}, {"padding_mode": "circular"}, {"dilation": 1, "padding": "same"}))
        yield from ((getattr(nn, f"LazyConvTranspose{dim}d"), (6,), {**conv, **k}, (x(),), {}) for k in ({}, {"stride": 2, "output_padding": 1}, {"groups": 2, "bias": False}))
        yield from ((getattr(nn, f"Dropout{dim}d"), (), k, (x(),), {}) for k in ({}, {"p": 0.2}, {"p": 0.9}))
        yield getattr(nn, f"MaxUnpool{dim}d"), (2,), {}, (lambda p: p(x()))(getattr(nn, f"MaxPool{dim}d")(2, return_indices=True)), {}
    for c in (nn.Dropout, nn.AlphaDropout, nn.FeatureAlphaDropout):
        yield from ((c, (), k, (x(),), {}) for x in (x3, x4) for k in ({}, {"p": 0.25}, {"p": 0.0}))
    yield from ((nn.AdaptiveLogSoftmaxWithLoss, (6, 20, c), k, (r(8, 6), longs(20, 8)), {}) for c in ([4, 10], [5]) for k in ({}, {"div_value": 2.0}, {"head_bias": True}))
    yield nn.AdaptiveLogSoftmaxWithLoss, (6, 20, [4, 10]), {}, (r(6), torch.tensor(13)), {}
    for mode in ("sum", "mean", "max"):
        yield nn.EmbeddingBag, (10, 3), {"mode": mode}, (longs(10, 4, 5),), {}
        yield nn.EmbeddingBag, (10, 3), {"mode": mode, "padding_idx": 2}, (longs(10, 9), torch.tensor([0, 4, 4])), {}
        yield nn.EmbeddingBag, (10, 3), {"mode": mode, "include_last_offset": True}, (longs(10, 9), torch.tensor([0, 4, 9])), {}
    yield nn.EmbeddingBag, (10, 3), {"mode": "sum", "max_norm": 1.0}, (longs(10, 4, 5),), {}
    yield nn.EmbeddingBag, (10, 3), {"mode": "sum"}, (longs(10, 9), torch.tensor([0, 4])), {"per_sample_weights": r(9)}
    yield nn.ChannelShuffle, (2,), {}, (x4(),), {}
    yield from ((nn.CosineSimilarity, (), k, (r(3, 5), r(3, 5)), {}) for k in ({}, {"dim": 0}, {"eps": 0.1}))
    yield from ((nn.PairwiseDistance, (), k, (r(3, 5), r(3, 5)), {}) for k in ({}, {"p": 1.0, "keepdim": True}, {"eps": 0.1}))
    yield from ((nn.CrossMapLRN2d, (s,), k, (x4(),), {}) for s in (2, 3) for k in ({}, {"alpha": 0.1, "beta": 0.5, "k": 2}))
    yield from ((nn.Flatten, a, {}, (x4(),), {}) for a in ((), (0,), (1, 2)))
    yield from ((nn.Unflatten, a, {}, (x4(),), {}) for a in ((1, (2, 2)), (-1, (3, 2))))
    yield from ((nn.Unfold, (2,), k, (x4(),), {}) for k in ({}, {"stride": 2}, {"padding": 1, "dilation": 2}))
    yield from ((nn.Fold, ((4, 5), 2), k, (s(),), {}) for k, s in (({}, lambda: r(2, 8, 12)), ({"stride": (2, 1)}, lambda: r(2, 8, 8))))
    yield from ((nn.Identity, a, {}, (x3(),), {}) for a in ((), (3,)))
    yield from ((c, (2,), {}, (x4(),), {}) for c in (nn.PixelShuffle, nn.PixelUnshuffle))
    yield from ((c, (), k, (x3(),), {}) for c, ks in ((nn.Hardsigmoid, ({}, {"inplace": True})), (nn.RReLU, ({}, {"lower": 0.2, "upper": 0.4}, {"inplace": True}))) for k in ks)
    yield nn.NLLLoss2d, (), {}, (x4().log_softmax(1), longs(4, 2, 6, 6)), {}
    triplet = lambda: (r(4, 6), r(4, 6), r(4, 6))
    yield from ((nn.TripletMarginLoss, (), k, triplet(), {}) for k in ({}, {"margin": 2.0, "p": 1.0}, {"swap": True, "reduction": "none"}))
    yield from ((nn.TripletMarginWithDistanceLoss, (), k, triplet(), {}) for k in ({}, {"distance_function": F.cosine_similarity}, {"swap": True, "margin": 0.5, "reduction": "sum"}))
    for mode, x in (("nearest", x3), ("linear", x3), ("bilinear", x4), ("bicubic", x4), ("trilinear", x5), ("nearest-exact", x4)):
        yield nn.Upsample, (), {"scale_factor": 2, "mode": mode}, (x(),), {}
    yield nn.Upsample, (), {"size": (5, 7), "mode": "bilinear", "align_corners": True}, (x4(),), {}
    yield nn.Upsample, (), {"scale_factor": 1.5, "recompute_scale_factor": True}, (x4(),), {}
    yield from ((c, (), k, (x4(),), {}) for c in (nn.UpsamplingBilinear2d, nn.UpsamplingNearest2d) for k in ({"scale_factor": 2}, {"size": (3, 9)}))
    yield from ((getattr(nn, f"FractionalMaxPool{d}d"), (2,), {"output_ratio": 0.5, "_random_samples": torch.rand(2, 4, d)}, (x(),), {}) for d, x in ((2, x4), (3, x5)))
    yield from ((getattr(nn, f"FractionalMaxPool{d}d"), (2,), {"output_size": 2, "return_indices": True}, (x(),), {}) for d, x in ((2, x4), (3, x5)))
    yield from ((nn.SyncBatchNorm, (4,), k, None, {}) for k in ({}, {"affine": False}, {"track_running_stats": False}))
    yield from containers(r)
    yield from transformers(r)


def containers(r):
    yield nn.ModuleList, (), {}, None, {}
    yield nn.ParameterList, ([nn.Parameter(r(2)), nn.Parameter(r(1, 3)), nn.Parameter(r(()))],), {}, None, {}
    yield nn.ParameterDict, ({"a": nn.Parameter(r(2)), "b": nn.Parameter(r(1, 3))},), {}, None, {}


def transformers(r):
    """Activation functions, layers that a stack copies, masks, and (in eval mode) the numbers of the fast paths."""
    small = {"nhead": 2, "dim_feedforward": 10}
    causal = nn.Transformer.generate_square_subsequent_mask(4)
    padding = torch.tensor([[False, False, True, True], [False, False, False, True]])
    src = lambda first: r(2, 4, 8) if first else r(4, 2, 8)
    for activation in ("relu", "gelu", F.relu, F.gelu, torch.tanh, F.silu):
        yield nn.TransformerEncoderLayer, (8,), {**small, "activation": activation, "dropout": 0.0}, (src(False),), {}
        yield nn.TransformerDecoderLayer, (8,), {**small, "activation": activation, "dropout": 0.2}, (src(False), r(5, 2, 8)), {}
    for first in (True, False):
        for norm_first in (True, False):
            for bias in (True, False):
                k = {**small, "batch_first": first, "norm_first": norm_first, "bias": bias}
                yield nn.TransformerEncoderLayer, (8,), k, (src(first),), {"src_mask": causal}
                yield nn.TransformerEncoderLayer, (8,), k, (src(first),), {"src_key_padding_mask": padding}
                yield nn.TransformerEncoderLayer, (8,), k, (src(first),), {"src_mask": causal, "is_causal": True}
                yield nn.TransformerDecoderLayer, (8,), k, (src(first), src(first)), {"tgt_mask": causal, "tgt_is_causal": True}
                yield nn.TransformerDecoderLayer, (8,), k, (src(first), src(first)), {"memory_key_padding_mask": padding}
                encoder, decoder = nn.TransformerEncoderLayer(8, **k), nn.TransformerDecoderLayer(8, **k)
                yield nn.TransformerEncoder, (encoder, 2), {}, (src(first),), {}
                yield nn.TransformerEncoder, (encoder, 2), {"enable_nested_tensor": False}, (src(first),), {"mask": causal, "src_key_padding_mask": padding}
                yield nn.TransformerEncoder, (encoder, 2), {}, (src(first),), {"src_key_padding_mask": padding}
                yield nn.TransformerDecoder, (decoder, 2), {}, (src(first), src(first)), {"tgt_mask": causal}
                yield nn.Transformer, (8, 2, 1, 2, 10), {k: v for k, v in k.items() if k not in small}, (src(first), src(first)), {"tgt_mask": causal, "src_key_padding_mask": padding}
    yield nn.Transformer, (8, 2, 1, 1, 10), {"activation": F.gelu}, (src(False), src(False)), {}
