#!/usr/bin/env bash
# A JobManager in the foreground.
# shellcheck source=local/tools/flink-bin/flink.sh
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/flink.sh"

start env.java.opts.jobmanager GET_JM_RESOURCE_PARAMS standalonesession \
  org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint "$@"
