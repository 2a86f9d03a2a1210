#!/bin/bash
# Plans a study, submits its shards as a job array, and a report that waits for all of them:
#   ./submit.sh CONFIG RUN SHARDS [options of sbatch …]
# Submitted again, it computes what is missing: shards that are done end after seconds.
set -euo pipefail
if [ $# -lt 3 ]; then echo "usage: $0 CONFIG RUN SHARDS [options of sbatch …]" >&2; exit 2; fi
config=$1 run=$2 shards=$3
shift 3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
command -v sbatch >/dev/null || { echo "$0: there is no sbatch here: submit from a login node of the cluster." >&2; exit 2; }

"${SALIENCY:-saliency}" plan "$config" --out "$run"
array=$(sbatch --parsable --array="1-$shards" "$@" "$here/shard.sbatch" "$config" "$run")
report=$(sbatch --parsable --dependency="afterany:${array%%;*}" "$@" "$here/report.sbatch" "$run")
echo "Shards: job ${array%%;*}. Report: job ${report%%;*}. How far it is: saliency status $run. To stop: scancel ${array%%;*} ${report%%;*}"
