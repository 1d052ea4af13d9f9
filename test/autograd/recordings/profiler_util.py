"""Records the tables that Python makes of fixed events: python test/autograd/recordings/profiler_util.py"""

import json
import random
from pathlib import Path

from torch.autograd import DeviceType
from torch.autograd.profiler_util import EventList, FunctionEvent, _format_memory, _format_time

random.seed(0)


def event(id, name, start, end, **more):
    return {"id": id, "name": name, "thread": 1, "start_us": start, "end_us": end, **more}


def nested():
    return [
        event(1, "ProfilerStep*", 0.5, 2000.5, trace_name="ProfilerStep#3", input_shapes=[], cpu_memory_usage=4096, stack=[]),
        event(2, "aten::linear", 10.25, 900.75, input_shapes=[[4, 4], [3, 4], [3]], cpu_memory_usage=48, stack=["a.py(1): f", "b.py(2): g"], sequence_nr=1),
        event(3, "aten::addmm", 20, 800, input_shapes=[[3], [4, 4], [4, 3], [], []], flops=96, cpu_memory_usage=48, stack=["a.py(1): f", "b.py(2): g"], sequence_nr=1),
        event(4, "aten::add", 950, 1000, input_shapes=[[2, 2], [2, 2]], flops=4, cpu_memory_usage=1536, stack=["c" * 90 + ".py(7): long name; with\ttabs"]),
        event(5, "aten::add", 1100, 1101.5, input_shapes=[[9, 9], [9, 9]], flops=81_000_000, cpu_memory_usage=-5 * 1024**3, stack=["d.py(3): h"]),
        event(6, "aten::add_", 1101.5, 1102, input_shapes=[[9, 9], [9, 9]], cpu_memory_usage=3 * 1024**2, stack=[]),
        event(7, "AddBackward0", 1200, 1500, scope=1, fwd_thread=1, sequence_nr=1, input_shapes=[], stack=[]),
        event(8, "aten::mul", 1210, 1300, input_shapes=[[1]], stack=["z.py(1): z"]),
        event(9, "an operator whose name is much longer than the column that it stands in", 1600, 1700, input_shapes=[list(range(40))], stack=[]),
        event(10, "dup", 1800, 1900, input_shapes=[], stack=[]),
        event(11, "dup", 1810, 1890, input_shapes=[], stack=[]),
        event(12, "async", 5, 3_000_000, is_async=True, input_shapes=[], stack=[]),
        event(13, "other thread", 100, 200, **{"thread": 2}, input_shapes=[], stack=[]),
    ]


def device():
    events = [
        event(1, "aten::mm", 0, 100, use_device="cuda", kernels=[["gemm", 0, 500]], device_memory_usage=2048),
        event(2, "aten::relu", 100, 120, use_device="cuda", kernels=[["relu", 0, 12.5], ["relu2", 1, 7]]),
        event(3, "gemm", 10, 510, use_device="cuda", device_type="CUDA", device_index=0),
        event(4, "label", 0, 510, use_device="cuda", device_type="CUDA", is_user_annotation=True),
    ]
    return [{**e, "input_shapes": [], "stack": []} for e in events]


def many():
    events, start = [], 0.0
    for i in range(14):
        length = random.choice([0.5, 3.25, 1000.125, 123456.789])
        name = random.choice(["aten::mul", "aten::sum", "aten::empty", "aten::copy_"])
        events.append(event(i, name, start, start + length, overload_name=random.choice(["", "Tensor", "out"]), node_id=random.choice([-1, 0]), flops=0, input_shapes=[[i % 3]], stack=[]))
        start += length + 1
    return events


def build(specs, **keywords):
    events = []
    for spec in specs:
        given = dict(spec)
        kernels = given.pop("kernels", [])
        if "device_type" in given:
            given["device_type"] = getattr(DeviceType, given["device_type"])
        made = FunctionEvent(**{"flops": 0, **given})
        for kernel in kernels:
            made.append_kernel(*kernel)
        events.append(made)
    result = EventList(events, **keywords)
    result._build_tree()
    return result


LISTS = {
    "nested": (nested(), {"profile_memory": True, "with_flops": True}),
    "device": (device(), {"use_device": "cuda", "profile_memory": True}),
    "many": (many(), {"with_flops": True}),
    "empty": ([], {}),
}
TABLES = [
    {},
    {"sort_by": "cpu_time_total"},
    {"sort_by": "self_cuda_time_total", "row_limit": 2},
    {"sort_by": "count", "header": "A header", "top_level_events_only": True, "time_unit": "us"},
    {"row_limit": -1, "max_name_column_width": 20, "max_shapes_column_width": 12, "max_src_column_width": 10, "time_unit": "ms"},
    {"max_name_column_width": None, "max_shapes_column_width": None, "max_src_column_width": None, "time_unit": "s"},
    {"sort_by": "key"},
]
GROUPS = [{}, {"group_by_input_shapes": True}, {"group_by_stack_n": 1}, {"group_by_overload_name": True}]


def main():
    lists = []
    for name, (specs, keywords) in LISTS.items():
        events = build(specs, **keywords)
        recorded = {"name": name, "events": specs, "keywords": keywords, "tables": [], "groups": []}
        for options in TABLES:
            recorded["tables"].append({"options": options, "text": events.table(**options)})
        for group in GROUPS:
            averages = events.key_averages(**group)
            tables = [{"options": options, "text": averages.table(**options)} for options in TABLES[:2]]
            recorded["groups"].append({"group": group, "repr": [repr(a) for a in averages], "tables": tables})
        recorded["total"] = repr(events.total_average())
        recorded["stacks"] = [evt.stack for evt in events]
        recorded["children"] = [[child.id for child in evt.cpu_children] for evt in events]
        recorded["self_cpu_time_total"] = events.self_cpu_time_total
        path = Path("/tmp/tstorch-profiler-util.txt")
        events.export_stacks(str(path), "self_cpu_time_total")
        recorded["export_stacks"] = path.read_text()
        path.unlink()
        if any(evt.trace_name for evt in events):  # else Python cannot write the file
            events.export_chrome_trace(str(path))
            recorded["chrome"] = json.loads(path.read_text())
            path.unlink()
        lists.append(recorded)
    times = [0, 0.5, 0.0005, 999.9994, 999.9996, 1000, 123456.789, 1e6, 1.5e9, -3]
    sizes = [0, 1, -1, 1023, 1024, -1536, 1024**2, 1024**3, -5 * 1024**3]
    result = {
        "lists": lists,
        "times": [[t, _format_time(t)] for t in times],
        "sizes": [[n, _format_memory(n)] for n in sizes],
    }
    Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n")


main()
