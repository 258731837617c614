"""built_as_run.py LIBRARY.so HEADER STUDY REPORT.csv: each row of the report, computed by the library in calls of several sizes, has the bits of the report."""
import csv
import ctypes
import re
import struct
import sys
from array import array

library, header, name, report = ctypes.CDLL(sys.argv[1]), open(sys.argv[2]).read(), sys.argv[3], sys.argv[4]
double_p = ctypes.POINTER(ctypes.c_double)


class Column(ctypes.Structure):
    _fields_ = [("title", ctypes.c_char_p), ("unit", ctypes.c_char_p), ("labels", ctypes.POINTER(ctypes.c_char_p)), ("label_count", ctypes.c_int64)]


def described(what, count):
    return list((Column * count).in_dll(library, f"{name}_{what}"))


def heading(column):
    return column.title.decode() + (f" [{column.unit.decode()}]" if column.unit else "")


def pointer(numbers):
    return ctypes.cast(numbers.buffer_info()[0], double_p)


rows = list(csv.reader(open(report)))
if rows[0][-1] != "infeasible":   # nothing can be
    rows = [row + ["infeasible" if i == 0 else ""] for i, row in enumerate(rows)]
names, rows = rows[0], rows[1:]
axis_count, columns = (int(re.search(rf"define {name.upper()}_{what} (\d+)", header).group(1)) for what in ("AXES", "COLUMNS"))
fixed = [f"axes[{a}]: one number for all" in header for a in range(axis_count)]
axes, shown = described("axes", axis_count), described("columns", columns)
if [heading(c) for c in axes + shown] != names[:-1]:
    sys.exit(f"{[heading(c) for c in axes + shown]}, not {names}")


def number(column, text):
    labels = [column.labels[i].decode() for i in range(column.label_count)]
    return float(labels.index(text)) if labels else float({"true": 1, "false": 0}.get(text, text))


untouched = 12345.678
function = getattr(library, name + "_points")
function.argtypes = [ctypes.c_uint64, ctypes.POINTER(double_p), double_p, ctypes.POINTER(double_p)]
checked = 0
for size in (1, 7, 16, 33, 1100):
    begin = 0
    while begin < len(rows):
        n = 1   # rows that have the elements of the first one
        same = lambda a, b: all(a[k] == b[k] for k in range(axis_count) if fixed[k])
        while n < size and begin + n < len(rows) and same(rows[begin], rows[begin + n]):
            n += 1
        some = rows[begin:begin + n]
        inputs = [array("d", [number(axes[a], row[a]) for row in some]) for a in range(axis_count)]
        outputs = [array("d", [untouched] * (n + 20)) for _ in range(1 + columns)]
        if function(n, (double_p * axis_count)(*map(pointer, inputs)), pointer(outputs[0]), (double_p * columns)(*map(pointer, outputs[1:]))) != 0:
            sys.exit("no such element")
        if any(value != untouched for output in outputs for value in output[n:]):
            sys.exit("something was written after the last point")
        for i, row in enumerate(some):
            if (outputs[0][i] == 0) != (row[-1] == ""):
                sys.exit(f"row {begin + i}: status {outputs[0][i]}, report {row}")
            for c in range(columns):
                seen, expected = outputs[1 + c][i], row[axis_count + c]
                if row[-1] == "" and struct.pack("d", seen) != struct.pack("d", number(shown[c], expected)):
                    sys.exit(f"row {begin + i}: {names[axis_count + c]} is {seen!r}, not {expected}")
        checked += n
        begin += n
print(f"{checked} points")
