"""What bench/compare.sh prints: compare.py LLMSYS STRICT FAST FACTORED FOUND. One thread each; FOUND is STRICT printing what it found."""
import csv
import io
import pathlib
import platform
import re
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
POINTS = 64 * 64 * 64 * 4096
ROUNDS = 5


def output_of(command):
    return subprocess.run(command, capture_output=True, text=True, check=True)


def by_hand(program):
    return float(re.search(r" s ([\d.]+) ", output_of([program]).stdout).group(1))


def ours(llmsys, *flags):
    done = output_of([llmsys, "run", "--engine=jit", "--threads=1", "--format=csv", "--timings", *flags, str(HERE / "w1.llmsys")])
    return float(re.search(r"run ([\d.]+) ms", done.stderr).group(1)) / 1e3, done.stdout


def same_results(table, found):
    """Bit for bit: both print doubles so that they can be read back."""
    rows = [(float(row["batch"]), float(row["rate [1/s]"])) for row in csv.DictReader(io.StringIO(table))]
    hand = [tuple(map(float, line.split())) for line in output_of([found]).stdout.splitlines() if not line.startswith("points")]
    return rows == hand


def machine():
    names = re.findall(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.M)
    return f"{names[0] if names else platform.machine()}, {len(names)} threads"


def main(llmsys, strict, fast, factored, found):
    programs = {"limit.cpp, strict": strict, "limit.cpp, -ffast-math": fast, "factored.cpp, strict": factored}
    seconds = {name: [] for name in ["llmsys", "llmsys, searching", *programs]}
    for _ in range(ROUNDS):   # in turns, so that none has the machine's better moments
        time, table = ours(llmsys, "--no-search")   # like the others it goes through every point
        seconds["llmsys"].append(time)
        time, searched = ours(llmsys)
        seconds["llmsys, searching"].append(time)
        for name, program in programs.items():
            seconds[name].append(by_hand(program))
    print(f"W1: {POINTS:.3g} points on one thread, medians of {ROUNDS} rounds\n{machine()}")
    print(f"  {'':<24} Mpoints/s   llmsys is")
    median = {name: statistics.median(times) for name, times in seconds.items()}
    for name, time in median.items():
        print(f"  {name:<24} {POINTS / time / 1e6:9.0f}   {time / median['llmsys']:6.2f} x as fast")
    same = same_results(table, found) and searched == table
    print(f"  every result of llmsys is that of limit.cpp, strict, to the last bit: {'yes' if same else 'NO'}")
    sys.exit(not same)


main(*sys.argv[1:])
