"""Inverse questions made with a seed, against brute force: the answers are equal to 1e-9, or marked not proven.
usage: solve.py LLMSYS SEED PROBLEMS"""
import csv, io, math, random, subprocess, sys

llmsys, seed, problems = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random.seed(seed)
FUNCTIONS = {"max": max, "min": min, "ceil": math.ceil, "floor": math.floor, "sqrt": math.sqrt, "abs": abs}


def number(low, high):
    return float(f"{10 ** random.uniform(math.log10(low), math.log10(high)):.4g}")


def term(x, depth=0):
    """Text that means the same here and there; positive."""
    kind = random.choice(["x", "rise", "fall", "ratio", "plateau", "ceiling", "sum", "steps", "root"] if depth < 2 else ["x", "rise", "fall"])
    inner = lambda: term(x, depth + 1)
    if kind == "x": return x
    if kind == "rise": return f"{number(0.01, 10)} * {x}"
    if kind == "fall": return f"{number(1, 1000)} / {x}"
    if kind == "ratio": return f"{x} / ({number(1, 100)} + {x})"
    if kind == "plateau": return f"min({inner()}, {number(0.1, 100)})"
    if kind == "ceiling": return f"max({inner()}, {number(0.1, 100)})"
    if kind == "sum": return f"({inner()} + {inner()})"
    if kind == "steps": return random.choice(["ceil", "floor"]) + f"({inner()} / {number(0.5, 20)})"
    return f"sqrt({inner()})"


def condition(x):
    """Python's text and the language's are one but for `and`."""
    left = term(x)
    right = str(number(0.05, 200)) if random.random() < 0.8 else term(x)
    compare = f"{left} {random.choice(['>=', '<=', '>', '<'])} {right}"
    if random.random() < 0.2:
        compare = f"{compare} and {term(x)} <= {number(1, 200)}"
    return compare


class Problem:
    def __init__(self, name):
        self.name, self.largest = name, random.random() < 0.5
        self.kind = random.choice(["counts", "counts", "lattice", "powers", "quantity", "quantity", "quantity"])
        self.is_fine = self.kind == "quantity"
        x = "(x / 1 s)" if self.is_fine else "x"
        self.text = condition(x)
        self.hole = None
        if random.random() < 0.3:
            self.hole = random.choice([f"{x} * {number(0.01, 1)} <= {number(1, 50)}", f"{term(x)} >= {number(0.1, 10)}"] + ([f"{x} mod {random.randrange(2, 7)} == 0"] if self.kind == "counts" else []))
        if self.kind == "counts":
            self.values = [float(v) for v in range(random.randrange(1, 9), random.choice([20, 300, 5000, 70000]))]
            self.range = f"{int(self.values[0])} to {int(self.values[-1])}"
        elif self.kind == "lattice":
            start, step, count = number(0.1, 10), number(0.01, 1), random.choice([50, 6000])
            self.values = [start + i * step for i in range(count)]
            self.range = f"{start!r} to {start + (count - 0.5) * step!r} by {step!r}"
        elif self.kind == "powers":
            self.values = [float(2 ** i) for i in range(12)]
            self.range = "1 to 2048 by *2"
        else:
            first, last = number(0.01, 1), number(10, 10000)
            points = 4000
            self.values = [first * (last / first) ** (i / points) for i in range(points)] + [last]
            self.range = f"{first!r} s to {last!r} s"

    def study(self):
        require = f"require {self.hole}" if self.hole else ""
        dimension = "Time" if self.is_fine else "Real"
        return (f"kind k_{self.name} {{ x: {dimension}, y: Real = if {self.text.replace('(x /', '(x /')} then 1 else 0\n {require} }}\n" if self.hole else "") + (
            f"study {self.name} {{\n  solve x from {self.range} {'largest' if self.largest else 'smallest'} so that {self.asked()}\n  show x / {'1 s' if self.is_fine else '1'} as \"answer\"\n}}\n")

    def asked(self):
        return f"k_{self.name} {{ x = x }}.y > 0 and {self.text}" if self.hole else self.text

    def holds(self, value):
        names = dict(FUNCTIONS, x=value, s=1)
        evaluate = lambda text: eval(text.replace("(x / 1 s)", "x").replace(" mod ", " % "), {"__builtins__": {}}, names)
        return bool((not self.hole or evaluate(self.hole)) and evaluate(self.text))

    def answer(self):
        """Of what is gone through; between two steps of a quantity, the point where it begins to hold."""
        values = self.values[::-1] if self.largest else self.values
        compiled = self.compiled()
        before = None
        for value in values:
            if compiled(value):
                if not self.is_fine or before is None:
                    return value
                low, high = before, value
                for _ in range(200):
                    middle = (low + high) / 2
                    if compiled(middle): high = middle
                    else: low = middle
                return high
            before = value
        return None

    def compiled(self):
        text = self.text if not self.hole else f"({self.hole}) and ({self.text})"
        code = eval("lambda x: " + text.replace("(x / 1 s)", "x").replace(" mod ", " % "), dict(FUNCTIONS))
        return lambda value: bool(code(value))


def near(a, b):
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b))


def check(problem, row):
    answer, compiled = problem.answer(), problem.compiled()
    proven = "not proven" not in row.get("x is", "") + row.get("infeasible", "")
    told = float(row["answer"]) if row["answer"] else None
    if told is None and row.get("infeasible", "") == "":
        return "no answer and no reason"
    if told is not None and not (compiled(told) or compiled(told * (1 + 1e-9)) or compiled(told * (1 - 1e-9))):
        return f"{told} does not hold"
    if answer is None and told is None or (answer is not None and told is not None and near(answer, told)):
        return "equal"
    better = told is not None and (answer is None or (told > answer) == problem.largest)
    if better and problem.is_fine:
        return "equal"   # a stretch that the steps here have missed
    return "not proven" if not proven else f"{answer}, told {told}"


tally = {}
made = [Problem(f"p{i}") for i in range(problems)]
for begin in range(0, problems, 50):
    batch = made[begin:begin + 50]
    text = "import std/units\n" + "".join(problem.study() for problem in batch)
    outputs = []
    for engine in ("jit", "interp") if begin == 0 else ("auto",):
        done = subprocess.run([llmsys, "run", "-", "--format", "csv", "--engine", engine], input=text, capture_output=True, text=True)
        assert done.returncode == 0, (done.stderr, text)
        outputs.append(done.stdout)
    assert all(output == outputs[0] for output in outputs), "the engines differ"
    tables = {rows[0]["study"]: rows[0] for rows in (list(csv.DictReader(io.StringIO(block))) for block in outputs[0].split("\n\n"))}
    for problem in batch:
        row = {name.split(" [")[0]: value for name, value in tables[problem.name].items()}
        result = check(problem, row)
        assert result in ("equal", "not proven"), (result, row, problem.study())
        proven = "gone through" if not problem.is_fine else "scanned" if "not proven" in row["x is"] + row["infeasible"] else "proven"
        tally[(result, proven)] = tally.get((result, proven), 0) + 1
for (result, proven), count in sorted(tally.items()):
    print(f"{result}, {proven}: {count}")
print(f"{sum(tally.values())} problems, none wrong")
