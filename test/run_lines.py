"""The RUN lines of tests, for the checks of the tests themselves."""
import pathlib
import re

TEST_ROOT = pathlib.Path(__file__).resolve().parent
RUN = re.compile(r"^.*?\bRUN:\s*(.*)$")


def test_files(root=TEST_ROOT):
    return sorted(path for path in root.rglob("*") if path.suffix in (".llmsys", ".test"))


def run_lines(path):
    """One command each; a line that ends in a backslash goes on in the next."""
    commands, open_command = [], ""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        found = RUN.match(line)
        if not found:
            continue
        open_command += found.group(1)
        if open_command.endswith("\\"):
            open_command = open_command[:-1]
        else:
            commands.append(open_command)
            open_command = ""
    return commands
