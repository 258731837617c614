"""recompute.py LLMSYS: reads nothing but what `llmsys explain` prints, and computes every value that has parts from these parts.

A printed value stands for all numbers that are printed so; a formula is computed with such ranges, and must meet the range of the value it is said to have.
"""
import math
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
STUDY, QUESTIONS, STEPS = "examples/limit_study.llmsys", "examples/questions", "examples/first_steps"

# What is explained: a file, and arguments behind it. Those with `absent` have no value, and the reason is computed too.
VALUES = [
    (STUDY, "Point.user_rate"),
    (STUDY, "Point.limiter"),
    (STUDY, "Point.rate_per_watt"),
    (STUDY, "Point.largest_batch"),
    (STUDY, "sparse { reading = expert_placement }.user_rate"),
    (STUDY, "sparse { reading = active_spread, overlap = per_operator, batch = 8 }.step"),
    (STUDY, "long { system.chips = 128, sharing = replicated_cache }.user_rate"),
    (STUDY, "Point { context = 128 Ki token, system.chips = 4 }.user_rate", "absent"),
    (STUDY, "servers_for(Point.memory_used, xPU_SRAM.memory.capacity) ^ 2 / 3"),
    (STUDY, "if Point.batch > 1 then Point.step else Point.memory - Point.exposed"),
    (STUDY, "min(Point.compute, Point.exposed, Point.memory) / sum([Point.compute, Point.exposed])"),
    (STUDY, "--study", "utps", "--row", "3"),
    (STUDY, "--study", "capacity", "--row", "20"),
    (STUDY, "--study", "finding_3", "--row", "5", "gain"),
    (STUDY, "--study", "largest_batch", "--row", "2"),
    (STUDY, "--study", "utps", "--row", "55", "absent"),
    (STEPS + "/5_presence.llmsys", "--study", "fits", "--row", "1", "absent"),
    (STEPS + "/5_presence.llmsys", "--study", "rates", "--row", "4"),
    (STEPS + "/5_presence.llmsys", "Quick.step", "absent"),
    (STEPS + "/5_presence.llmsys", "1 / (Chat.batch - 1)", "absent"),
    ("examples/validation/collectives.llmsys", "--study", 1, "--row", "1"),
    (QUESTIONS + "/wafer_with_spares.llmsys", "--study", 1, "--row", "2"),
    (QUESTIONS + "/pools_for_traffic.llmsys", "--study", "pools_of", "--row", "1"),
    (QUESTIONS + "/sram_only.llmsys", "--study", 1, "--row", "1"),
    (QUESTIONS + "/qwen_on_mi300x.llmsys", "--study", 1, "--row", "1"),
    (QUESTIONS + "/deepseek_on_two_systems.llmsys", "--study", 1, "--row", "2"),
    (QUESTIONS + "/gpt_oss_on_one_h100.llmsys", "--study", 1, "--row", "1"),
    (QUESTIONS + "/split_of_72.llmsys", "--study", 1, "--row", "1"),
]

