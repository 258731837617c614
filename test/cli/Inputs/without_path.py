"""without_path.py COMMAND ...: runs it where no program can be found by its name."""
import os
import shutil
import sys

os.execve(shutil.which(sys.argv[1]), sys.argv[1:], {**os.environ, "PATH": "/nowhere"})
