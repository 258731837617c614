#!/usr/bin/env python3
"""Units don't look like anything else: unit_names.py LLMSYS

No unit, with any prefix it takes, is a word of the language, a name that its library declares (of a kind, field, parameter, value, ...), or
another unit with another prefix. Both libraries are looked at: stdlib/ and test/otherworld/.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORD_RULES = re.compile(r"^[A-Z_]+\s*: '([a-z]+)';", re.M)
BUILTINS = re.compile(r'\{"(\w+)", Builtin::')
NAMED = re.compile(r"^ *(?:Kind|Enum|case|Instance \w+(?:\.\w+)*|Let|Fn|Function|FieldDecl|param|Dimension|Study|Alias) (\w+)", re.M)
UNIT = re.compile(r'^Unit (\S+)(?: "[^"]*")?(?: prefixes ((?:\w+, )*\w+))?', re.M)
PREFIXES = re.compile(r"^PrefixSet (\w+) .*\n((?:  .*\n?)*)", re.M)
ENTRY = re.compile(r"^  entry (\w+)", re.M)


def language_words():
    grammar = (ROOT / "grammar" / "LlmSysLexer.g4").read_text(encoding="utf-8")
    checker = (ROOT / "compiler" / "sema" / "check_expr.cpp").read_text(encoding="utf-8")
    words = WORD_RULES.findall(grammar) + BUILTINS.findall(checker)
    assert len(words) > 60, "the grammar or the table of built-in functions is written in another way"
    return dict.fromkeys(words, "a word of the language")


def dump_of(llmsys, folder):
    calls = ([llmsys, "run", "--std", str(folder), "--emit=ast", str(path)] for path in sorted(folder.glob("*.llmsys")))
    return "".join(subprocess.run(call, capture_output=True, text=True, check=True).stdout for call in calls)


def mistakes(llmsys, folder):
    dump = dump_of(llmsys, folder)
    taken = language_words() | {name: "a name of the library" for name in NAMED.findall(dump)}
    taken |= {path.stem: "a module of the library" for path in folder.glob("*.llmsys")}
    prefixes = {name: ENTRY.findall(entries) for name, entries in PREFIXES.findall(dump)}
    units = UNIT.findall(dump)
    assert len(units) > 5 and prefixes, "no units found in the dump"
    for unit, sets in units:
        known = [""] + [prefix for name in filter(None, sets.split(", ")) for prefix in prefixes[name]]
        for spelling in (prefix + unit for prefix in known):
            if spelling in taken:
                yield f"{folder.name}: `{spelling}`, of the unit `{unit}`, is {taken[spelling]}"
            taken[spelling] = f"the unit `{unit}`, or one of its multiples"


found = [line for folder in (ROOT / "stdlib", ROOT / "test" / "otherworld") for line in mistakes(sys.argv[1], folder)]
print("\n".join(found))
sys.exit(bool(found))
