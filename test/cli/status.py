"""status.py STATUS COMMAND...: runs the command and passes if that is its exit status."""
import subprocess
import sys

status = subprocess.run(sys.argv[2:]).returncode
if status != int(sys.argv[1]):
    sys.exit(f"status {status}, not {sys.argv[1]}")
