#!/bin/bash
# Types the commands in FOLDER, 1.command, 2.command, …, into one shell, as somebody would who follows a
# page: what is in the background has begun to print before the next one is typed, and what would go on
# for ever is interrupted once it has printed something (where N.endless exists). Leaves N.out, N.err and
# N.status.
# usage: run_examples.sh FOLDER
set -m -o pipefail
folder=$1

# Waits until a file has something in it; for ten seconds, or as long as $2 says.
printed() {
  for _ in $(seq "${2:-200}"); do
    [ -s "$1" ] && return
    sleep 0.05
  done
}

number=1
while [ -e "$folder/$number.command" ]; do
  base=$folder/$number
  command=$(< "$base.command")
  if [ -e "$base.endless" ]; then
    (eval "$command") > "$base.out" 2> "$base.err" < /dev/null &
    printed "$base.out"
    kill -INT -- -$!
    wait $!
    status=$?
  else
    eval "$command" > "$base.out" 2> "$base.err" < /dev/null
    status=$?
    [[ $command == *'&' ]] && printed "$base.out" 40
  fi
  echo "$status" > "$base.status"
  number=$((number + 1))
done
for job in $(jobs -p); do kill -- "-$job"; done 2> /dev/null
wait
