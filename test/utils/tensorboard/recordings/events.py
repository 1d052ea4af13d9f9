"""Writes events.json: the events, without their times, that Python writes for the calls of writer.test.ts."""

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
    writer.close()
    events = {}
    for file in glob.glob(f"{folder}/**/events*", recursive=True):
        name = os.path.relpath(os.path.dirname(file), folder)
        events[name] = []
        for raw in RawEventFileLoader(file).Load():
            event = Event.FromString(raw)
            event.wall_time = 5
            event.ClearField("source_metadata")
            events[name].append(base64.b64encode(event.SerializeToString()).decode())
with open(os.path.join(os.path.dirname(__file__), "events.json"), "w") as out:
    json.dump(events, out, indent=2)
    out.write("\n")
