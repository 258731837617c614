"""kernel_cache.py FOLDER WHAT: what happens to the kernels below a folder.
  cut, flip   half of each file is gone, or one bit of its last byte is another
  count       prints how many there are
  race FILES  runs each file ten times at once and says whether all printed the same
  next        writes the program into the folder as its next build would be: with another build id
"""
import pathlib
import re
import shutil
import subprocess
import sys

folder, what, *rest = sys.argv[1:]
kernels = [path for path in sorted(pathlib.Path(folder).rglob("*")) if path.is_file()]
if what == "count":
    print(len(kernels), "kept")
elif what == "race":
    runs = [subprocess.Popen(["llmsys", "run", "--engine=jit", "--format=csv", file], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for file in rest for _ in range(10)]
    print(len({run.communicate()[0] for run in runs}), "outputs, statuses", {run.returncode for run in runs})
elif what == "next":
    program = bytearray(pathlib.Path(shutil.which("llmsys")).read_bytes())
    program[re.search(rb"\x04\0\0\0.\0\0\0\x03\0\0\0GNU\0", program, re.DOTALL).end()] ^= 1   # the first byte of the id follows
    path = pathlib.Path(folder) / "llmsys"
    path.write_bytes(program)
    path.chmod(0o755)
for path in kernels:
    data = bytearray(path.read_bytes())
    if what == "cut":
        path.write_bytes(data[: len(data) // 2])
    if what == "flip":
        data[-1] ^= 1
        path.write_bytes(data)
