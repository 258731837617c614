#!/usr/bin/env bash
# ./run.sh               builds llmsys and runs the study examples/limit_study.llmsys
# ./run.sh ARGUMENTS...  builds llmsys and runs `llmsys run ARGUMENTS...` in the current folder
source "$(dirname "${BASH_SOURCE[0]}")/scripts/setup.sh"
install_missing
build_release
if [ $# -eq 0 ]; then
  cd "$root"
  set -- examples/limit_study.llmsys
fi
exec "$root/build/release/bin/llmsys" run "$@"
