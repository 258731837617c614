#!/usr/bin/env python3
"""One word of an example is changed; the compiler must report exactly one error, on that word's line.

    mutations.py LLMSYS [--seed N] [--count N] [--show]

In: the examples. Each mutation renames, deletes or duplicates one token, or puts a unit of another dimension in its place. What cannot give
one error on its line is named in EXCEPTIONS, with the reason, and with what it must give instead. Then mutations of ten declarations of
one file at once must give ten errors, in the order of the source.
"""
import argparse
import collections
import concurrent.futures
import json
import pathlib
import random
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = sorted(ROOT.glob("examples/*.llmsys")) + sorted(ROOT.glob("examples/first_steps/*.llmsys"))

# A unit is replaced by one that measures something else.
OTHER_UNIT = {"token": "W", "s": "GiB", "us": "mm", "ms": "GB", "B": "ns", "GiB": "us", "TiB": "W", "GB": "s", "MiB": "W", "TB": "J",
              "FLOP": "s", "PFLOP": "s", "W": "B", "kW": "s", "J": "GB", "pJ": "GB", "bit": "s", "mm": "s", "%": "s"}

TOKEN = re.compile(r'//[^\n]*|"(?:[^"\\\n]|\\.)*"|[A-Za-z_]\w*|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\.|\+\+|\?\?|=>|->|[<>=!]=|\S')
WORD = re.compile(r"[A-Za-z_]\w*$")

Token = collections.namedtuple("Token", "text begin end line")


def tokens_of(text):
    found = (Token(m[0], m.start(), m.end(), text.count("\n", 0, m.start()) + 1) for m in TOKEN.finditer(text))
    return [token for token in found if not token.text.startswith("//")]


class Mutation:
    """One change to one token of a file."""

    def __init__(self, path, text, tokens, at, how, new):
        self.path, self.text, self.tokens, self.at, self.how, self.new = path, text, tokens, at, how, new
        self.token = tokens[at]
        self.end = self.token.end
        if how == "delete":  # its blanks go with it, but its neighbours must not become one token
            while text[self.end] == " ":
                self.end += 1
            if not text[: self.token.begin].endswith((" ", "\n")) and not text[self.end] == "\n":
                self.new = " "

    def applied(self):
        return self.text[: self.token.begin] + self.new + self.text[self.end :]

    def near(self, offset):
        at = self.at + offset
        return self.tokens[at].text if 0 <= at < len(self.tokens) else ""

    def line(self):
        return self.text.split("\n")[self.token.line - 1].strip()

    def __str__(self):
        return f"{self.path.relative_to(ROOT)}:{self.token.line}: {self.how} `{self.token.text}` in: {self.line()}"


def mutate(path, text, tokens, at, rng):
    """A mutation of the token `at`, of a random kind."""
    token = tokens[at].text
    ways = ["delete", "duplicate"]
    if WORD.match(token):
        ways += ["rename", "rename"]
    if token in OTHER_UNIT:
        ways += ["unit", "unit", "unit"]
    how = rng.choice(ways)
    if how == "delete":
        new = ""
    elif how == "duplicate":
        new = token + " " + token
    elif how == "unit":
        new = OTHER_UNIT[token]
    else:
        place = rng.randrange(len(token)) + 1
        new = token[:place] + rng.choice("qxz") + token[place:]
    return Mutation(path, text, tokens, at, how, new)


def check(llmsys, text, folder):
    """The errors of a text, as (line, code, message)."""
    run = subprocess.run([llmsys, "check", "--diagnostics=json", "-"], input=text.encode(), capture_output=True, cwd=folder, timeout=20)
    if run.returncode not in (0, 1):
        return [(0, "crash", f"exit status {run.returncode}")]
    found = [json.loads(line) for line in run.stderr.decode().splitlines()]
    return [(one["line"], one["code"], one["message"]) for one in found if one["severity"] == "error"]


def none(errors):
    return not errors


def elsewhere(mutation, errors):
    """Errors where the old word is used: one, or for a field one for each kind that lacks it."""
    lines = {token.line for token in mutation.tokens if token.text == mutation.token.text}
    is_field = mutation.near(1) == ":"
    return errors and all(line in lines for line, _, _ in errors) and len({message for _, _, message in errors}) == len(errors) and (is_field or len(errors) == 1)


def declares(mutation):
    """Is the token a name that is introduced here?"""
    before, after = mutation.near(-1), mutation.near(1)
    return (before in {"let", "sweep", "study", "fn", "kind", "enum", "("} or after in {":", "in", "=", "{", "<", "("} or before == ",") and not before == "."


def used_once(mutation):
    return sum(token.text == mutation.token.text for token in mutation.tokens) == 1


def is_number(text):
    return text[:1].isdigit()


AS_IT_SHOULD = "one error, on the line"

