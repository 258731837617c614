#!/usr/bin/env bash
# The largest study of bench/ beside programs written by hand for it alone: points a second, ratios, and whether every result is the same.
# Then numpy and numexpr on a small part of it, if they are installed (Debian: python3-numpy, python3-numexpr).
set -euo pipefail
bench="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
llmsys="${1:-$bench/../build/release/bin/llmsys}"
[[ -x "$llmsys" ]] || { echo "no $llmsys: build the release preset first (./check.sh does)" >&2; exit 1; }
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
w1="$bench/w1"
build() { "${CXX:-g++}" -O3 -march=native -std=c++20 "$@"; }

# limit.cpp prints a sum only; this is it, printing each result
sed 's|double sum = 0;|for (size_t n = 0; n < rate.size(); ++n) printf("%.17g %.17g\\n", best[n], rate[n]); &|' "$w1/limit.cpp" > "$scratch/found.cpp"
build -ffp-contract=off "$w1/limit.cpp" -o "$scratch/strict"
build -ffast-math "$w1/limit.cpp" -o "$scratch/fast"
build -ffp-contract=off "$w1/factored.cpp" -o "$scratch/factored"
build -ffp-contract=off "$scratch/found.cpp" -o "$scratch/found"
python3 "$w1/compare.py" "$llmsys" "$scratch"/{strict,fast,factored,found}
if python3 -c 'import numpy, numexpr' 2> "$scratch/missing"; then python3 "$w1/limit_numpy.py" 1; else echo "  numpy and numexpr: $(tail -1 "$scratch/missing")"; fi
