"""Runs a command that may not write files of more than so many bytes, as on a disk that is full, and must end with status 4.
usage: file_too_large.py BYTES COMMAND..."""
import resource
import signal
import subprocess
import sys

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
status = subprocess.run(sys.argv[2:], check=False, restore_signals=False).returncode
sys.exit(0 if status == 4 else f"status {status}, not 4")
