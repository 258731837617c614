"""Elasticities of deployments of the library, made with a seed, against differences of recomputed values; their sums; both sides of kinks.
usage: sensitivity.py LLMSYS SEED ROWS"""
import csv, io, random, subprocess, sys

llmsys, seed, rows = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random.seed(seed)
STEP = 1e-6

HEAD = """import std/units
import std/hardware: xPU_HBM3, H100
import std/models: Llama3_70B, Llama3_405B, DeepSeek_V3
import std/liminal
import std/serving
"""
KINDS = {
    "liminal": """liminal.decode D { model = Llama3_70B, system = system { chip = xPU_HBM3, chips = 8 }, context = 1 token, overlap = OVERLAP, sharing = SHARING, reading = READING }
""",
    "serving": """serving.decode D { model = Llama3_70B, system = system { chip = H100, chips = 8 }, context = 1 token, users = 1, precision = serving.FP8 }
""",
}
PATHS = {
    "liminal": ["system.chip.memory.bandwidth", "context", "system.sync", "system.chip.vector"],
    "serving": ["system.chip.memory.bandwidth", "context", "system.chip.vector", "system.link.bandwidth"],
}


def run(program, *flags):
    done = subprocess.run([llmsys, "run", "-", "--format", "csv", *flags], input=program, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [{name.split(" [")[0]: text for name, text in row.items()} for row in csv.DictReader(io.StringIO(done.stdout))]


def random_study(kind, count):
    batch = "batch" if kind == "liminal" else "users"
    axes = {
        "chips": [2 ** random.randrange(0, 8) for _ in range(count)],
        "users": [random.randrange(1, 300) for _ in range(count)],
        "context": [random.randrange(100, 100000) for _ in range(count)],
        "rate": [round(10 ** random.uniform(2, 5), 3) for _ in range(count)],
        "sync": [round(10 ** random.uniform(-2, 2), 4) for _ in range(count)],
        "vector": [round(10 ** random.uniform(-1, 3), 4) for _ in range(count)],
    }
    base = KINDS[kind]
    for word, of in (("OVERLAP", ("step_wide", "per_operator")), ("SHARING", ("ideal_cache", "replicated_cache")), ("READING", ("whole_model", "active_spread", "expert_placement"))):
        base = base.replace(word, random.choice(of))
    paths = [path for path in PATHS[kind] if not (kind == "serving" and path == "system.link.bandwidth")]
    text = HEAD + base + "study s {\n"
    text += "  sweep model in [%s]\n" % random.choice(("Llama3_70B", "Llama3_405B", "DeepSeek_V3"))
    text += f"  sweep ({', '.join(axes)}) in zip({', '.join(str(values) for values in axes.values())})\n"
    sync = ", system.sync = sync * 1 us" if kind == "liminal" else ""
    text += f"  let d = D {{ model = model, system.chips = chips, {batch} = users, context = context * 1 token, system.chip.memory.bandwidth = rate * 1 GB/s, system.chip.vector = vector * 1 TFLOP/s{sync} }}\n"
    text += '  show d.user_rate in token/s as "value"\n'
    for i, path in enumerate(paths):
        for name, factor in (("up", 1 + STEP), ("down", 1 - STEP), ("more", 1.1)):
            text += f'  show d {{ {path} = {factor!r} * d.{path} }}.user_rate in token/s as "{name}{i}"\n'
    text += f"  sensitivity of d.user_rate to [{', '.join('d.' + path for path in paths)}]\n}}\n"
    return text, paths


compared = kinks = 0
while compared < rows:
    program, paths = random_study(random.choice(("liminal", "serving")), 25)
    for row in run(program):
        if row["infeasible"]:
            continue
        compared += 1
        value = float(row["value"])
        for i, path in enumerate(paths):
            name = path.split(".")[-1]
            above = float(row[f"elasticity to {name}"])
            below = float(row.get(f"elasticity to {name} from below", above))
            up, down = (float(row[f"up{i}"]) / value - 1) / STEP, (1 - float(row[f"down{i}"]) / value) / STEP
            kinks += above != below
            for seen, told in ((up, above), (down, below)):
                assert abs(seen - told) <= 2e-5 * max(1, abs(told)), (program, row, path, seen, told)
            more = float(row[f"+10 % {name} gives"])
            assert abs(more - float(row[f"more{i}"])) <= 1e-12 * more, (row, path)
print(f"{compared} rows agree" if compared >= rows else "too few")

# Memory-bound, compute-bound and bound by synchronisation: the shares of what takes time are 1 in all.
BOUND = HEAD + KINDS["liminal"].replace("OVERLAP", "step_wide").replace("SHARING", "ideal_cache").replace("READING", "whole_model") + """study s {
  sweep (name, users, rate, sync) in zip(["memory", "compute", "synchronisation"], [1, 200, 1], [4, 1e9, 1e6], [1, 1, 1e4])
  let d = D { context = 1000 token, batch = users, system.chip.memory.bandwidth = rate * 1 TB/s, system.sync = sync * 1 us }
  let bandwidth = d.system.chip.memory.bandwidth
  show d.limiter as "limiter"
  sensitivity of d.user_rate to [d.system.chip.memory.bandwidth, d.system.chip.vector, d.tensor_rate, d.system.sync]
}
"""
for row in run(BOUND):
    name = row["name"]
    rates = {path: float(row[f"elasticity to {path}"]) for path in ("bandwidth", "vector", "tensor_rate")}
    rates["sync"] = -float(row["elasticity to sync"])   # a time
    wins = {"memory": {"bandwidth"}, "compute": {"vector", "tensor_rate"}, "synchronisation": {"bandwidth"} if rates["bandwidth"] else {"vector", "tensor_rate"}}[name] | {"sync"}
    assert row["limiter"] == name, row
    assert abs(sum(rates[path] for path in wins) - 1) <= 1e-9, row
    assert all(abs(rates[path]) <= 1e-9 for path in rates if path not in wins), row
    print(name, "sums to 1")
