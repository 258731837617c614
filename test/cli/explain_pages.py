"""Every page of `llmsys explain` quotes what its example prints: the first code block is the example, the second the headline."""
import pathlib
import re
import subprocess
import sys
import tempfile

PAGES = pathlib.Path(__file__).resolve().parents[2] / "compiler" / "diag" / "explain"
BESIDE = {   # files that an example needs beside it
    "E0207": {"east.llmsys": "kind rack { chips: Count }\n", "west.llmsys": "kind rack { shelves: Count }\n"},
    "E0604": {"config.json": '{ "layers": 61, "num_layers": 61 }\n'},
}
ELSEWHERE = {"E0104"}   # the example is too large for a page


def headlines(code, example, flags):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for file, text in BESIDE.get(code, {}).items():
            (folder / file).write_text(text)
        (folder / "study.llmsys").write_text(example)
        for command in ("run", "test"):
            result = subprocess.run(["llmsys", command, "study.llmsys", *flags], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            found = [line for line in result.stderr.splitlines() if re.match(r"(error|warning)\[", line)]
            if found:
                return found
    return []


wrong = []
for page in sorted(PAGES.glob("*.md")):
    blocks = re.findall(r"^```\w*\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
    quoted = re.search(r"^((?:error|warning)\[.*)$", blocks[1], re.MULTILINE).group(1)
    setting = re.search(r"--set (\S+)", blocks[1])
    found = [quoted] if page.stem in ELSEWHERE else headlines(page.stem, blocks[0], setting.group().split() if setting else [])
    if found != [quoted]:
        wrong.append(f"{page.name} quotes\n  {quoted}\nbut its example prints\n  " + "\n  ".join(found or ["nothing"]))
print("\n".join(wrong))
sys.exit(bool(wrong))
