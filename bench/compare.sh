#!/usr/bin/env bash
# The largest study of bench/ beside programs written by hand for it alone: points a second, ratios, and whether every result is the same.
# Then numpy and numexpr on a small part of it, if they are installed (Debian: python3-numpy, python3-numexpr).
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
w1="$bench/w1"

# limit.cpp prints a sum only; this is it, printing each result
sed 's|double sum = 0;|for (size_t n = 0; n < rate.size(); ++n) printf("%.17g %.17g\\n", best[n], rate[n]); &|' "$w1/limit.cpp" > "$scratch/found.cpp"
build -ffp-contract=off "$w1/limit.cpp" -o "$scratch/strict"
build -ffast-math "$w1/limit.cpp" -o "$scratch/fast"
build -ffp-contract=off "$w1/factored.cpp" -o "$scratch/factored"
build -ffp-contract=off "$scratch/found.cpp" -o "$scratch/found"
python3 "$w1/compare.py" "$llmsys" "$scratch"/{strict,fast,factored,found}
if python3 -c 'import numpy, numexpr' 2> "$scratch/missing"; then python3 "$w1/limit_numpy.py" 1; else echo "  numpy and numexpr: $(tail -1 "$scratch/missing")"; fi
