#!/usr/bin/env bash
# Prints what the release build costs: cold start, compile time of each study, and time a point beside a program written by hand.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
build "$bench/limit.cpp" -o "$scratch/limit"
python3 "$bench/measure.py" "$llmsys" "$scratch/limit"
