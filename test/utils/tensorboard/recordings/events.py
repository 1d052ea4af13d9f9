"""Writes events.json and projector.json: the events, without their times, that Python writes for the calls of writer.test.ts, and the files for the projector."""

import base64
import glob
import json
import os
import tempfile

import torch
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event
from torch.utils.tensorboard import SummaryWriter

with tempfile.TemporaryDirectory() as folder:
    writer = SummaryWriter(folder)
    writer.add_scalar("loss", 0.25, 1, walltime=5)
    writer.add_scalar("loss", torch.tensor([1.5]), 300, walltime=5)
    writer.add_scalar("new", 0.5, 2, walltime=5, new_style=True)
    writer.add_scalar("double", 0.1, 2, walltime=5, new_style=True, double_precision=True)
    writer.add_histogram("h", torch.arange(10.0).sub(3), 3, walltime=5)
    writer.add_histogram("h", torch.arange(10.0), 3, bins=4, walltime=5)
    writer.add_histogram("h", torch.arange(10.0), 3, bins=7, walltime=5, max_bins=3)
    writer.add_text("t", "hé *llo*", 4, walltime=5)
    writer.add_hparams({"lr": 0.1}, {"acc": 0.5}, {"lr": [0.1, 0.2]}, run_name="run", global_step=1)
    writer.add_hparams({"opt": "sgd", "no": None}, {"acc": 1}, run_name="run2")
    for dtype in [torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.int8, torch.int16, torch.int32,
                  torch.int64, torch.uint8, torch.bool, torch.complex64, torch.complex128]:  # fmt: skip
        writer.add_tensor(str(dtype), torch.tensor([[1, 0], [3, 100]]).to(dtype), 1, walltime=5)
    writer.add_tensor("empty", torch.zeros(0, 2), walltime=5)
    writer.add_histogram_raw("raw", -1, 2.5, 3, 0, 4, [0.5, 1, 2], torch.tensor([1, 0, 2]), 6, walltime=5)
    writer.add_audio("sound", torch.tensor([[0.0, 0.5, -0.25, 1, -1]]), 1, sample_rate=8000, walltime=5)
    labels, predictions = torch.tensor([0, 1, 1, 0, 1]), torch.tensor([0.1, 0.9, 0.4, 0.6, 1.0])
    writer.add_pr_curve("pr", labels, predictions, 2, num_thresholds=5, walltime=5)
    writer.add_pr_curve("weighted", labels, predictions, num_thresholds=200, weights=0.5, walltime=5)
    writer.add_pr_curve_raw("raw pr", *torch.arange(12.0).view(6, 2), 3, num_thresholds=2, walltime=5)
    # fmt: off
    writer.add_mesh("mesh", torch.arange(12.0).view(1, 4, 3), torch.arange(12).view(1, 4, 3), torch.tensor([[[0, 1, 2]]]),
                    {"b": {"x": 1}, "a": [1, "ä"]}, 4, walltime=5)
    # fmt: on
    writer.add_mesh("points", torch.zeros(2, 1, 3), walltime=5)
    writer.close()
    # These take no time.
    writer = SummaryWriter(os.path.join(folder, "charts"))
    writer.add_custom_scalars({"c": {"lines": ["Multiline", ["a", "b"]], "band": ["Margin", ["m", "l", "u"]]}, "d": {}})
    writer.add_custom_scalars_multilinechart(["x", "y"], title="t")
    writer.add_custom_scalars_marginchart(["x", "y", "z"], category="k")
    writer.close()
    projector = SummaryWriter(os.path.join(folder, "projector"))
    projector.add_embedding(torch.tensor([[1.0, 0.1], [2, 3]]), ["a", "b"], global_step=7, tag="x/y")
    header = ["name", "n"]
    projector.add_embedding(torch.tensor([[1, 2]]), [["a\"", 1.5]], torch.ones(1, 3, 2, 4), metadata_header=header)
    projector.close()
    texts = {}
    for file in sorted(glob.glob(f"{folder}/projector/**/*.*", recursive=True)):
        if not os.path.basename(file).startswith("events") and not file.endswith(".png"):
            texts[os.path.relpath(file, folder)] = open(file).read()
    events = {}
    for file in glob.glob(f"{folder}/**/events*", recursive=True):
        name = os.path.relpath(os.path.dirname(file), folder)
        if name == "projector":
            continue
        events[name] = []
        for raw in RawEventFileLoader(file).Load():
            event = Event.FromString(raw)
            event.wall_time = 5
            event.ClearField("source_metadata")
            events[name].append(base64.b64encode(event.SerializeToString()).decode())
here = os.path.dirname(__file__)
for name, recorded in {"events": events, "projector": texts}.items():
    with open(os.path.join(here, f"{name}.json"), "w") as out:
        json.dump(recorded, out, indent=2)
        out.write("\n")
