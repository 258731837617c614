"""Kills a run (SIGKILL) at random times and lets it go on, until it ends: the file must have the bytes of a run that nobody killed.
Of mpirun one rank is killed, and mpirun ends the others.
usage: killed.py KILLS FOLDER COMMAND..., where FILE in the command stands for the file to write"""
import os
import random
import signal
import subprocess
import sys
import time

kills, folder, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
os.makedirs(folder, exist_ok=True)


def run(name, more=()):
    arguments = [os.path.join(folder, name) if part == "FILE" else part for part in command]
    return subprocess.Popen(arguments + list(more), stderr=subprocess.PIPE)


def victims(process):
    """The processes that it started, or itself if there are none."""
    with open(f"/proc/{process.pid}/task/{process.pid}/children") as stream:
        return [int(child) for child in stream.read().split()] or [process.pid]


def contents(name):
    with open(os.path.join(folder, name), "rb") as stream:
        return stream.read()


for leftover in os.listdir(folder):
    os.remove(os.path.join(folder, leftover))
begin = time.time()
whole = run("whole")
assert whole.wait() == 0, whole.stderr.read().decode()
length = time.time() - begin
expected = contents("whole")

def noted():
    """When the run noted last how far it is; 0 if it has not."""
    try:
        return os.stat(os.path.join(folder, "killed.checkpoint")).st_mtime_ns
    except FileNotFoundError:
        return 0


random.seed(1)
killed = went_on = 0
while killed < kills:
    before = noted()
    process = run("killed", ["--resume"])
    if random.random() < 0.7:   # some are killed early, most when they have noted something
        while process.poll() is None and noted() == before:
            time.sleep(0.005)
    try:
        process.wait(timeout=random.uniform(0, 0.4) * length)
    except subprocess.TimeoutExpired:
        os.kill(random.choice(victims(process)), signal.SIGKILL)
        process.wait()
        killed += 1
        went_on += noted() != 0
        continue
    assert process.returncode == 0, process.stderr.read().decode()
    assert contents("killed") == expected, "other bytes after being killed"
    os.remove(os.path.join(folder, "killed"))
last = run("killed", ["--resume"])
assert last.wait() == 0, last.stderr.read().decode()
assert contents("killed") == expected, "other bytes after being killed"
left = sorted(name for name in os.listdir(folder) if name not in ("whole", "killed"))
assert not left, f"left behind: {left}"
assert went_on > 0, "no killed run had left a checkpoint"
print(f"killed {kills} times, the same bytes at each end")
