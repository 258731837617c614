"""schema.py LLMSYS: the JSON of explained values is as docs/explanation.schema.json says, and tells the same tree as the text."""
import json
import sys

import jsonschema
import recompute

SCHEMA = json.loads((recompute.ROOT / "docs/explanation.schema.json").read_text(encoding="utf-8"))


def shape(value):
    return value["name"], value["value"], [shape(part) for part in value["parts"]]


def shape_of_text(node):
    value = node.text.rsplit(" = ", 1)[1] if '"' not in node.text else None
    return node.name, value, [shape_of_text(part) for part in node.parts]


def same(a, b):
    return a[0] == b[0] and b[1] in (None, a[1]) and len(a[2]) == len(b[2]) and all(same(x, y) for x, y in zip(a[2], b[2]))


def main(llmsys):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for file, *arguments in recompute.VALUES:
        arguments = [a for a in arguments if a != "absent"]
        told = json.loads(recompute.explained(llmsys, file, arguments, "--depth", "20", "--format", "json"))
        jsonschema.validate(told, SCHEMA)
        text = recompute.read(recompute.explained(llmsys, file, arguments, "--depth", "20"))
        assert len(text) == len(told["values"]), f"{file} {arguments}: {len(text)} values in the text, {len(told['values'])} in JSON"
        for a, b in zip(told["values"], text):
            assert same(shape(a), shape_of_text(b)), f"{file} {arguments}: the text tells another tree"
    for wrong in ({"values": [{"name": "x", "value": "1"}]}, {"values": [], "study": "s"}, {"values": [{"name": "x", "value": "1", "parts": [], "more": 1}]}):
        assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(wrong), f"{wrong} should not be valid"
    print(f"{len(recompute.VALUES)} values are as the schema says")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
