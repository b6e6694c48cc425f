#!/usr/bin/env bash
# A TaskManager in the foreground.
# shellcheck source=local/tools/flink-bin/flink.sh
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/flink.sh"

start env.java.opts.taskmanager GET_TM_RESOURCE_PARAMS taskexecutor \
  org.apache.flink.runtime.taskexecutor.TaskManagerRunner "$@"
