"""A few points of decode.llmsys from Python, in one call; arrays of numpy can be given in the same way (`a.ctypes.data_as(...)`).
  llmsys build decode.llmsys --study decode -o libdecode.so && python3 evaluate.py ./libdecode.so"""
import ctypes
import sys
from array import array


def points(library, name, axes, columns):
    """Statuses and columns of points; an axis is an array('d') of numbers, or one number if it has elements."""
    double_p = ctypes.POINTER(ctypes.c_double)

    def pointer(numbers):
        return ctypes.cast(numbers.buffer_info()[0], double_p)

    arrays = [axis if isinstance(axis, array) else array("d", [axis]) for axis in axes]
    n = max(len(each) for each in arrays)
    results = [array("d", bytes(8 * n)) for _ in range(1 + columns)]
    function = getattr(library, name + "_points")
    function.argtypes = [ctypes.c_uint64, ctypes.POINTER(double_p), double_p, ctypes.POINTER(double_p)]
    if function(n, (double_p * len(arrays))(*map(pointer, arrays)), pointer(results[0]), (double_p * columns)(*map(pointer, results[1:]))) != 0:
        raise ValueError("there is no such element")
    return results[0], results[1:]


users = array("d", [1, 8, 64, 256])
context = array("d", [8192] * len(users))
status, (time, rate, user_rate, limiter) = points(ctypes.CDLL(sys.argv[1]), "decode", [1, users, context], 4)
for i, count in enumerate(users):
    print(f"{count:.0f} users: " + (f"{time[i]:.3f} ms, {user_rate[i]:.1f} token/s for each" if status[i] == 0 else "not feasible"))
