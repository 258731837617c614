#!/usr/bin/env python3
"""A second opinion on examples/limit_study.llmsys.

Every number of the study is computed again from the equations of LIMINAL (arXiv 2507.14397 v1), in plain Python, and compared with what
`llmsys run --format json` prints, to 1e-12 relative. Nothing here was taken from the library or the compiler.

    python3 test/oracle/liminal.py [path of llmsys]

Exits with 1 and says what differs if a number, a row, a column or a study differs, is missing, or is unknown here.
"""

import json
import math
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
STUDY = ROOT / "examples" / "limit_study.llmsys"
TOLERANCE = 1e-12

KI = 1024.0
MIB, GIB, TIB = KI**2, KI**3, KI**4
US = 1e-6

UNITS = {
    "": 1, "%": 0.01, "s": 1, "us": 1e-6, "B": 1, "GB": 1e9, "GiB": GIB, "token": 1, "token/s": 1, "W": 1, "kW": 1e3,
    "token/J": 1, "token/s/mm^2": 1e6,
}

# --- the machines: bandwidth [B/s], tensor [op/s], capacity [B], power of memory [W]; dies of 800 mm2 at 1 W/mm2 -----------------


class Chip:
    def __init__(self, name, bandwidth, tensor, capacity, memory_power, dies=1):
        self.name, self.bandwidth, self.tensor, self.capacity = name, bandwidth, tensor, capacity
        self.vector = tensor / 32
        self.area = dies * 800e-6  # m2
        self.power = dies * 800.0 + memory_power

    def at(self, bandwidth):
        return Chip(self.name, bandwidth, self.tensor, self.capacity, 0)


HBM3 = Chip("xPU_HBM3", 4 * TIB, 2.25e15, 96 * GIB, 4 * 30.0)
HBM4 = Chip("xPU_HBM4", 18 * TIB, 2.25e15, 192 * GIB, 18 * 30.0)
DRAM_3D = Chip("xPU_3D_DRAM", 30 * TIB, 2.25e15, 36 * GIB, 30 * TIB * 5.6e-12)
SRAM = Chip("xPU_SRAM", 117 * TIB, 1.125e15, 512 * MIB, 0.0)
COWS = Chip("xPU_COWS", 25 * 90 * TIB, 25 * 1.125e15, 25 * 450 * MIB, 0.0, dies=25)
CHIPS = [HBM3, HBM4, DRAM_3D, SRAM, COWS]

# --- the models -------------------------------------------------------------------------------------------------------------------


class Model:
    """Runs of layers: (count, attention weights, cache elements, score operations a context token, heads, ranks that share a cache,
    stored MLP weights, active MLP weights, experts or None)."""

    def __init__(self, name, nominal, nominal_active, hidden, vocab, runs):
        self.name, self.nominal, self.nominal_active = name, nominal, nominal_active
        self.hidden, self.table, self.runs = hidden, vocab * hidden, runs
        self.layers = sum(r["count"] for r in runs)
        self.stored = sum(r["count"] * (r["attention"] + r["mlp"]) for r in runs) + 2 * self.table
        self.active = sum(r["count"] * (r["attention"] + r["active"]) for r in runs) + 2 * self.table


def llama(name, nominal, layers, hidden, heads, kv_heads, inner, vocab):
    dim = hidden // heads
    mlp = 3 * hidden * inner
    run = dict(count=layers, attention=2 * hidden * dim * (heads + kv_heads), cache=2 * kv_heads * dim, score=4 * heads * dim, heads=heads,
               shards=kv_heads, mlp=mlp, active=mlp, expert=0, fixed=mlp)
    return Model(name, nominal, None, hidden, vocab, [run])


def deepseek_v3():
    h, heads, q, kv, nope, rope, v = 7168, 128, 1536, 512, 128, 64, 128
    attention = h * q + q * heads * (nope + rope) + h * (kv + rope) + kv * heads * (nope + v) + heads * v * h
    common = dict(attention=attention, cache=kv + rope, score=2 * heads * (kv + rope + kv), heads=heads, shards=1)
    dense, expert, router = 3 * h * 18432, 3 * h * 2048, h * 256
    return Model("DeepSeek_V3", 671e9, 37e9, h, 129280, [
        dict(common, count=3, mlp=dense, active=dense, expert=0, fixed=dense),
        dict(common, count=58, mlp=router + 257 * expert, active=router + 9 * expert, expert=expert, fixed=router + expert)])


