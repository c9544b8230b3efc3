#!/bin/bash
# Runs the job and the SQL functions on a real standalone cluster on this machine, a master and two workers as processes
# of their own, and compares every answer with `visualbert run`. Not part of the build; takes some minutes.
#
#   mvn -DskipTests package && cli/spark/src/test/cluster/cluster.sh [ROWS]
#   MODEL=DIR cli/spark/src/test/cluster/cluster.sh rate [ROWS]     compares the rate for features of 36 regions instead
#   cli/spark/src/test/cluster/cluster.sh overhead [ROWS]           compares the CPU time of a row of the demo instead
#
# Needs python3, and loads Spark's jars into cli/spark/target/spark-jars the first time. Ends after LIMIT seconds, an hour
# if not said, with all processes that it started.
set -euo pipefail
[ -n "${LIMITED:-}" ] || LIMITED=yes exec timeout -k 10 "${LIMIT:-3600}" bash "$0" "$@"
measure=
case ${1:-} in rate | overhead)
  measure=$1
  shift
  ;;
esac
rows=${1:-10000}
here=$(cd -P -- "$(dirname -- "$0")" && pwd)
root=$(cd -P -- "$here/../../../../.." && pwd)
work=${WORK:-$root/cli/spark/target/cluster}
jars=${SPARK_JARS:-$root/cli/spark/target/spark-jars}
model=${MODEL:-$root/testdata/demo/$([ "$measure" = overhead ] && echo vqa || echo vqa-regions)}
visualbert=${VISUALBERT:-$root/cli/target/visualbert/bin/visualbert}
jar=$(ls "$root"/cli/spark/target/visualbert-spark-*.jar | grep -v -e sources -e javadoc | head -n 1)
java=${JAVA25_HOME:-$(ls -d /usr/lib/jvm/*25* | head -n 1)}/bin/java
port=${PORT:-17077}
job=io.github.visualbert.spark.AnswerJob

if [ ! -d "$jars" ]; then
  (cd "$root" && mvn -q -pl cli/spark -am -DskipTests package org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy-dependencies \
    -DincludeScope=provided -DexcludeGroupIds=io.github.visualbert -DoutputDirectory="$jars")
fi
rm -rf "$work" && mkdir -p "$work/home/jars" "$work/tmp"
export PYTHONDONTWRITEBYTECODE=1
export SPARK_HOME=$work/home SPARK_SCALA_VERSION=2.13 SPARK_LOCAL_IP=127.0.0.1 SPARK_LOCAL_DIRS=$work/tmp
cat >"$work/log4j2.properties" <<'LOG'
rootLogger.level = warn
rootLogger.appenderRef.stderr.ref = stderr
logger.visualbert.name = io.github.visualbert
logger.visualbert.level = info
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n
LOG
log=-Dlog4j2.configurationFile=$work/log4j2.properties
mapfile -t flags < <("$java" -cp "$jars/*" "$here/Flags.java")
classes=$(printf '%s:' "$jars"/*.jar)

pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true' EXIT

spark() { # CLASS ARGUMENTS: a JVM of Spark
  exec "$java" "${flags[@]}" "$log" -Xmx512m -cp "$classes" "$@"
}
worker() { # NAME
  (spark org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --cores 1 --memory 1g --work-dir "$work/$1" --webui-port 0 \
    "spark://127.0.0.1:$port" >"$work/$1.log" 2>&1) &
  pids+=($!)
  disown # its death is not reported
}
submit() { # ARGUMENTS of spark-submit
  spark org.apache.spark.deploy.SparkSubmit --master "spark://127.0.0.1:$port" --conf spark.driver.host=127.0.0.1 \
    --conf spark.ui.enabled=false --conf spark.executor.extraClassPath="$classes" --conf spark.executor.extraJavaOptions="$log" \
    --conf spark.sql.warehouse.dir="$work/warehouse" --executor-memory 768m "$@"
}
answer() { # OUTPUT INPUT ARGUMENTS of the job
  local output=$1 input=$2
  shift 2
  (submit --class $job "$jar" --task vqa --model "$model" --input "$input" --output "$output" "$@")
}
say() { printf '%s  %s\n' "$(date +%T)" "$*"; }

gateway() { # a driver that waits for calls in the protocol that PySpark speaks
  mkfifo "$work/stdin"
  (_PYSPARK_DRIVER_CONN_INFO_PATH=$work/connection submit --jars "$jar" --driver-class-path "$jar" \
    --conf spark.sql.extensions=io.github.visualbert.spark.VisualBertExtensions --conf spark.visualbert.model="$model" \
    pyspark-shell <"$work/stdin" >"$work/gateway.log" 2>&1) &
  exec 3>"$work/stdin" # closing it ends the driver
}

(spark -Dspark.worker.timeout=600 org.apache.spark.deploy.master.Master --host 127.0.0.1 --port "$port" --webui-port 0 >"$work/master.log" 2>&1) &
pids+=($!)
worker worker1
worker worker2
sleep 5

sh "$root/testdata/make-questions.sh" "$rows" >"$work/questions.jsonl"
if [ -n "$measure" ]; then
  gateway
  python3 "$here/$measure.py" "$work" "$rows" "$visualbert" "$model"
  exec 3>&-
  exit
fi

say "visualbert run: $rows questions"
"$visualbert" run --task vqa --model "$model" --input "$work/questions.jsonl" --output "$work/expected.jsonl"

say "the job"
answer "$work/answers.json" "$work/questions.jsonl" >"$work/job.log" 2>&1
python3 "$here/compare.py" "$work/expected.jsonl" "$work/answers.json"

say "the job again: complete"
answer "$work/answers.json" "$work/questions.jsonl" >"$work/again.log" 2>&1
tail -n 1 "$work/again.log"

say "the job, and a worker killed in the middle"
answer "$work/killed.json" "$work/questions.jsonl" --provider scalar --partitions 20 >"$work/killed.log" 2>&1 &
running=$!
until [ "$(find "$work/killed.json/_steps" -path '*task_*' -name 'part-*' 2>/dev/null | wc -l)" -ge 3 ]; do
  kill -0 $running || { cat "$work/killed.log"; exit 1; }
  sleep 0.1
done
kill -9 "${pids[2]}"
say "killed worker 2 after $(find "$work/killed.json/_steps" -path '*task_*' -name 'part-*' | wc -l) of 20 tasks"
wait $running
grep -h -o -m 1 -i 'worker lost.*\|Lost executor.*' "$work/killed.log" || true
python3 "$here/compare.py" "$work/expected.jsonl" "$work/killed.json"
worker worker3

say "the job from eight files, and the driver killed in the middle"
mkdir "$work/files.jsonl" && (cd "$work/files.jsonl" && split -l $(((rows + 7) / 8)) --additional-suffix=.jsonl ../questions.jsonl)
answer "$work/restarted.json" "$work/files.jsonl" >"$work/first.log" 2>&1 &
running=$!
until [ -e "$work/restarted.json/_steps/00002/_SUCCESS" ]; do
  kill -0 $running || { cat "$work/first.log"; exit 1; }
  sleep 0.1
done
pkill -9 -P $running || true
kill -9 $running
wait $running 2>/dev/null || true
before=$(cd "$work/restarted.json/_steps" && ls 0000[012]/part-* | sed 's/.*part/part/' | sort)
say "killed the driver after $(ls -d "$work"/restarted.json/_steps/*/_SUCCESS | wc -l) of 8 steps"
answer "$work/restarted.json" "$work/files.jsonl" >"$work/second.log" 2>&1
grep -h -o 'took the lock.*' "$work/second.log"
grep -c 'is there' "$work/second.log" | sed 's/$/ steps were there/'
for part in $before; do [ -e "$work/restarted.json/$part" ] || { echo "$part was computed again"; exit 1; }; done
python3 "$here/compare.py" "$work/expected.jsonl" "$work/restarted.json"

say "SQL, row by row and in batches, over the protocol that PySpark speaks"
gateway
python3 "$here/gateway.py" "$work/connection" "$work/questions.jsonl" "$work/sql"
exec 3>&-
for output in rows batches; do python3 "$here/compare.py" "$work/expected.jsonl" "$work/sql-$output.json"; done
grep -h -o 'opened .*' "$work"/worker*/app-*/*/stderr | sort | uniq -c
say "done"
