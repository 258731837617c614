"""embed.py OUT.cpp SYMBOL FILES...: writes a C++ file in which `std::span<const EmbeddedFile> llmsys::SYMBOL()` holds the files, by name."""
import pathlib
import sys

DELIMITER = "embedded"


def is_text(data):
    return all(byte >= 0x20 or byte == 0x0A for byte in data)


def literal(path):
    data = path.read_bytes()
    if not is_text(data):
        return f'  {{"{path.name}"sv, "{"".join(f"{chr(92)}{byte:03o}" for byte in data)}"sv}},\n'
    text = data.decode("utf-8")
    if f"){DELIMITER}\"" in text:
        sys.exit(f"{path}: contains the end of a raw string")
    return f'  {{"{path.name}"sv, R"{DELIMITER}({text}){DELIMITER}"sv}},\n'


def main(out, symbol, *files):
    paths = sorted((pathlib.Path(file) for file in files), key=lambda path: path.name)
    body = "".join(literal(path) for path in paths)
    pathlib.Path(out).write_text(
        '#include <array>\n#include <span>\n\n#include "cmake/embedded_file.h"\n\n'
        "namespace llmsys {\nusing namespace std::string_view_literals;\n\n"
        f"static constexpr std::array<EmbeddedFile, {len(paths)}> files{{{{\n{body}}}}};\n\n"
        f"std::span<const EmbeddedFile> {symbol}();\n"
        f"std::span<const EmbeddedFile> {symbol}() {{ return files; }}\n"
        "}  // namespace llmsys\n", encoding="utf-8")


main(*sys.argv[1:])
