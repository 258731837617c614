#!/usr/bin/env python3
"""The compiler knows no domain: no_domain.py LLMSYS

No name of a kind, enum, case, instance, value or function that the library declares is an identifier of compiler/, runtime/ or grammar/, or a
word in a string of them. Comments may give examples.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROOMS = ("compiler", "runtime", "grammar")
SOURCES = (".h", ".cpp", ".def", ".g4")

# Plain words that both use. Fifteen at most.
PLAIN = {"memory", "layer", "reach", "held", "imported"}

DECLARES = re.compile(r"^ *(?:Kind|Enum|case|Instance \w+(?:\.\w+)*|Let|Fn|Function) (\w+)\b", re.M)
PIECE = re.compile(r"""(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<raw>R"(?P<end>[^(]*)\(.*?\)(?P=end)")|(?P<text>"(?:\\.|[^"\\\n])*")|'(?:\\.|[^'\\\n])*'|(?P<name>[A-Za-z_]\w*)""", re.S)
WORD = re.compile(r"[A-Za-z_]\w*")


def declared(llmsys):
    names = {}
    for path in sorted((ROOT / "stdlib").glob("*.llmsys")):
        dump = subprocess.run([llmsys, "run", "--emit=ast", str(path)], capture_output=True, text=True).stdout
        for name in DECLARES.findall(dump):
            names[name] = path.name
    return names


def words(text):
    """(line, word) of all that is no comment."""
    line, at = 1, 0
    for piece in PIECE.finditer(text):
        line += text.count("\n", at, piece.start())
        at = piece.start()
        if piece["comment"]:
            continue
        for word in WORD.findall(re.sub(r"\\.", " ", piece.group())) if not piece["name"] else [piece["name"]]:
            yield line, word


def main(llmsys):
    names = declared(llmsys)
    found, used = [], set()
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix not in SOURCES:
                continue
            for line, word in words(path.read_text(encoding="utf-8")):
                if word in names and word in PLAIN:
                    used.add(word)
                elif word in names:
                    found.append(f"{path.relative_to(ROOT)}:{line}: `{word}` is a word of stdlib/{names[word]}")
    found += [f"`{word}` need not be a plain word: the library and C++ do not share it" for word in sorted(PLAIN - used)]
    if len(PLAIN) > 15:
        found.append("at most fifteen plain words")
    print("\n".join(found))
    print(f"{len(names)} names of the library; plain words: {', '.join(sorted(PLAIN))}")
    sys.exit(bool(found) or len(names) < 50)


main(sys.argv[1])
