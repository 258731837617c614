"""bounded.py [--seconds N] COMMAND...: passes if the command says no (status 1) within 2 s of computing, or N, and 1 GB of memory.

Ten times that if it is sanitized.
"""
import pathlib
import resource
import shutil
import subprocess
import sys

command = sys.argv[1:]
most_seconds = 2
if command[0] == "--seconds":
    most_seconds, command = float(command[1]), command[2:]
program = shutil.which(command[0])
factor = 10 if b"__asan_init" in pathlib.Path(program).read_bytes() else 1
status = subprocess.run([program] + command[1:], timeout=100).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)   # not the clock: others may be busy on this machine
seconds, megabytes = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
if status != 1 or seconds > most_seconds * factor or megabytes > 1000 * factor:
    sys.exit(f"status {status}, {seconds:.1f} s, {megabytes:.0f} MB")