L70 = llama("Llama3_70B", 70e9, 80, 8192, 64, 8, 28672, 128256)
L405 = llama("Llama3_405B", 405e9, 126, 16384, 128, 8, 53248, 128256)
V3 = deepseek_v3()
MODELS = [L70, L405, V3]

# --- the equations ----------------------------------------------------------------------------------------------------------------


def cache_bytes(model, context, users, copies=lambda run: 1):
    return users * context * sum(r["count"] * r["cache"] * copies(r) for r in model.runs)


def need(model, context, users=1):
    return model.nominal + cache_bytes(model, context, users)


def covered(users):
    """Distinct experts of 256 when each user's token takes 8."""
    return 256 * (1 - (1 - 8 / 256) ** users)


class Step:
    """One step of decoding in 8 bit on `n` chips; `fits` is False where the memory does not suffice."""

    def __init__(self, model=L405, chip=HBM3, n=8, context=4 * KI, users=1, sync=None, copied=False, reading="whole", operators=False):
        self.n, self.users, self.chip = n, users, chip
        copies = (lambda r: max(1, n / r["shards"])) if copied else (lambda r: 1)
        self.used = model.nominal + cache_bytes(model, context, users, copies)
        self.fits = self.used <= n * chip.capacity
        self.most = math.floor((n * chip.capacity - model.nominal) / cache_bytes(model, context, 1, copies))

        bandwidth, tensor, vector = n * chip.bandwidth, n * chip.tensor, n * chip.vector
        mlp, scale = self.reading(model, reading, n, users)
        read = model.nominal if reading == "whole" else scale * (
            sum(r["count"] * (r["attention"] + mlp(r)) for r in model.runs) + 2 * model.table)

        tensor_ops = users * (2 * (model.active - model.table) + sum(r["count"] * r["score"] * context for r in model.runs))
        vector_ops = users * sum(r["count"] * (5 * r["heads"] * context + 8 * model.hidden) for r in model.runs)
        self.tensor_time = tensor_ops / tensor
        self.compute = self.tensor_time + vector_ops / vector
        self.memory = (read + cache_bytes(model, context, users, copies)) / bandwidth
        if sync is None:
            sync = 0 if n == 1 else 0.2 * US if n <= 8 else 1.5 * US
        self.exposed = model.layers * 3 * sync

        def roof(t, v, b):
            return max(t / tensor + v / vector, b / bandwidth)

        by_operator = roof(2 * users * model.table, 0, 2 * model.table * scale) + sum(
            r["count"] * (roof(2 * users * r["attention"], 0, r["attention"] * scale)
                          + roof(users * r["score"] * context, users * 5 * r["heads"] * context, users * context * r["cache"] * copies(r))
                          + roof(2 * users * r["active"], users * 8 * model.hidden, mlp(r) * scale))
            for r in model.runs)
        self.step = (by_operator if operators else max(self.compute, self.memory)) + self.exposed
        self.rate = 1 / self.step
        self.system_rate = users * self.rate
        self.power = n * chip.power + math.ceil(n / 8) * 300
        self.per_watt = self.system_rate / self.power
        self.per_area = self.system_rate / (n * chip.area)
        # the first of equals
        self.limiter = max((("compute", self.compute), ("memory", self.memory), ("synchronisation", self.exposed)), key=lambda x: x[1])[0]

    @staticmethod
    def reading(model, reading, n, users):
        """MLP weights read, and the factor from the structure's count to the paper's."""
        if reading == "whole":
            return (lambda r: r["mlp"]), model.nominal / model.stored
        if reading == "spread":
            return (lambda r: r["fixed"] + covered(users) * r["expert"]), model.nominal_active / model.active
        return (lambda r: r["fixed"] + n * max(1, covered(users) / n) * r["expert"]), 1.0


