"""What bench/compare.sh prints: compare.py LLMSYS PROGRAMS [--rounds N] [--huge] [WORKLOAD ...]. PROGRAMS is the folder of those built by hand."""
import argparse
import csv
import hashlib
import io
import math
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
STAGE = re.compile(r"(load|parse|check|elaborate|plan|jit|run) ([\d.]+) ms")
TOLERANCE = 1e-9   # of programs that may sum in any order


def output_of(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


class Run:
    """llmsys on one thread, compiling anew: seconds by stage, its output or how long that was and its digest, the most memory that it had."""

    def __init__(self, llmsys, study, *flags, engine="jit", keep=False, digested=False):
        with tempfile.TemporaryFile("w+") as errors:
            command = [llmsys, "run", f"--engine={engine}", "--threads=1", "--no-cache", "--format=csv", "--timings", *flags, str(HERE / study)]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors)
            pieces, self.bytes, digest = [], 0, hashlib.md5()
            while piece := process.stdout.read1(1 << 20):
                self.bytes += len(piece)
                if keep:
                    pieces.append(piece)
                elif digested:
                    digest.update(piece)
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            errors.seek(0)
            said = errors.read()
        if process.returncode != 0:
            sys.exit(f"{' '.join(command)}: {process.returncode}\n{said}")
        self.table, self.digest = b"".join(pieces).decode(), digest.digest()
        self.seconds = {stage: float(ms) / 1e3 for stage, ms in STAGE.findall(said)}
        self.megabytes = used.ru_maxrss / 1024

    def rows(self, columns):
        return [[float(row[column]) for column in columns] for row in csv.DictReader(io.StringIO(self.table))]


def by_hand(program):
    """Seconds, and the rows of numbers that it prints."""
    text = output_of([program])
    seconds = float(re.search(r"(?: s|seconds) ([\d.]+)", text).group(1))
    return seconds, [[float(word) for word in re.split(r"[ ,]", line)] for line in text.splitlines() if line[:1].isdigit() or line.startswith("-")]


def in_turns(rounds, llmsys_run, programs):
    """Median seconds by name, so that none has the machine's better moments; the last results of each."""
    seconds, results = {name: [] for name in ["llmsys", *programs]}, {}
    for _ in range(rounds):
        results["llmsys"] = llmsys_run()
        seconds["llmsys"].append(results["llmsys"].seconds["run"])
        for name, program in programs.items():
            time, results[name] = by_hand(program)
            seconds[name].append(time)
    return {name: statistics.median(times) for name, times in seconds.items()}, results


def print_ratios(points, median):
    print(f"  {'':<24} Mpoints/s   llmsys is")
    for name, time in median.items():
        print(f"  {name:<24} {points / time / 1e6:9.0f}   {time / median['llmsys']:6.2f} x as fast")


def told(claim, holds):
    print(f"  {claim}: {'yes' if holds else 'NO'}")
    return holds


def close(rows, others):
    return len(rows) == len(others) and all(len(a) == len(b) and all(math.isclose(x, y, rel_tol=TOLERANCE) for x, y in zip(a, b)) for a, b in zip(rows, others))


def same_with_interpreter(llmsys, study, *flags):
    return Run(llmsys, study, *flags, digested=True).digest == Run(llmsys, study, *flags, engine="interp", digested=True).digest


def begin(options, what):
    print(f"{what}; one thread each, medians of {options.rounds} rounds; {machine()}")


def w1(options):
    points = 64 * 64 * 64 * 4096
    begin(options, f"W1: the best batch of {points:.3g} points")
    programs = {"limit.cpp, strict": "w1-strict", "limit.cpp, -ffast-math": "w1-fast", "factored.cpp, strict": "w1-factored"}
    median, results = in_turns(options.rounds, lambda: Run(options.llmsys, "w1/w1.llmsys", "--no-search", keep=True), {name: options.programs / file for name, file in programs.items()})
    searches = [Run(options.llmsys, "w1/w1.llmsys", keep=True) for _ in range(options.rounds)]
    median["llmsys, searching"] = statistics.median(run.seconds["run"] for run in searches)
    print_ratios(points, median)
    numpy = subprocess.run([sys.executable, str(HERE / "w1/limit_numpy.py"), "1"], capture_output=True, text=True, check=False)
    print("  " + (numpy.stdout.strip().replace("\n", "\n  ") if numpy.returncode == 0 else f"numpy and numexpr: {numpy.stderr.strip().splitlines()[-1]}"))
    _, found = by_hand(options.programs / "w1-found")
    same = told("a search gives the same bytes", all(run.table == results["llmsys"].table for run in searches))
    return told("every result is that of limit.cpp, strict, to the last bit", results["llmsys"].rows(["batch", "rate [1/s]"]) == found) and same


