#!/usr/bin/env python3
"""Every example gives the same bytes from every engine: engines.py LLMSYS [WIDTH,... THREADS,... RANKS,...]

csv of each file, every digit of it, is compared with the interpreter's on one thread, for the interpreter and compiled code at several widths and
numbers of threads, scanned and searched, with kernels that were kept, and on several ranks; json, which is written from the same numbers, for one of these.
Odd chunks are for random_studies: the command has no say in them.
"""
import itertools
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
OTHER_WORLD = ROOT / "test" / "otherworld"


def files():
    for path in sorted((ROOT / "examples").rglob("*.llmsys")):
        yield path, []
    for path in sorted(OTHER_WORLD.glob("*.llmsys")):
        yield path, ["--std", str(OTHER_WORLD)]


def run(command, cache="/dev/null"):
    environment = {**os.environ, "XDG_CACHE_HOME": cache, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    done = subprocess.run(command, capture_output=True, env=environment)
    return done.returncode, done.stdout, done.stderr


def ways(llmsys, widths, threads, ranks, cache):
    """Words for a way to run, what comes before the file, and the folder of kept kernels."""
    engines = [["--engine=interp"]] + [["--engine=jit", f"--width={width}"] for width in widths.split(",")]
    for engine, count in itertools.product(engines, threads.split(",")):
        yield [llmsys, "run", *engine, f"--threads={count}"], "/dev/null"
    yield [llmsys, "run", "--engine=jit", "--no-search"], "/dev/null"
    for count in ranks.split(",") if ranks else ():
        yield ["mpirun", "--oversubscribe", "--bind-to", "none", "-n", count, llmsys, "run", "--engine=jit", "--threads=1"], cache   # the first one fills it
    yield [llmsys, "run", "--engine=jit"], cache


def main(llmsys, widths="1,4,8", threads="1,2,3", ranks="2,3"):
    with tempfile.TemporaryDirectory() as cache:
        compare(llmsys, list(ways(llmsys, widths, threads, ranks, cache)))


def compare(llmsys, combinations):
    runs, wrong = 0, 0
    for (path, library), form in itertools.product(files(), ("csv", "json")):
        call = [str(path), *library, f"--format={form}"]
        expected = run([llmsys, "run", *call, "--engine=interp", "--threads=1"])
        if expected[0] != 0:
            sys.exit(f"{path}: status {expected[0]}\n{expected[2].decode()}")
        for way, cache in combinations if form == "csv" else combinations[-1:]:
            runs += 1
            seen = run([*way, *call], cache)
            if seen == expected or (way[0] == "mpirun" and seen[:2] == expected[:2]):   # MPI has words of its own on some machines
                continue
            wrong += 1
            print(f"{path.relative_to(ROOT)} as {form}: {' '.join(way)} gives other bytes than the interpreter")
    print(f"{runs} runs, {wrong} of them with other bytes")
    sys.exit(wrong > 0 or runs == 0)


main(*sys.argv[1:])
