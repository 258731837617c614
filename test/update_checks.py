"""update_checks.py --path DIR... [FILES...]: rewrites the CHECK lines of tests from real output.

It takes the tests (all, or FILES) with exactly one line
    // RUN: COMMAND | FileCheck --strict-whitespace --match-full-lines %s
runs it after the commands before it, and replaces the block of `// CHECK` lines at the end of the file. Read the difference before you commit it.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from run_lines import TEST_ROOT, run_lines, test_files

FILE_CHECK = re.compile(r"\s*\|\s*FileCheck --strict-whitespace --match-full-lines %s$")


def substituted(command, path, temporary):
    root = TEST_ROOT.parent
    values = {"%examples": root / "examples", "%std": root / "stdlib", "%python": sys.executable, "%s": path, "%S": path.parent, "%t": temporary / "t"}
    return re.sub("|".join(values), lambda found: str(values[found.group()]), command)


def escaped(text):
    return text.replace("{{", r"{{\{\{}}").replace("[[", r"{{\[\[}}")


def check_lines(output, folders):
    lines, first = [], True
    for line in output.splitlines():
        line = escaped(line)
        for folder in folders:
            line = line.replace(f"{folder}/", "{{.*}}")
        if not line:
            # A test can't begin with CHECK-EMPTY, and needn't.
            lines += [] if first else ["// CHECK-EMPTY:"]
            continue
        lines.append(f"// CHECK:{line}" if first else f"// CHECK-NEXT:{line}")
        first = False
    return lines


def update(path, environment):
    commands = [FILE_CHECK.sub("", command) for command in run_lines(path) if FILE_CHECK.search(command)]
    if len(commands) != 1:
        return False
    with tempfile.TemporaryDirectory() as name:
        temporary = pathlib.Path(name)
        before = run_lines(path)
        before = before[:[bool(FILE_CHECK.search(command)) for command in before].index(True)]
        for command in before:
            subprocess.run(["bash", "-c", substituted(command, path, temporary)], cwd=temporary, env=environment, stdout=subprocess.DEVNULL)
        script = substituted(commands[0], path, temporary)
        output = subprocess.run(["bash", "-c", script], cwd=temporary, env=environment, stdout=subprocess.PIPE, text=True).stdout
        lines = path.read_text(encoding="utf-8").splitlines()
        while lines and (not lines[-1].strip() or lines[-1].startswith("// CHECK")):
            lines.pop()
        text = "\n".join(lines + [""] + check_lines(output, [temporary / "t", temporary, path.parent, TEST_ROOT.parent])) + "\n"
    changed = text != path.read_text(encoding="utf-8")
    if changed:
        path.write_text(text, encoding="utf-8")
    return changed


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--path", action="append", default=[], help="a folder with llmsys or LLVM's tools")
    arguments.add_argument("files", nargs="*", type=pathlib.Path)
    options = arguments.parse_args()
    environment = dict(os.environ, NO_COLOR="1", XDG_CACHE_HOME="/dev/null", PATH=os.pathsep.join(options.path + [os.environ["PATH"]]))
    for path in [file.resolve() for file in options.files] or test_files():
        if update(path, environment):
            print(f"updated {path.relative_to(TEST_ROOT)}")


main()
