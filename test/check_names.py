"""A test is named fail_* if and only if some `llmsys` in it must fail: `not llmsys ...`, `status.py 4 llmsys ...`, `bounded.py llmsys ...`."""
import re
import sys

from run_lines import TEST_ROOT, run_lines, test_files

MUST_FAIL = re.compile(r"\bnot (--\S+ )*(env \S+ )*llmsys\b|status\.py [1-9] .*\bllmsys\b|bounded\.py .*\bllmsys\b")

wrong = []
for path in test_files():
    commands = run_lines(path)
    named_so = path.name.startswith("fail_")
    if not commands and named_so:
        wrong.append(f"{path.relative_to(TEST_ROOT)}: has no RUN line, so nothing sees it fail")
    elif any(MUST_FAIL.search(command) for command in commands) != named_so:
        wrong.append(f"{path.relative_to(TEST_ROOT)}: " + ("nothing in it must fail, but it is named fail_*" if named_so else "must fail, but is not named fail_*"))
print("\n".join(wrong))
sys.exit(bool(wrong))
