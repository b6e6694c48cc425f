# What bin/flink, bin/jobmanager.sh and bin/taskmanager.sh share; they take the environment variables of Flink's own scripts.
# shellcheck shell=bash
set -euo pipefail
home=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
conf=${FLINK_CONF_DIR:-$home/conf}
logs=${FLINK_LOG_DIR:-$home/log}
java=java
[ -d "${JAVA_HOME:-}" ] && java="$JAVA_HOME/bin/java"
export FLINK_CONF_DIR="$conf" FLINK_LIB_DIR="$home/lib" FLINK_PLUGINS_DIR="$home/plugins" FLINK_BIN_DIR="$home/bin"
export ROOT_LOG_LEVEL="${ROOT_LOG_LEVEL:-INFO}" MAX_LOG_FILE_NUMBER="${MAX_LOG_FILE_NUMBER:-10}"

# Asks Flink what follows from its configuration; it answers in marked lines, between what it logs.
ask() { # question, further arguments
  local question=$1 answer
  shift
  if ! answer=$("$java" -cp "$home/lib/*" org.apache.flink.runtime.util.bash.BashJavaUtils "$question" \
    --configDir "$conf" "$@" 2>&1); then
    printf '%s\n' "$answer" >&2
    exit 1
  fi
  sed -n 's/^BASH_JAVA_UTILS_EXEC_RESULT://p' <<<"$answer"
}

# JVM options of an option like env.java.opts.all; they are separated by spaces and quoted nowhere.
options() { # flat configuration, option
  sed -n "s/^$2: *//p" <<<"$1" | sed "s/^[\"']//; s/[\"']\$//"
}

configuration() { ask UPDATE_AND_GET_FLINK_CONFIGURATION -flatten; }

# Becomes the Java process.
run() { # log's name, log4j's file, class, arguments
  local name=$1 log4j=$2 class=$3
  shift 3
  # shellcheck disable=SC2086 # one word for each option
  exec "$java" ${JVM_ARGS:-} -XX:+IgnoreUnrecognizedVMOptions $jvm \
    -Dlog.file="$logs/flink-$(id -un)-$name-${HOSTNAME:-$(hostname)}.log" -Dlog4j.configurationFile="file:$conf/$log4j" \
    -cp "$home/lib/*" "$class" "$@"
}

# start-foreground of a JobManager or TaskManager.
start() { # option of its JVM, question for its memory, log's name, class, start-foreground, arguments
  local own=$1 question=$2 name=$3 class=$4 given=${5:-} config memory
  if [ "$given" != start-foreground ]; then
    echo "usage: $(basename "$0") start-foreground [-D key=value …]" >&2
    exit 2
  fi
  shift 5
  config=$(configuration)
  memory=$(ask "$question" "$@")
  jvm="$(sed -n 1p <<<"$memory") $(options "$config" env.java.opts.all) $(options "$config" "$own")"
  local derived
  read -ra derived <<<"$(sed -n 2p <<<"$memory")"
  run "$name" log4j-console.properties "$class" --configDir "$conf" "${derived[@]}" "$@"
}