SI = {"n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18, "p": 1e-12, "f": 1e-15, "": 1}
BINARY = {p + "i": 1024.0 ** (n + 1) for n, p in enumerate("KMGTP")}
UNITS = {"B": 8, "bit": 1, "s": 1, "FLOP": 1, "token": 1, "W": 1, "J": 1, "m": 1, "USD": 1, "way": 1, "OP": 1}
MULTIPLIERS = {"%": 0.01, **BINARY, "mm": 1e-3, "min": 60, "h": 3600, "hour": 3600, "day": 86400, "year": 365 * 86400, "MHz": 1e6, "GHz": 1e9, "kWh": 3.6e6, "users": 1}
TOKEN = re.compile(r'\s*("(?:\\.|[^"\\])*"|\d+(?:\.\d+)?(?:e[+-]?\d+)?|\.\.\.|\.\.|=>|<=|>=|==|!=|\+\+|\?\?|\w+|[^\s\w])')


def unit(name):
    if name in MULTIPLIERS:
        return MULTIPLIERS[name]
    for prefix, scale in {**SI, **BINARY}.items():
        if name.startswith(prefix) and name[len(prefix):] in UNITS:
            return scale * UNITS[name[len(prefix):]]
    return None


class Absent:
    """In the place of a value that is not there."""


class Range:
    """All numbers from low to high."""

    def __init__(self, low, high=None):
        self.low, self.high = low, low if high is None else high

    def of(self, other, f):
        ends = [f(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Range(min(ends), max(ends))

    def each(self, f):
        return Range(*sorted((f(self.low), f(self.high))))

    def meets(self, other):
        slack = 1e-11 * max(abs(self.low), abs(self.high))
        return self.low - slack <= other.high and other.low - slack <= self.high


def known(value):
    return value if value is not None else True   # a comparison of what is equal in print may be either


def compared(op, a, b):
    if not isinstance(a, Range):
        return (a == b) == (op == "==")
    if op in (">", ">="):
        a, b, op = b, a, {">": "<", ">=": "<="}[op]
    if op in ("<", "<="):
        return True if a.high < b.low or (op == "<=" and a.high <= b.low) else False if a.low > b.high or (op == "<" and a.low >= b.high) else None
    same = a.low == a.high == b.low == b.high
    return same if op == "==" else not same


def reduced(function, values):
    present = [v for v in values if v is not Absent]
    if function in ("min", "max"):
        if not present:
            return Absent
        pick = min if function == "min" else max
        return Range(pick(v.low for v in present), pick(v.high for v in present))
    if len(present) < len(values):
        return Absent
    if function in ("any", "all"):
        return any(values) if function == "any" else all(values)
    if function == "count":
        return Range(sum(1.0 * v if isinstance(v, bool) else v.low for v in values))
    total = Range(1.0 if function == "product" else 0.0)
    for v in values:
        total = total.of(v, (lambda a, b: a * b) if function == "product" else (lambda a, b: a + b))
    return total


FUNCTIONS = {"ceil": math.ceil, "floor": math.floor, "round": round, "sqrt": math.sqrt, "exp": math.exp, "ln": math.log, "log2": math.log2, "log10": math.log10}
REDUCTIONS = ("sum", "product", "mean", "min", "max", "count", "any", "all")


class Formula:
    """Computes a text over what its names are."""

    def __init__(self, text, parts):
        self.tokens, self.at, self.parts = TOKEN.findall(text), 0, parts
        self.names = sorted(((TOKEN.findall(p.name), p) for p in parts if not p.name.startswith("[") and p.name != "require"), key=lambda n: -len(n[0]))
        self.elements = [p for p in parts if p.name.startswith("[")]

    def value(self):
        result = self.expression(0)
        if self.at < len(self.tokens):
            raise SyntaxError(f"what is `{self.tokens[self.at]}` in `{' '.join(self.tokens)}`")
        return result

    def next(self, *wanted):
        if self.at < len(self.tokens) and self.tokens[self.at] in wanted:
            self.at += 1
            return self.tokens[self.at - 1]
        return None

    def need(self, token):
        if not self.next(token):
            raise SyntaxError(f"`{token}` expected at `{' '.join(self.tokens[self.at:])}`")

    LEVELS = [("??",), ("or",), ("and",), ("<", "<=", ">", ">=", "==", "!="), ("+", "-"), ("*", "/", "mod", "div")]

    def expression(self, level):
        if level == len(self.LEVELS):
            return self.unary()
        left = self.expression(level + 1)
        while op := self.next(*self.LEVELS[level]):
            right = self.expression(level + 1)
            left = self.apply(op, left, right)
        return left

    def apply(self, op, a, b):
        if op == "??":
            return b if a is Absent else a
        if a is Absent or (b is Absent and op not in ("and", "or")):
            return Absent
        if op in ("and", "or"):
            decided = (op == "or")
            return a if a is decided or b is None else b
        if op in self.LEVELS[3]:
            return compared(op, a, b)
        if isinstance(a, list) or isinstance(b, list):
            return [self.apply(op, x, b) for x in a] if isinstance(a, list) else [self.apply(op, a, x) for x in b]
        if op in ("/", "mod", "div") and b.low <= 0 <= b.high:
            return Absent
        quotient = lambda x, y: math.floor(x / y)
        return a.of(b, {"+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y, "/": lambda x, y: x / y, "div": quotient, "mod": lambda x, y: x - y * math.floor(x / y)}[op])

    def unary(self):
        if self.next("-"):
            value = self.unary()
            return value if value is Absent else value.each(lambda x: -x)
        if self.next("not"):
            value = self.unary()
            return value if value is Absent else not value
        base = self.primary()
        if self.next("^"):
            power = self.unary()
            return Absent if Absent in (base, power) else base.of(power, lambda x, y: x ** y)
        return base

    def named(self):
        for tokens, part in self.names:
            end = self.at + len(tokens)
            if self.tokens[self.at:end] == tokens and (end == len(self.tokens) or self.tokens[end] not in (".", "(", "[")):
                self.at = end
                return True, part.known
        return False, None

    def primary(self):
        found, value = self.named()
        if found:
            return value
        token = self.tokens[self.at]
        self.at += 1
        if token[0].isdigit():
            number = Range(float(token))
            while self.at < len(self.tokens) and unit(self.tokens[self.at]) is not None:   # tighter than any operator but `^`
                if self.named()[0]:
                    raise SyntaxError("a name right behind a number")
                self.at += 1
                scale = unit(self.tokens[self.at - 1])
                if self.next("^"):
                    scale **= float(self.next(*self.tokens[self.at]) if self.tokens[self.at].isdigit() else "nan")
                number = number.each(lambda x: x * scale)
            return number
        if token[0] == '"':
            return token
        if token == "(":
            value = self.expression(0)
            self.need(")")
            return value
        if token == "[":
            if "for" in self.tokens:
                self.at = len(self.tokens)
                return [e.known for e in self.elements]
            values = []
            while not self.next("]"):
                values.append(self.expression(0))
                self.next(",")
            return values
        if token == "...":
            return None
        if token == "absent":
            self.at += 1
            return Absent
        if token == "if":
            condition = known(self.expression(0))
            self.need("then")
            yes = self.expression(0)
            self.need("else")
            no = self.expression(0)
            return Absent if condition is Absent else yes if condition and yes is not None or no is None else no
        if token == "match":
            return self.chosen_arm()
        if token in ("largest", "smallest"):
            return self.choice(token)
        if token in ("true", "false"):
            return token == "true"
        if self.next("("):
            return self.call(token)
        scale = unit(token)
        return Range(scale) if scale is not None else token   # the case of an enum

    def chosen_arm(self):
        subject = self.expression(0)
        self.need("{")
        cases = []
        while not self.next("=>"):
            cases.append(self.tokens[self.at])
            self.at += 1
        assert subject is Absent or subject in cases or "else" in cases, f"{subject} is none of {cases}"
        value = self.expression(0)
        while not self.next("}"):
            self.at += 1
        return subject if subject is Absent else value

    def choice(self, word):
        entries = {}
        if not self.next("{"):
            self.at = len(self.tokens)
            return reduced("max" if word == "largest" else "min", [e.known for e in self.elements])
        while not self.next("}"):
            label = self.tokens[self.at]
            self.at += 1
            self.need(":")
            entries[label] = self.expression(0)
            self.next(",")
        pick = (max if word == "largest" else min)
        best = pick((k for k in entries if entries[k] is not Absent), key=lambda k: entries[k].low)
        part = self.next(".") and self.tokens[self.at]
        self.at += bool(part)
        return entries[best] if part == "value" else f'"{best}"'

    def call(self, name):
        if name in REDUCTIONS and self.ends_in_for():
            values = [e.known for e in self.elements]
            count = sum(int(e.name[1:-8]) if e.name.endswith("others]") else 1 for e in self.elements)
            total = reduced(name, values)
            return total.each(lambda x: x / count) if name == "mean" and total is not Absent else total
        arguments = []
        while not self.next(")"):
            arguments.append(self.expression(0))
            self.next(",")
        if Absent in arguments:
            return Absent
        if name == "choose":
            return Range(float(math.comb(round(arguments[0].low), round(arguments[1].low))))
        if name in FUNCTIONS:
            return arguments[0].each(lambda x: float(FUNCTIONS[name](x)))
        if name == "abs":
            a = arguments[0]
            return a if a.low >= 0 else a.each(lambda x: -x) if a.high <= 0 else Range(0, max(-a.low, a.high))
        if name == "length":
            return Range(float(len(arguments[0])))
        if name in REDUCTIONS:
            values = arguments if len(arguments) > 1 else arguments[0]
            total = reduced(name, values)
            return total.each(lambda x: x / len(values)) if name == "mean" else total
        raise SyntaxError(f"what is `{name}(`")

    def ends_in_for(self):
        depth, at = 1, self.at
        while depth:
            depth += (self.tokens[at] in "([{") - (self.tokens[at] in ")]}")
            if depth == 1 and self.tokens[at] == "for":
                while depth:
                    at += 1
                    depth += (self.tokens[at] in "([{") - (self.tokens[at] in ")]}")
                self.at = at + 1
                return True
            at += 1
        return False


def printed(text):
    """The value, or range of values, that is printed so."""
    if text.startswith("absent"):
        return Absent
    if text.startswith("["):
        return [printed(one) for one in text[1:-1].split(", ")] if text != "[]" else []
    number = re.match(r"-?[\d.]+(e[+-]?\d+)?", text)
    if not number:
        return {"true": True, "false": False}.get(text, text)
    value = float(number.group())
    unit_text = text[number.end():].strip()
    scale = Formula(unit_text if unit_text.startswith("1") else "1 " + unit_text, []).value().low if unit_text else 1.0
    exponent = math.floor(math.log10(abs(value))) if value else 0
    half = 0.5 * 10.0 ** (exponent - 5)
    if "." not in number.group() and "e" not in number.group():
        half = 0 if exponent < 5 else 0.5   # `11` is 11, `11.0` is only printed so
    return Range((value - half) * scale, (value + half) * scale)


class Node:
    def __init__(self, indent, text):
        self.indent, self.parts = indent, []
        self.text = re.match(r'(?:"(?:\\.|[^"\\])*"|(?!  // ).)*', text).group()
        if self.text.startswith("require "):
            self.name, (self.formula, value) = "require", self.text[8:].rsplit(" = ", 1)
        else:
            self.name, *rest = self.split()
            self.formula, value = (rest if len(rest) == 2 else ("", rest[0]))
        self.known = printed(value)

    def split(self):
        """At ` = ` outside of brackets and quotes."""
        pieces, depth, quoted, begin = [], 0, False, 0
        for i, c in enumerate(self.text):
            quoted ^= c == '"'
            if not quoted:
                depth += (c in "([{") - (c in ")]}")
            if depth == 0 and not quoted and self.text.startswith(" = ", i):
                pieces.append(self.text[begin:i])
                begin = i + 3
        return pieces + [self.text[begin:]]


def read(text):
    """The roots of what is printed."""
    lines = []
    for line in text.splitlines():
        if line.startswith("//") or not line.strip():
            continue
        indent = len(line) - len(line.lstrip())
        if lines and indent >= lines[-1][0] + 6:
            lines[-1][1] += ("  " if line.strip().startswith("//") else " ") + line.strip()
        else:
            lines.append([indent, line.strip()])
    roots, path = [], []
    for indent, line in lines:
        node = Node(indent, line)
        while path and path[-1].indent >= indent:
            path.pop()
        (path[-1].parts if path else roots).append(node)
        path.append(node)
    return roots


def below(node):
    yield node
    for part in node.parts:
        yield from below(part)


def agrees(node, value):
    """Whether the parts give this value."""
    text = node.formula or node.name
    if any(p.name == "require" for p in node.parts):
        return value is Absent and all(p.known is False or p.known is Absent for p in node.parts)
    result = Formula(text, node.parts).value()
    if result is None or value is Absent or result is Absent:
        return result is None or (value is Absent) == (result is Absent)
    if isinstance(value, list):
        return len(value) == len(result) and all(a.meets(b) if isinstance(a, Range) else a == b for a, b in zip(value, result))
    return value.meets(result) if isinstance(value, Range) else value == result


def scaled(value, by):
    return Range(value.low * by, value.high * by) if isinstance(value, Range) else value


def explained(llmsys, file, arguments, *options):
    arguments = list(arguments)
    if 1 in arguments:   # the first study of the file
        name = re.search(r"^study (\w+)", (ROOT / file).read_text(encoding="utf-8"), re.M)[1]
        arguments[arguments.index(1)] = name
    run = subprocess.run([llmsys, "explain", str(ROOT / file), *arguments, *options], capture_output=True, text=True)
    assert run.returncode == 0, f"{file} {arguments}: {run.stderr}"
    return run.stdout


def main(llmsys):
    wrong, parents, sharp, operators = [], 0, 0, set()
    for file, *arguments in VALUES:
        is_absent = "absent" in arguments
        arguments = [a for a in arguments if a != "absent"]
        for options in ([], ["--depth", "100"], ["--depth", "100", "--all"]):
            text = explained(llmsys, file, arguments, *options)
            too_wide = [line for line in text.splitlines() if len(line) > 100 and " " in line.strip()[:90]]
            wrong += [f"wider than 100 columns: {line}" for line in too_wide]
            roots = read(text)
            if is_absent != any(root.known is Absent for root in roots):
                wrong.append(f"{file} {arguments}: absent or not?")
            for node in (n for root in roots for n in below(root)):
                operators |= set(TOKEN.findall(node.formula)) if node.parts else set()
                if not node.parts and not (node.formula and node.formula != "..."):
                    continue
                parents += 1
                try:
                    if not agrees(node, node.known):
                        wrong.append(f"{file} {arguments} {options}: {node.text}")
                    sharp += not isinstance(node.known, Range) or node.known.high == 0 or not agrees(node, scaled(node.known, 1.001))
                except Exception as error:
                    wrong.append(f"{file} {arguments} {options}: {node.text}: {type(error).__name__} {error}")
    missing = {"+", "*", "/", "-", "^", "sum", "max", "min", "if", "match", "largest", "for", "<=", "ceil", "floor", "(", "??"} - operators
    print("\n".join(wrong[:40]))
    print(f"{len(VALUES)} values, {parents} parents computed, of {sharp} a thousandth more is seen, {len(wrong)} wrong; not met: {sorted(missing)}")
    return bool(wrong or missing or sharp < 0.99 * parents)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