# --- the studies: each gives its axes, then rows of axis values with columns, or None where infeasible ------------------------------

CONTEXTS = [4 * KI, 8 * KI, 16 * KI, 32 * KI, 64 * KI, 128 * KI]
TPS = [8, 32, 128]
STUDIES = {}


def study(*axes):
    def register(function):
        STUDIES[function.__name__] = (axes, function)
        return function
    return register


@study("model", "chip", "tp", "context")
def utps():
    for m in MODELS:
        for c in CHIPS:
            for n in TPS:
                for x in CONTEXTS:
                    d = Step(m, c, n, x)
                    yield (m.name, c.name, n, x), d.fits and {
                        "UTPS (our sync at TP8)": d.rate, "memory": d.memory, "compute (our vector rate)": d.compute,
                        "exposed (our sync at TP8)": d.exposed, "limited by": d.limiter}


@study("model", "tp", "context")
def replication():
    for m in MODELS:
        for n in [8, 32, 64, 128]:
            for x in [16 * KI, 128 * KI]:
                d, e = Step(m, n=n, context=x), Step(m, n=n, context=x, copied=True)
                yield (m.name, n, x), d.fits and e.fits and {
                    "UTPS, ideal (our sync at TP8)": d.rate, "UTPS, copied (our sync at TP8)": e.rate,
                    "memory, ideal": d.used, "memory, copied": e.used}


@study("tp", "users")
def readings():
    for n in TPS:
        for u in [1, 8, 32]:
            a, b, c = (Step(V3, n=n, users=u, reading=r) for r in ("whole", "spread", "experts"))
            yield (n, u), a.fits and {
                "UTPS, whole model (paper)": a.rate, "UTPS, active spread (bound)": b.rate, "UTPS, whole experts (ours)": c.rate}


@study("model", "chip", "users")
def rooflines():
    for m in MODELS:
        for c in [HBM3, HBM4]:
            for u in [1, 32, 256]:
                d, e = Step(m, c, 32, users=u), Step(m, c, 32, users=u, operators=True)
                yield (m.name, c.name, u), d.fits and {
                    "step-wide (our vector rate)": d.step, "per operator (our vector rate)": e.step, "ratio": e.step / d.step}


@study()
def gemv():
    time = max(16384 * 16384 * 2 / (3.35 * TIB), 2 * 16384 * 16384 / 989e12)
    yield (), {"limit": time, "measured / limit": 736e-6 / time}


@study("model", "users", "context")
def capacity():
    for m in MODELS:
        for u in [1, 8, 32]:
            for x in [4 * KI, 64 * KI, 128 * KI]:
                used = need(m, x, u)
                yield (m.name, u, x), {
                    "weights": m.nominal, "cache": used - m.nominal, "memory": used, "chips of HBM3": used / HBM3.capacity,
                    "of HBM4": used / HBM4.capacity, "of 3D-DRAM": used / DRAM_3D.capacity, "of SRAM": used / SRAM.capacity}


@study("model", "chip", "sync")
def synchronisation():
    for m in MODELS:
        for c in CHIPS:
            for s in [0.05, 0.1, 0.2, 0.5, 1, 1.5, 2.5, 5, 10]:
                d, free = Step(m, c, 128, sync=s * US), Step(m, c, 128, sync=0)
                yield (m.name, c.name, s * US), d.fits and {
                    "UTPS": d.rate, "of the speed without it (our vector rate)": d.rate / free.rate, "limited by": d.limiter}


@study("model", "chip", "tp")
def largest_batch():
    for m in MODELS:
        for c in CHIPS:
            for n in TPS:
                most = min(8192, Step(m, c, n, 128 * KI).most)
                d = Step(m, c, n, 128 * KI, max(1, most))
                yield (m.name, c.name, n), d.fits and {
                    "users": d.users, "users, closed form": d.most, "UTPS (our vector rate)": d.rate, "STPS (our vector rate)": d.system_rate,
                    "memory": d.used, "limited by (our vector rate)": d.limiter}


