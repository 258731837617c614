"""binding_time.py: a value that decides a shape gives the same bytes however it is bound: typed in, given by --set, swept alone or swept with others.

Each case is a declaration with one number or name in it; the study shows what follows from it.
"""
import csv
import io
import pathlib
import subprocess
import sys
import tempfile

# name: (declarations, path of what varies, its value, other values, what is shown)
CASES = {
    "layers": ("kind stack { layers: Count = 2, width: Real = 0.1, total: Real = sum(i^0.3 * width for i in 1..layers) }\nstack Mine { }",
               "layers", "5", ["3", "7", "5.0 + 2"], "total"),
    "index": ("kind table { at: Count = 0, total: Real = [0.1, 0.7, 1.3][at] / 3 }\ntable Mine { }", "at", "1", ["0", "2"], "total"),
    "divisors": ("kind split { of: Count = 4, total: Real = sum(1 / d for d in divisors(of)) }\nsplit Mine { }", "of", "36", ["7", "1"], "total"),
    "repeat": ("kind row { times: Count = 4, total: Real = product(repeat(1.1, times)) }\nrow Mine { }", "times", "9", ["0", "2"], "total"),
    "kind": ("kind shape { side: Real = 1.1, fn area() -> Real = side / 3 }\nkind square : shape { fn area() -> Real = side^2 }\nkind disc : shape { fn area() -> Real = 3.1 * side }\n"
             "square Square { }\ndisc Disc { }\nkind part { shape: shape = Square, total: Real = shape.area() / 7 }\npart Mine { }", "shape", "Disc", ["Square"], "total"),
    "case": ("enum mode { rate: Real  slow { rate = 0.3 }  fast { rate = 0.7 } }\nkind engine { mode: mode = slow, total: Real = match mode { slow => 1 / mode.rate, fast => mode.rate / 9 } }\nengine Mine { }",
             "mode", "mode.fast", ["mode.slow"], "total"),
    "number": ("kind pump { flow: Real = 1, total: Real = exp(flow) / 3 + flow^0.3 }\npump Mine { }", "flow", "0.7", ["0.1", "2"], "total"),
    "units": ("import std/units\nkind link { rate: Bandwidth = 1 TB/s, total: Real = 1 GiB / rate / 1 us }\nlink Mine { }", "rate", "4.8 TB/s", ["4.7 TB/s", "1 GB/s"], "total"),
}
SPELLINGS = ["4.8 TB/s", "4800 GB/s", "4.8e12 B/s", "4800000 MB/s"]


def run(text, *flags):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "study.llmsys"
        path.write_text(text)
        output = subprocess.run(["llmsys", "run", path, "--format", "csv", *flags], stdout=subprocess.PIPE, check=True, text=True).stdout
    return [row["total"] for row in csv.DictReader(io.StringIO(output))]


def study(sweeps, brace, shown):
    return f"\nstudy one {{\n{sweeps}  let made = Mine {{ {brace} }}\n  show made.{shown} as \"total\"\n}}\n"


def ways(declarations, path, value, others, shown):
    first, last = others[0], others[-1]
    yield "typed in", run(declarations + study("", f"{path} = {value}", shown))[0]
    yield "set", run(declarations + study("", "", shown), "--set", f"Mine.{path}={value}")[0]
    for name, sweeps, row in [
        ("swept alone", f"  sweep it in [{value}]\n", 0),
        ("swept with others", f"  sweep it in [{', '.join(others)}, {value}]\n", len(others)),
        ("swept first", f"  sweep it in [{value}, {last}]\n", 0),
        ("swept inside", f"  sweep other in [1, 2, 3]\n  sweep it in [{first}, {value}]\n", 3),
        ("swept outside", f"  sweep it in [{first}, {value}]\n  sweep other in [1, 2, 3]\n", 4),
        ("swept in step", f"  sweep (it, other) in zip([{first}, {value}], [1, 2])\n", 1),
    ]:
        for engine in ("interp", "jit"):
            rows = run(declarations + study(sweeps, f"{path} = it", shown), f"--engine={engine}")
            yield f"{name}, {engine}", rows[row]


def check(name, results):
    results = list(results)
    if len({text for way, text in results}) == 1:
        return True
    print(name, *(f"  {way}: {text}" for way, text in results), sep="\n")
    return False


good = all([check(name, ways(*case)) for name, case in CASES.items()])
declarations, path, _, others, shown = CASES["units"]
good &= check("spellings", [(spelling, list(ways(declarations, path, spelling, others, shown))[0][1]) for spelling in SPELLINGS])
sys.exit(not good)
