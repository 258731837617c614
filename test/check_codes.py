"""Every code of codes.def is seen by a test, as [E0301] in a file of this folder, and has a page of its own; no page is left over."""
import re
import sys

from run_lines import TEST_ROOT, test_files

DIAG = TEST_ROOT.parent / "compiler" / "diag"
titles = dict(re.findall(r'^LLMSYS_CODE\("(\w+)", \w+, \w+, "(.*)"\)', (DIAG / "codes.def").read_text(), re.MULTILINE))
codes = set(titles)
pages = {path.stem: path.read_text() for path in (DIAG / "explain").glob("*.md")}
seen = set()
for path in test_files():
    seen |= set(re.findall(r"\[([EW]\d{4})\]", path.read_text(encoding="utf-8", errors="replace")))

wrong = [f"{code}: no test shows it" for code in sorted(codes - seen)]
wrong += [f"{code}: no page explain/{code}.md" for code in sorted(codes - set(pages))]
wrong += [f"{code}: a page, but not in codes.def" for code in sorted(set(pages) - codes)]
for code in sorted(codes & set(pages)):
    headline = f"# {code}: {titles[code]}"
    if pages[code].splitlines()[0] != headline:
        wrong.append(f"explain/{code}.md: does not begin with `{headline}`")
print("\n".join(wrong))
sys.exit(bool(wrong))
