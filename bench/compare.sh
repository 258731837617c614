#!/usr/bin/env bash
# The large studies of bench/ on one thread, beside programs written by hand for each alone: times, ratios, and whether the results are the same.
# bench/compare.sh [--rounds N] [w1|w2|w3|w4|w5|sizes ...]: all of them, or those named. `sizes --huge` goes up to 1e10 points.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

# limit.cpp of w1 prints a sum only; this is it, printing each result
sed 's|double sum = 0;|for (size_t n = 0; n < rate.size(); ++n) printf("%.17g %.17g\\n", best[n], rate[n]); &|' "$bench/w1/limit.cpp" > "$scratch/found.cpp"
build -ffp-contract=off "$bench/w1/limit.cpp" -o "$scratch/w1-strict"
build -ffast-math "$bench/w1/limit.cpp" -o "$scratch/w1-fast"
build -ffp-contract=off "$bench/w1/factored.cpp" -o "$scratch/w1-factored"
build -ffp-contract=off "$scratch/found.cpp" -o "$scratch/w1-found"
for w in w2 w5; do build -ffast-math "$bench/$w/limit.cpp" -o "$scratch/$w-fast"; done
python3 "$bench/compare.py" "$llmsys" "$scratch" "$@"
