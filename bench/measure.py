# What the benchmarks in Python share; measure.mjs is the same in TypeScript. Each figure is a line `name: number unit`.
import math
import os
import resource
import sys
import time


def sized(full, quick, once):
    return {"full": full, "quick": quick, "once": once}[os.environ.get("BENCH_LENGTH", "full")]


nanoseconds = {"wall": time.perf_counter_ns, "cpu": time.process_time_ns}[os.environ.get("BENCH_CLOCK", "wall")]


SLICES = sized(9, 3, 1)


def turn():
    if "BENCH_TURNS" in os.environ:
        print("turn", flush=True)
        sys.stdin.buffer.raw.read(1)


def report(name, value, unit):
    print(f"{name}: {value:.0f} {unit}" if value >= 100 else f"{name}: {float(f'{value:.4g}')} {unit}")


def warm_up(call, least, least_calls):
    started = time.perf_counter()
    taken = 0
    calls = 0
    while calls == 0 or taken < least or (calls < least_calls and taken < 3):
        call()
        calls += 1
        taken = time.perf_counter() - started
    return calls / taken


def measure(name, call):
    rate = warm_up(call, sized(0.15, 0.05, 0), sized(300, 100, 1))
    calls = max(1, math.ceil(rate * sized(0.3, 0.1, 0) / SLICES))
    for _ in range(SLICES):
        turn()
        for _ in range(math.ceil(calls / 10)):
            call()
        started = nanoseconds()
        for _ in range(calls):
            call()
        report(name, (nanoseconds() - started) / calls, "ns")


def rss():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20


def peak_rss():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def train(step):
    for _ in range(20):
        loss = step()
    report("loss after 20 steps", loss, "loss")
    warm_up(step, sized(1, 0.2, 0), sized(1000, 200, 1))

    times = []
    for _ in range(SLICES):
        turn()
        step()
        started = nanoseconds()
        until = time.perf_counter() + sized(3, 0.5, 0) / SLICES
        least = sized(1000, 100, 1) / SLICES
        steps = 0
        while steps == 0 or time.perf_counter() < until or steps < least:
            before = time.perf_counter_ns()
            step()
            times.append(time.perf_counter_ns() - before)
            steps += 1
        report("step", (nanoseconds() - started) / steps / 1e3, "us")
    times.sort()
    report("p99.9 of steps", times[math.ceil(len(times) * 0.999) - 1] / 1e3, "us")
    report("RSS", rss(), "MB")
    report("peak RSS", peak_rss(), "MB")
