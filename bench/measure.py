"""What bench/run.sh prints: measure.py LLMSYS BY_HAND. Medians; times of stages are those that --timings tells."""
import csv
import io
import os
import pathlib
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
STAGE = re.compile(r"(load|parse|check|elaborate|plan|jit|run) ([\d.]+) ms")
RUNS = 20


def processor_ms():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1e3


def timed(command, **environment):
    start, used = time.perf_counter(), processor_ms()
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | environment)
    whole, used = (time.perf_counter() - start) * 1e3, processor_ms() - used
    return done.stdout, {stage: float(ms) for stage, ms in STAGE.findall(done.stderr)} | {"whole process": whole, "its CPU time": used}


def medians(command, runs, **environment):
    all_times = [timed(command, **environment)[1] for _ in range(runs)]
    return {stage: statistics.median(times[stage] for times in all_times) for stage in all_times[0]}


def cold_start(llmsys):
    print(f"cold start: one point, median of {RUNS} runs [ms]: compiled, from the cache, interpreted")
    command = [llmsys, "run", "--timings", str(ROOT / "bench" / "one_point.llmsys")]
    with tempfile.TemporaryDirectory() as cache:
        timed([*command, "--engine=jit"], XDG_CACHE_HOME=cache)
        ways = [medians([*command, *flags], RUNS, XDG_CACHE_HOME=cache) for flags in (["--engine=jit", "--no-cache"], ["--engine=jit"], ["--engine=interp"])]
    for stage in ways[0]:
        print(f"  {stage:<14}" + "".join(f"{way[stage]:8.2f}" for way in ways))


def compile_times(llmsys):
    study = ROOT / "examples" / "limit_study.llmsys"
    names = re.findall(r"^study (\w+)", study.read_text(encoding="utf-8"), re.M)
    print(f"compile time of {study.relative_to(ROOT)}, median of 3 runs [ms]\n  {'study':<22} elaborate     plan      jit")
    total = 0
    for name in names:
        times = medians([llmsys, "run", "--engine=jit", "--no-cache", "--timings", "--study", name, str(study)], 3)
        total += times["elaborate"] + times["plan"] + times["jit"]
        print(f"  {name:<22} {times['elaborate']:9.2f} {times['plan']:8.2f} {times['jit']:8.2f}")
    print(f"  {len(names)} studies, {total / len(names):.2f} ms each")


def found_by(llmsys):
    """Points, nanoseconds a point, the sum of the best rates and of their batches."""
    output, times = timed([llmsys, "run", "--engine=jit", "--threads=1", "--timings", "--format=csv", str(ROOT / "bench" / "limit.llmsys")])
    rows = list(csv.DictReader(io.StringIO(output)))
    points = len(rows) * 4000
    return points, times["run"] * 1e6 / points, sum(float(row["STPS [token/s]"]) for row in rows), sum(float(row["users"]) for row in rows)


def throughput(llmsys, by_hand):
    """Runs take turns, so that neither has the machine's better moments."""
    ours, hand = [], []
    for _ in range(7):
        ours.append(found_by(llmsys))
        hand.append(tuple(float(word) for word in subprocess.run([by_hand], capture_output=True, text=True, check=True).stdout.split()))
    ns_ours, ns_hand = (statistics.median(run[1] for run in runs) for runs in (ours, hand))
    print(f"bench/limit.llmsys: {ours[0][0]:.0f} points, one thread, median of {len(ours)} runs")
    print(f"  llmsys, JIT         {ns_ours:6.2f} ns a point")
    print(f"  by hand, -O3 native {ns_hand:6.2f} ns a point\n  ratio               {ns_ours / ns_hand:6.2f}")
    same = ours[0][0] == hand[0][0] and ours[0][3] == hand[0][3] and abs(ours[0][2] / hand[0][2] - 1) < 1e-12
    print(f"  sum of best rates {ours[0][2]:.12g} and {hand[0][2]:.12g} token/s, of their batches {ours[0][3]:.0f} and {hand[0][3]:.0f}: {'they agree' if same else 'THEY DIFFER'}")
    return same


def main(llmsys, by_hand):
    cold_start(llmsys)
    compile_times(llmsys)
    sys.exit(not throughput(llmsys, by_hand))


main(*sys.argv[1:])