def w2(options):
    points = 64 * 64 * 64 * 4096
    begin(options, f"W2: mean and best over all of {points:.3g} points")
    median, results = in_turns(options.rounds, lambda: Run(options.llmsys, "w2/w2.llmsys", keep=True), {"limit.cpp, -ffast-math": options.programs / "w2-fast"})
    print_ratios(points, median)
    return told(f"the results agree to {TOLERANCE:g}", close(results["llmsys"].rows(["average [1/s]", "best_rate [1/s]", "points"]), results["limit.cpp, -ffast-math"]))


def w3(options):
    begin(options, "W3: 1e7 rows of 20 columns as csv, through a pipe")
    runs = [Run(options.llmsys, "w3/w3.llmsys") for _ in range(options.rounds)]
    seconds = statistics.median(run.seconds["run"] for run in runs)
    print(f"  {runs[0].bytes / 1e6:.0f} MB in {seconds:.2f} s: {runs[0].bytes / seconds / 1e6:.0f} MB/s, {1e7 / seconds / 1e6:.2f} million rows a second; {runs[0].megabytes:.0f} MB of memory")
    return told("a tenth of it is the same with the interpreter", same_with_interpreter(options.llmsys, "w3/w3.llmsys", "--set", "part=1"))


def w4(options):
    study = "w4/w4.llmsys"
    shapes = len(re.findall(r"^shape ", output_of([options.llmsys, "run", "--emit=plan", str(HERE / study)]), re.M))
    begin(options, f"W4: 200 choices of model, system and precision with 1e5 points each, {shapes} shapes")
    runs = [Run(options.llmsys, study, engine="auto") for _ in range(options.rounds)]
    median = {stage: statistics.median(run.seconds[stage] for run in runs) for stage in runs[0].seconds}
    total = statistics.median(sum(run.seconds.values()) for run in runs)
    print("  " + ", ".join(f"{stage} {seconds * 1e3:.1f} ms" for stage, seconds in median.items()) + f"; {total * 1e3:.0f} ms in all")
    compiled = median["elaborate"] + median["plan"] + median["jit"]
    print(f"  {median['jit'] * 1e3 / shapes:.1f} ms a shape in the compiler of machine code, {compiled * 1e3 / shapes:.1f} ms with elaboration; {median['run'] * 1e9 / 2e7:.1f} ns a point")
    return told("a hundredth of it is the same with the interpreter", same_with_interpreter(options.llmsys, study, "--set", "most=10"))


def w5(options):
    points = 10 * 10 * 10 * 25 * 4000
    begin(options, f"W5: DeepSeek-V3 with expert parallelism, std/serving, {points:.3g} points")
    median, results = in_turns(options.rounds, lambda: Run(options.llmsys, "w5/w5.llmsys", keep=True), {"limit.cpp, -ffast-math": options.programs / "w5-fast"})
    print_ratios(points, median)
    columns = ["users", "d.rate [token/s]", "d.user_rate [token/s]"]
    return told(f"the results agree to {TOLERANCE:g}", close(results["llmsys"].rows(columns), results["limit.cpp, -ffast-math"]))


def sizes(options):
    print(f"Sizes: the equations of W1, by number of points; one run each, one thread; {machine()}\n  points    best: time, a point, memory         summarise: time, a point, memory")
    steps = [(10, 1), (10, 10), (100, 10), (100, 100)] + [(1000, 100)] * options.huge
    within = True
    for bandwidths, syncs in steps:
        points, cells = 1e5 * bandwidths * syncs, []
        for study in ("chosen", "folded"):
            run = Run(options.llmsys, "sizes/sizes.llmsys", "--study", study, "--set", f"bandwidths={bandwidths}", "--set", f"syncs={syncs}")
            cells.append(f"{run.seconds['run']:8.3f} s {run.seconds['run'] * 1e9 / points:6.2f} ns {run.megabytes:5.0f} MB")
            within = within and run.megabytes < 300
        print(f"  {points:5.0e}  " + "        ".join(cells))
    return told("memory stays below 300 MB", within)


def machine():
    text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8") if pathlib.Path("/proc/cpuinfo").exists() else ""
    names = re.findall(r"^model name\s*: (.*)$", text, re.M)
    return f"{names[0] if names else platform.machine()}, {len(names) or os.cpu_count()} threads"


def main():
    workloads = {"w1": w1, "w2": w2, "w3": w3, "w4": w4, "w5": w5, "sizes": sizes}
    parser = argparse.ArgumentParser(prog="bench/compare.sh")
    parser.add_argument("llmsys")
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("workload", nargs="*", help=" ".join(workloads))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--huge", action="store_true", help="sizes up to 1e10 points")
    options = parser.parse_intermixed_args()
    if unknown := [name for name in options.workload if name not in workloads]:
        parser.error(f"no workload {unknown[0]}; there are {', '.join(workloads)}")
    names = options.workload or list(workloads)
    if len(names) == 1:
        sys.exit(not workloads[names[0]](options))
    # Each in a process of its own: what this one has had counts as memory of those that it starts.
    flags = ["--rounds", str(options.rounds), *["--huge"] * options.huge]
    sys.exit(any([subprocess.run([sys.executable, __file__, options.llmsys, str(options.programs), *flags, name], check=False).returncode for name in names]))


main()