@study("chip", "batch")
def frontier():
    for c in CHIPS:
        points = [Step(L405, c, 128, 8 * KI, 2**i) for i in range(16)]
        points = [p for p in points if p.fits]
        for p in points:
            beaten = any(q.rate >= p.rate and q.system_rate >= p.system_rate and (q.rate > p.rate or q.system_rate > p.system_rate)
                         for q in points)
            if not beaten:
                yield (c.name, p.users), {"UTPS (our vector rate)": p.rate, "STPS (our vector rate)": p.system_rate,
                                          "limited by (our vector rate)": p.limiter}


@study("model", "chip", "users")
def per_watt():
    for m in MODELS:
        for c in CHIPS:
            for u in [1, 8, 32, 128]:
                d = Step(m, c, 128, 8 * KI, u)
                yield (m.name, c.name, u), d.fits and {
                    "STPS (our vector rate)": d.system_rate, "power (our areas)": d.power, "STPS/W (our areas)": d.per_watt,
                    "STPS per mm2 (our areas)": d.per_area}


@study("model", "users")
def finding_1():
    for m in MODELS:
        for u in [8, 32]:
            yield (m.name, u), {"memory": need(m, 64 * KI, u)}


@study("context")
def finding_1_exception():
    for x in CONTEXTS:
        yield (x,), {"memory": need(L70, x)}


@study("model", "tp", "context")
def finding_2():
    for m in [L405, V3]:
        for n in TPS:
            for x in [64 * KI, 128 * KI]:
                d = Step(m, n=n, context=x)
                yield (m.name, n, x), d.fits and {
                    "UTPS (our sync at TP8)": d.rate, "step spent on memory (our sync at TP8)": d.memory / d.step, "limited by": d.limiter}


@study("context")
def finding_2_exception():
    for x in [64 * KI, 128 * KI]:
        yield (x,), {"UTPS": Step(V3, n=128, context=x, reading="experts").rate}


EIGHTFOLD = HBM3.at(32 * TIB)


@study("model", "sync")
def finding_3():
    for m in MODELS:
        for s in [2.5, 5, 10]:
            base, fast = (Step(m, c, 128, sync=s * US) for c in (HBM3, EIGHTFOLD))
            gain = fast.rate / base.rate
            yield (m.name, s * US), {"UTPS at 1x": base.rate, "UTPS at 8x": fast.rate, "gain": gain,
                                     "of the gain without synchronisation": (gain - 1) / 7}


@study("tp", "factor")
def finding_3_limit():
    for n in [32, 128]:
        for f in [1, 2, 4, 6, 8]:
            d = Step(n=n, chip=HBM3.at(f * 4 * TIB))
            yield (n, f), {"memory": d.memory, "exposed": d.exposed, "limited by": d.limiter}


def gains(syncs):
    for s in syncs:
        base, fast = (Step(L405, c, 128, sync=s * US) for c in (HBM3, EIGHTFOLD))
        yield (s * US,), {"gain": fast.rate / base.rate}


@study("sync")
def finding_3_gain():
    return gains([0.25, 0.5, 1, 1.5, 2.5, 5, 10])


@study("sync")
def finding_3_exception():
    return gains([0.05, 0.1])


@study("model", "chip")
def finding_4():
    for m in MODELS:
        for c in [HBM3, HBM4, DRAM_3D]:
            d, s = (Step(m, x, 8 * math.ceil(need(m, 4 * KI) / (8 * x.capacity))) for x in (c, SRAM))
            yield (m.name, c.name), {
                "chips": d.n, "SRAM chips": s.n, "UTPS (our sync at TP8)": d.rate, "UTPS of SRAM": s.rate,
                "STPS/W over SRAM's (our areas)": d.per_watt / s.per_watt, "STPS per mm2 over SRAM's (our areas)": d.per_area / s.per_area}


@study("model", "context")
def finding_5():
    for m in [L405, V3]:
        for x in [4 * KI, 16 * KI]:
            d = Step(m, DRAM_3D, 128, x, sync=0.2 * US)
            yield (m.name, x), {"UTPS (our sync)": d.rate, "limited by (our sync)": d.limiter}


