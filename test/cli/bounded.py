"""bounded.py COMMAND...: passes if the command says no (status 1) within 2 s of computing and 1 GB of memory; ten times that if it is sanitized."""
import pathlib
import resource
import shutil
import subprocess
import sys

program = shutil.which(sys.argv[1])
factor = 10 if b"__asan_init" in pathlib.Path(program).read_bytes() else 1
status = subprocess.run([program] + sys.argv[2:], timeout=100).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)   # not the clock: others may be busy on this machine
seconds, megabytes = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
if status != 1 or seconds > 2 * factor or megabytes > 1000 * factor:
    sys.exit(f"status {status}, {seconds:.1f} s, {megabytes:.0f} MB")
