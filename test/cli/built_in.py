"""built_in.py STD FILES...: the library in the binary, which is kept parsed, is that of the folder: what is listed, and what files that use it print.
It is not parsed again: that would take ten times as long as reading it."""
import pathlib
import re
import subprocess
import sys


def printed(*command):
    result = subprocess.run(["llmsys", *command], capture_output=True, text=True)
    return result.returncode, result.stdout, result.stderr


library, files = sys.argv[1], sys.argv[2:]
commands = [("list", f"std/{path.stem}") for path in sorted(pathlib.Path(library).glob("*.llmsys"))]
commands += [("run", "--emit=types", f) for f in files] + [("test", f) for f in files]
for command in commands:
    built_in, folder = printed(*command), printed(*command, "--std", library)
    if built_in != folder:
        sys.exit(f"llmsys {' '.join(command)}\nbuilt in:\n{built_in}\nfrom {library}:\n{folder}")


def parse_ms(*flags):
    return min(float(re.search(r"parse ([\d.]+) ms", printed("run", files[0], "--timings", *flags)[2])[1]) for _ in range(5))


if parse_ms() * 3 > parse_ms("--std", library):
    sys.exit("the library in the binary is parsed")
if not any("::: std/" in printed("test", f)[2] for f in files):
    sys.exit("no file shows the text of the library in a message")
