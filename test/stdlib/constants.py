#!/usr/bin/env python3
"""Every constant of the equations is held by an expectation: constants.py LLMSYS

Each number of stdlib/liminal.llmsys in turn, and each model's count of layers, is changed in a copy of the library; `llmsys test --std COPY` on
the examples must then fail an expectation. Numbers that nothing can hold are listed here with the reason.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "stdlib"
# The largest first: what it does not hold, a smaller example may.
EXAMPLES = {
    "liminal.llmsys": sorted((ROOT / "examples").glob("limit_*.llmsys"), key=lambda path: (path.stem != "limit_study", path)),
    "models.llmsys": [ROOT / "examples" / "models" / "parameters.llmsys"],
}
EXPECTATION_FAILED = 3

# (text of the line, which number of the line) -> why no expectation can see it.
FREE = {}

SKIPPED = re.compile(r'//[^\n]*|"(?:\\.|[^"\\\n])*"|^language \d+', re.M)
NUMBER = re.compile(r"(?<![\w.])\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?")


def numbers(text):
    """Spans of the numbers that are neither in a comment nor in a text."""
    blank = SKIPPED.sub(lambda found: " " * len(found.group()), text)
    return [found.span() for found in NUMBER.finditer(blank)]


def changed(number):
    """A zero becomes large: where it stands, one more would be one among 10^12."""
    if float(number) == 0:
        return "1e12"
    return str(int(number) + 1) if number.isdigit() else repr(float(number) * 1.5)


def breaks(llmsys, module, text, folder):
    (folder / module).write_text(text, encoding="utf-8")
    return any(subprocess.run([llmsys, "test", "--std", str(folder), str(example)], capture_output=True).returncode == EXPECTATION_FAILED for example in EXAMPLES[module])


def held(llmsys, module, spans, folder):
    """Tries each span; gives those whose change broke nothing, as (line number, line, which number of the line)."""
    text = (LIBRARY / module).read_text(encoding="utf-8")
    for begin, end in spans(text):
        if breaks(llmsys, module, text[:begin] + changed(text[begin:end]) + text[end:], folder):
            continue
        line_begin = text.rfind("\n", 0, begin) + 1
        line = text[line_begin:text.find("\n", begin)].strip()
        which = sum(line_begin <= b < begin for b, _ in numbers(text)) + 1
        yield text.count("\n", 0, begin) + 1, line, which
    shutil.copy(LIBRARY / module, folder)


def layer_counts(text):
    return [found.span(1) for found in re.finditer(r"^  layers = (\d+)", text, re.M)]


def main(llmsys):
    wrong, used = [], set()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for path in LIBRARY.glob("*.llmsys"):
            shutil.copy(path, folder)
        for module, spans in (("liminal.llmsys", numbers), ("models.llmsys", layer_counts)):
            count = len(spans((LIBRARY / module).read_text(encoding="utf-8")))
            print(f"{module}: {count} numbers")
            wrong += [f"{module}: no numbers found"] if count == 0 else []
            for at, line, which in held(llmsys, module, spans, folder):
                if (line, which) in FREE:
                    used.add((line, which))
                else:
                    wrong.append(f"{module}:{at}: no example sees a change of number {which} of\n  {line}")
    wrong += [f"listed as free, but held or gone: number {which} of\n  {line}" for line, which in FREE if (line, which) not in used]
    print("\n".join(wrong))
    sys.exit(bool(wrong))


main(sys.argv[1])
