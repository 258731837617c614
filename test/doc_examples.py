"""doc_examples.py LLMSYS PAGES... [--update]: runs the examples of Markdown pages, and sees that links between pages lead somewhere.

A block ```llmsys is an example; nothing may be wrong with it, and every `expect` in it holds. The block right after it says more:

    ```text ARGUMENTS     what `llmsys run ARGUMENTS` prints for it (there may be several)
    ```error              what `llmsys test` says instead: it is an example of a mistake

A block whose fence names a file, such as ```llmsys pumps.llmsys or ```csv rows.csv, is kept under that name for the blocks that follow on its page.
An example may need what its reader has seen already: <!-- with TEXT --> on the line before it puts TEXT behind it, so that lines keep their numbers.

--update writes the real output into the blocks. Read the difference before you commit it.
"""
import difflib
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

HIDDEN = re.compile(r"^<!-- with (.*) -->\n", re.MULTILINE)
LINK = re.compile(r"\]\((?!\w+://)([^)#]+)")
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


class Page:
    """The examples of one page, run in one folder."""

    def __init__(self, llmsys, path, folder):
        self.llmsys, self.path, self.folder = pathlib.Path(llmsys).resolve(), path, folder
        self.text = path.read_text(encoding="utf-8")
        self.failures, self.outputs, self.examples = [], [], 0

    def run(self):
        blocks = list(BLOCK.finditer(self.text))
        for place, block in enumerate(blocks):
            language, name = block[1], block[2].strip()
            if name and language != "text":
                (self.folder / name).write_text(block[3], encoding="utf-8")
            if language == "llmsys":
                self.example(block, self.told(blocks[place:]), name or "example.llmsys")

    def follow_links(self):
        for link in LINK.finditer(self.text):
            if not (self.path.parent / link[1]).exists():
                self.failures.append(f"{self.path}: there is no {link[1]}")

    def told(self, blocks):
        """The blocks right behind the first that say what comes of it."""
        end, found = blocks[0].end(), []
        for block in blocks[1:]:
            if block[1] not in ("text", "error") or self.text[end:block.start()].strip():
                break
            found.append(block)
            end = block.end()
        return found

    def example(self, block, told, name):
        self.examples += 1
        hidden = [found for found in HIDDEN.finditer(self.text) if found.end() == block.start()]
        (self.folder / name).write_text(block[3] + "".join(found[1] + "\n" for found in hidden), encoding="utf-8")
        mistakes = self.call(["test", name]).stderr
        if not any(each[1] == "error" for each in told) and mistakes:
            self.fail(block, mistakes)
        for each in told:
            output = mistakes.rstrip("\n") + "\n" if each[1] == "error" else self.call(["run", *shlex.split(each[2]), name]).stdout
            self.outputs.append((each, output))
            if output != each[3]:
                self.fail(each, "".join(difflib.unified_diff(each[3].splitlines(True), output.splitlines(True), "told", "real")))

    def call(self, arguments):
        return subprocess.run([self.llmsys, *arguments], cwd=self.folder, capture_output=True, text=True)

    def fail(self, block, why):
        self.failures.append(f"{self.path}:{self.text.count(chr(10), 0, block.start()) + 1}: this example does not hold\n{why}")

    def update(self):
        for block, output in reversed(self.outputs):
            self.text = self.text[:block.start(3)] + output + self.text[block.end(3):]
        self.path.write_text(self.text, encoding="utf-8")


def main(llmsys, *paths):
    failures, examples = [], 0
    for path in map(pathlib.Path, paths):
        with tempfile.TemporaryDirectory() as folder:
            page = Page(llmsys, path, pathlib.Path(folder))
            page.run()
        page.follow_links()
        if update:
            page.update()
        failures += page.failures
        examples += page.examples
    print("\n".join(failures) or f"{examples} examples hold")
    return bool(failures) or examples == 0


update = "--update" in sys.argv
sys.exit(main(*(argument for argument in sys.argv[1:] if argument != "--update")))