# (name, why it can't be one error on the line, when it applies). The first that applies is taken.
EXCEPTIONS = [
    ("a comma less", "commas between items are optional",
     lambda m, e: m.how == "delete" and m.token.text == "," and none(e)),
    ("a title or reason less", "a study need not have a title, nor `require` a reason",
     lambda m, e: m.how == "delete" and m.token.text.startswith('"') and (m.near(-2) == "study" or m.line().startswith("require")) and none(e)),
    ("a unit alone", "a unit without a number is one of it",
     lambda m, e: m.how == "delete" and is_number(m.token.text) and WORD.match(m.near(1)) and none(e)),
    ("a list with fewer elements", "what is left is a list, and a comma may end it",
     lambda m, e: m.how == "delete" and m.near(-1) in {",", "["} and m.near(1) in {"]", ")"} and none(e)),
    ("another plain factor", "`Ki` and `%` are numbers, so with one more or less the dimension is the same",
     lambda m, e: m.how != "rename" and m.token.text in {"Ki", "%"} and none(e)),
    ("another range", "`1..256 by 2` and `1..256 * 2` are ranges as `1..256 by *2` is",
     lambda m, e: m.how == "delete" and "by" in {m.token.text, m.near(-1)} and none(e)),
    ("another dimension", "what is shown may have any dimension",
     lambda m, e: (m.how == "unit" or m.token.text in OTHER_UNIT or m.token.text == "/") and " as " in m.line() and none(e)),
    ("parentheses alone", "without the function in front of them, parentheses hold a value",
     lambda m, e: m.how == "delete" and m.near(1) == "(" and none(e)),
    ("the other sign", "`expect` is as right as `expect not`, `-1` as `x - 1`",
     lambda m, e: m.how != "rename" and (m.token.text in {"not", "-"} or m.near(1) == "-") and none(e)),
    ("a field of what is made", "in a brace `.f` is a field as `x.f` is",
     lambda m, e: m.how == "delete" and m.near(1) == "." and none(e)),
    ("nobody names it", "nothing else uses the name that was changed",
     lambda m, e: m.how == "rename" and declares(m) and used_once(m) and none(e)),
    ("another thing has the name", "what used the old name now finds something else that has it",
     lambda m, e: m.how == "rename" and declares(m) and not used_once(m) and none(e)),
    ("a plot of the old name", "what used the old name finds something else that has it, but the table has no column of it",
     lambda m, e: m.how == "rename" and declares(m) and e and all(code == "E0510" for _, code, _ in e)),
    ("renamed where it is declared", "the uses of the old name are wrong: the first is reported, with the lines of the others",
     lambda m, e: m.how == "rename" and declares(m) and elsewhere(m, e)),
    ("a bracket that is never closed", "the error is at the bracket that was opened",
     lambda m, e: (m.how, m.token.text in "}])") == ("delete", True) and len(e) == 1 and e[0][1] == "E0103" and e[0][0] < m.token.line),
    ("found where it is used", "a `let` or an axis has no declared type, so its dimension meets another only where it is used, once for each use",
     lambda m, e: {"let", "sweep"} & {t.text for t in m.tokens if t.line == m.token.line} and e and all(code.startswith("E03") and line > m.token.line for line, code, _ in e)),
]


def is_one_error_there(mutation, errors):
    return len(errors) == 1 and errors[0][0] == mutation.token.line


def verdict(mutation, errors):
    """The name of what happened, None if it must not."""
    if is_one_error_there(mutation, errors):
        return AS_IT_SHOULD
    return next((name for name, _, applies in EXCEPTIONS if applies(mutation, errors)), None)


def single(llmsys, rng, count, show):
    """Whether each of `count` mutations gives one error on its line, or falls under an exception."""
    files = [(path, path.read_text()) for path in EXAMPLES]
    files = [(path, text, tokens_of(text)) for path, text in files]
    places = [(file, at) for file in files for at in range(len(file[2]))]
    mutations = [mutate(*file, at, rng) for file, at in (rng.choice(places) for _ in range(count))]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        errors = list(pool.map(lambda m: check(llmsys, m.applied(), m.path.parent), mutations))
    tally = collections.Counter()
    for mutation, found in zip(mutations, errors):
        judged = verdict(mutation, found)
        tally[judged] += 1
        if judged is None:
            print(f"{mutation}\n    expected one error on line {mutation.token.line}, got {found or 'none'}")
        elif show and judged != AS_IT_SHOULD:
            print(f"[{judged}] {mutation} -> {found}")
    for name, number in tally.most_common():
        print(f"{number:5} {name or 'FAILED'}")
    return tally[None] == 0


def declaration_of(mutation):
    """The first word, and the number, of the declaration that a mutation lies in: those that begin in column 1."""
    starts = [m for m in re.finditer(r"^[A-Za-z_]\w*", mutation.text, re.M) if m.start() <= mutation.token.begin]
    return starts[-1][0], len(starts)


def choose_ten(llmsys, rng):
    """Mutations of studies and expectations, on which no other declaration depends; each gives one error on its line if it is alone."""
    path = ROOT / "examples" / "limit_study.llmsys"
    text = path.read_text()
    tokens = tokens_of(text)
    chosen = {}
    while len(chosen) < 10:
        mutation = mutate(path, text, tokens, rng.randrange(len(tokens)), rng)
        word, number = declaration_of(mutation)
        if word not in {"study", "expect"} or number in chosen or mutation.new in {other.new for other in chosen.values()}:
            continue
        if is_one_error_there(mutation, check(llmsys, mutation.applied(), path.parent)):
            chosen[number] = mutation
    return [chosen[number] for number in sorted(chosen)]


def ten_at_once(llmsys, rng):
    """Whether ten mutations give ten errors, in the order of the source."""
    mutations = choose_ten(llmsys, rng)
    text = mutations[0].text
    for mutation in reversed(mutations):  # from the end, so that offsets stay
        text = text[: mutation.token.begin] + mutation.new + text[mutation.end :]
    lines = [line for line, _, _ in check(llmsys, text, mutations[0].path.parent)]
    expected = [mutation.token.line for mutation in mutations]
    if lines == expected:
        return True
    print(f"ten mutations on lines {expected} gave errors on lines {lines}")
    for mutation in mutations:
        print(f"    {mutation}")
    return False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("llmsys", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--show", action="store_true", help="print the mutations that fall under an exception")
    flags = parser.parse_args()
    good = single(flags.llmsys, random.Random(flags.seed), flags.count, flags.show)
    for seed in range(3):
        good &= ten_at_once(flags.llmsys, random.Random(flags.seed + seed))
    sys.exit(0 if good else 1)


main()
