"""Every code of codes.def is seen by a test, as [E0301] in a file of this folder, and has a page of its own; no page is left over."""
import re
import sys

from run_lines import TEST_ROOT, test_files

DIAG = TEST_ROOT.parent / "compiler" / "diag"
codes = set(re.findall(r'^LLMSYS_CODE\("(\w+)"', (DIAG / "codes.def").read_text(), re.MULTILINE))
pages = {path.stem: path.read_text() for path in (DIAG / "explain").glob("*.md")}
seen = set()
for path in test_files():
    seen |= set(re.findall(r"\[([EW]\d{4})\]", path.read_text(encoding="utf-8", errors="replace")))

wrong = [f"{code}: no test shows it" for code in sorted(codes - seen)]
wrong += [f"{code}: no page explain/{code}.md" for code in sorted(codes - set(pages))]
wrong += [f"{code}: a page, but not in codes.def" for code in sorted(set(pages) - codes)]
wrong += [f"{code}: the page does not begin with `# {code}: `" for code, text in sorted(pages.items()) if not text.startswith(f"# {code}: ")]
print("\n".join(wrong))
sys.exit(bool(wrong))
