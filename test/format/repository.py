#!/usr/bin/env python3
"""Every .llmsys file of the repository in the one style: the same syntax tree, the same comments, nothing left for a second run.

    repository.py LLMSYS

In: all files, also the broken ones of the tests: those must be refused with mistakes that `check` has too, and stay as they are.
The trees and comments are those of `run --emit`, so that nothing of the formatter's own check is relied on.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = sorted(path for folder in ("stdlib", "examples", "test", "bench") for path in (ROOT / folder).rglob("*.llmsys"))


def call(*arguments, text=None):
    done = subprocess.run([sys.argv[1], *arguments], input=text, capture_output=True)
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def content(text):
    tree = call("run", "--emit=ast", "-", text=text)[1].decode()
    tokens = call("run", "--emit=tokens", "-", text=text)[1].decode()
    comments = [line.split(" ", 1)[1].rstrip(' "\t') for line in tokens.splitlines() if re.match(r"\d+:\d+ (DOC|COMMENT) ", line)]
    return re.sub(r" \d+:\d+-\d+:\d+$", "", tree, flags=re.M), comments


def wrong_with(path, copy):
    """What is wrong, or None; and whether the file was refused."""
    text = path.read_bytes()
    status, styled, mistakes = call("fmt", "-", text=text)
    if status == 1:
        copy.write_bytes(text)
        told = call("check", "-", text=text)[2]
        frames = [frame for frame in mistakes.split("\n\n") if frame.startswith("error")]
        if styled or not frames or any(frame not in told for frame in frames):
            return "refused without the mistakes that `check` tells:\n" + mistakes, True
        if call("fmt", copy)[0] != 1 or copy.read_bytes() != text:
            return "refused, and not left as it was", True
        return None, True
    if status != 0:
        return f"status {status}: {mistakes}", False
    if content(text) != content(styled):
        return "another syntax tree or other comments", False
    if call("fmt", "-", text=styled)[1] != styled:
        return "changed by a second run", False
    return None, False


def main():
    failures, refusals = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for path in FILES:
            wrong, refused = wrong_with(path, pathlib.Path(folder) / "copy.llmsys")
            refusals += refused
            if wrong:
                failures += 1
                print(f"{path.relative_to(ROOT)}: {wrong}")
    print(f"{len(FILES)} files, {refusals} of them broken, {failures} wrong")
    return failures > 0 or refusals in (0, len(FILES))


sys.exit(main())
