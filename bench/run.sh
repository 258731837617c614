#!/usr/bin/env bash
# Prints what the release build costs: cold start, compile time of each study, and time a point beside a program written by hand.
set -euo pipefail
bench="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
llmsys="${1:-$bench/../build/release/bin/llmsys}"
[[ -x "$llmsys" ]] || { echo "no $llmsys: build the release preset first (./check.sh does)" >&2; exit 1; }
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
"${CXX:-g++}" -O3 -march=native -std=c++20 "$bench/limit.cpp" -o "$scratch/limit"
python3 "$bench/measure.py" "$llmsys" "$scratch/limit"
