# Sourced by the commands of bench/: where the release build is ($LLMSYS, else in build/), a folder that goes when they end, and how programs are built by hand.
set -euo pipefail
bench="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
llmsys="${LLMSYS:-$bench/../build/release/bin/llmsys}"
[[ -x "$llmsys" ]] || { echo "no $llmsys: build the release preset first (./check.sh does)" >&2; exit 1; }
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
build() { "${CXX:-g++}" -O3 -march=native -std=c++20 "$@"; }
