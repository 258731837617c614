"""Runs a command with a terminal for standard error and presses Ctrl-C when it shows progress: interrupt.py COMMAND...

Prints the status, what standard output got, and the last line and one progress line of standard error.
"""
import os
import pty
import re
import signal
import subprocess
import sys

master, slave = pty.openpty()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=slave, text=True)
os.close(slave)
seen = ""
asked = False
while True:
    try:
        chunk = os.read(master, 4096).decode()
    except OSError:   # the other end is closed
        break
    if not chunk:
        break
    seen += chunk
    if "left" in seen and not asked:
        process.send_signal(signal.SIGINT)
        asked = True
output = process.stdout.read()
print(f"status {process.wait()}\n{output}")
lines = [line for line in re.split(r"\r|\n|\x1b\[K", seen) if line]
print("progress:", next((line for line in lines if "left" in line), "none"))
print("last:", lines[-1] if lines else "none")
