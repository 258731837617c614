#!/usr/bin/env python3
"""`llmsys repl` at a terminal: repl_terminal.py STATE_FOLDER

Types keys, waits for what must appear, and prints what was answered. Keys are sent only when the prompt is there, so nothing depends on the machine's speed.
"""
import os
import pathlib
import pty
import re
import select
import sys
import time

STATE = pathlib.Path(sys.argv[1])


class Terminal:
    def __init__(self):
        self.seen = ""
        self.pid, self.end = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm", LANG="C.UTF-8", XDG_STATE_HOME=str(STATE))
            os.execvp("llmsys", ["llmsys", "repl"])

    def wait_for(self, pattern):
        """Until the text matches; what came up to there is forgotten."""
        limit = time.monotonic() + 60
        while not (found := re.search(pattern, self.seen)):
            if time.monotonic() > limit or not select.select([self.end], [], [], 60)[0]:
                sys.exit(f"waited for {pattern!r}, saw {self.seen!r}")
            try:
                self.seen += os.read(self.end, 65536).decode()
            except OSError:
                sys.exit(f"ended before {pattern!r}, saw {self.seen!r}")
        self.seen = self.seen[found.end():]
        return found

    def type(self, keys):
        os.write(self.end, keys.encode())

    def status(self):
        try:
            while os.read(self.end, 65536):
                pass
        except OSError:
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


first = Terminal()
first.wait_for(r"Ctrl-D ends\s+> ")
first.type("let mine = 3 GB\r")
first.wait_for(r"3 GB[^>]*> ")
first.type("min\te *\t\t 2\r")                      # a name in scope: `mine`, since `min` is a function of the language and no name
print("completed in scope:", first.wait_for(r"\n(6 GB)\r")[1])
first.wait_for("> ")
first.type("hardw\t.H100_P\t.mem\t.ba\t\r")         # through a module and the fields of a value
print("completed in the library:", first.wait_for(r"\n([\d.]+ TB/s)\r")[1])
first.wait_for("> ")
first.type("1 + nonsense\x03")                      # Ctrl-C
first.wait_for("> ")
first.type("20 + 3\r")
print("after a cleared line:", first.wait_for(r"\n(\d+)\r")[1])
first.wait_for("> ")
first.type("sum([1,\r")
first.wait_for(r"\. ")
first.type("\x03")                                  # also what was typed before
first.wait_for("> ")
first.type("\x1b[A\x1b[A\r")                        # up, up: the line before
print("from history:", first.wait_for(r"\n(\d+)\r")[1])
first.wait_for("> ")
first.type("1 +\r")
first.wait_for("the line ends too early")
first.wait_for("> ")
first.type("\x04")                                  # Ctrl-D
print("status:", first.status())

second = Terminal()
second.wait_for(r"Ctrl-D ends\s+> ")
second.type("\x1b[A\x1b[A\r")
print("from an earlier history:", second.wait_for(r"\n(\d+)\r")[1])
second.wait_for("> ")
second.type("\x04")
print("status:", second.status(), "kept for the user alone:", oct((STATE / "llmsys" / "history").stat().st_mode & 0o077))