@study("model", "chip")
def finding_5_easy():
    for m in MODELS:
        for c in [HBM4, DRAM_3D]:
            yield (m.name, c.name), {"UTPS (our sync)": Step(m, c, 128, 128 * KI, sync=0.2 * US).rate}


@study("context")
def finding_5_small():
    for x in [4 * KI, 16 * KI, 64 * KI]:
        yield (x,), {"UTPS (our sync)": Step(L70, DRAM_3D, 128, x, sync=0.2 * US).rate}


@study("context")
def finding_5_exception():
    for x in [4 * KI, 128 * KI]:
        yield (x,), {"UTPS (our sync)": Step(L405, COWS, 128, x, sync=0.2 * US).rate}


@study("model", "tp")
def finding_6():
    for m in MODELS:
        for n in TPS:
            d = Step(m, n=n)
            yield (m.name, n), d.fits and {"tensor units used (our sync at TP8)": d.tensor_time / d.step}


@study()
def finding_6_exception():
    d = Step(chip=HBM4)
    yield (), {"tensor units used (our sync)": d.tensor_time / d.step}


# --- the comparison ---------------------------------------------------------------------------------------------------------------


class Differences:
    def __init__(self):
        self.found, self.numbers = [], 0

    def add(self, where, text):
        self.found.append(f"{where}: {text}")

    def compare(self, where, printed, scale, expected):
        if isinstance(expected, str) or isinstance(printed, (str, bool)) or printed is None:
            if printed != expected:
                self.add(where, f"printed {printed!r}, expected {expected!r}")
            return
        self.numbers += 1
        value = printed * scale
        if not math.isclose(value, expected, rel_tol=TOLERANCE, abs_tol=0):
            self.add(where, f"printed {value!r}, expected {expected!r}, ratio - 1 = {value / expected - 1 if expected else math.inf:.3g}")


def compare_study(printed, differences):
    name = printed["study"]
    axes, rows = STUDIES[name]
    expected_rows = list(rows())
    scales = {}
    for column in printed["columns"]:
        if column.get("unit", "") not in UNITS:
            differences.add(f"{name}, {column['name']}", f"a unit unknown here: {column['unit']}")
        scales[column["name"]] = UNITS.get(column.get("unit", ""), math.nan)
    if len(printed["rows"]) != len(expected_rows):
        differences.add(name, f"printed {len(printed['rows'])} rows, expected {len(expected_rows)}")
    for number, (row, (places, columns)) in enumerate(zip(printed["rows"], expected_rows)):
        where = f"{name}, row {number} {places}"
        for axis, place in zip(axes, places):
            differences.compare(f"{where}, axis {axis}", row.get(axis), scales.get(axis, 1), place)
        if ("infeasible" in row) != (not columns):
            differences.add(where, f"printed {'infeasible: ' + row['infeasible'] if 'infeasible' in row else 'feasible'}, expected the opposite")
        elif columns:
            unknown = set(row) - set(axes) - set(columns)
            if unknown:
                differences.add(where, f"columns unknown here: {sorted(unknown)}")
            for title, value in columns.items():
                differences.compare(f"{where}, {title}", row.get(title), scales.get(title, 1), value)


def main():
    binary = sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "release" / "bin" / "llmsys"
    run = subprocess.run([str(binary), "run", "--format", "json", str(STUDY)], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"llmsys run ended with status {run.returncode}\n{run.stderr}")
    studies = json.loads(run.stdout)
    differences = Differences()
    names = [s["study"] for s in studies]
    for name in names:
        if name not in STUDIES:
            differences.add(name, "a study unknown here")
    for name in STUDIES:
        if names.count(name) != 1:
            differences.add(name, f"printed {names.count(name)} times")
    for printed in studies:
        if printed["study"] in STUDIES:
            compare_study(printed, differences)
    for text in differences.found[:20]:
        print(text, file=sys.stderr)
    if differences.found:
        sys.exit(f"{len(differences.found)} differences in {differences.numbers} numbers")
    print(f"{len(studies)} studies, {differences.numbers} numbers agree to {TOLERANCE:g}")


if __name__ == "__main__":
    main()
