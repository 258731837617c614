#!/usr/bin/env python3
"""Every example gives the same bytes from every engine: engines.py LLMSYS [WIDTH,... THREADS,...]

csv of each file, every digit of it, is compared with the interpreter's on one thread, for the interpreter and compiled code at several widths and
numbers of threads; json, which is written from the same numbers, for one of these.
"""
import itertools
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
OTHER_WORLD = ROOT / "test" / "otherworld"


def files():
    for path in sorted((ROOT / "examples").rglob("*.llmsys")):
        yield path, []
    for path in sorted(OTHER_WORLD.glob("*.llmsys")):
        yield path, ["--std", str(OTHER_WORLD)]


def run(llmsys, arguments):
    done = subprocess.run([llmsys, "run", *arguments], capture_output=True)
    return done.returncode, done.stdout, done.stderr


def main(llmsys, widths="1,4,8", threads="1,2,3"):
    engines = [["--engine=interp"]] + [["--engine=jit", f"--width={width}"] for width in widths.split(",")]
    combinations = list(itertools.product(engines, threads.split(",")))
    runs, wrong = 0, 0
    for (path, library), form in itertools.product(files(), ("csv", "json")):
        call = [str(path), *library, f"--format={form}"]
        expected = run(llmsys, [*call, "--engine=interp", "--threads=1"])
        if expected[0] != 0:
            sys.exit(f"{path}: status {expected[0]}\n{expected[2].decode()}")
        for engine, count in combinations if form == "csv" else combinations[-1:]:
            runs += 1
            if run(llmsys, [*call, *engine, f"--threads={count}"]) == expected:
                continue
            wrong += 1
            print(f"{path.relative_to(ROOT)} as {form}: {' '.join(engine)} --threads={count} gives other bytes than the interpreter")
    print(f"{runs} runs, {wrong} of them with other bytes")
    sys.exit(wrong > 0 or runs == 0)


main(*sys.argv[1:])
