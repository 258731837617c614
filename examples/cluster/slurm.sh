#!/usr/bin/env bash
# A sweep on 8 nodes that goes on in a new job when the time of this one is over: sbatch slurm.sh design_space.llmsys out.csv
#SBATCH --job-name=llmsys
#SBATCH --nodes=8
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=64
#SBATCH --time=04:00:00
#SBATCH --signal=B:USR1@120
set -euo pipefail
study=$1
output=$2

# Two minutes before the end: ask for another job that goes on from the last note. The one at hand may be killed at any moment after that.
trap 'sbatch --dependency=afterany:"$SLURM_JOB_ID" "$0" "$study" "$output"' USR1

srun --cpu-bind=cores llmsys run "$study" --format csv -o "$output" --resume --checkpoint 60 &
wait $!   # a trap runs only between commands, and `wait` is one that it may end
wait $!
