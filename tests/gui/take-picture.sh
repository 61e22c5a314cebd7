#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Takes a picture of the real window: runs a lesson in it, goes to an event, and writes
# what the screen shows.
set -euo pipefail

usage () {
  cat <<'END'
usage: take-picture.sh [OPTION...] LESSON OUT.png
  --event N        the event to show (the last)
  --theme THEME    light or dark (light)
  --axis AXIS      time or order (time)
  --size WxH       of the window (1440x900)
  --scale N        pixels a logical pixel (1)
  --after SECONDS  while it runs, so long after its start, instead of at its end
  --do ACTION      a window action, such as "zoom-in" or "language 'python'"; again for more
END
  exit 2
}

event='' theme=light axis=time size=1440x900 scale=1 after='' actions=()
while [ $# -gt 2 ]; do
  case $1 in
    --event) event=$2 ;;
    --theme) theme=$2 ;;
    --axis) axis=$2 ;;
    --size) size=$2 ;;
    --scale) scale=$2 ;;
    --after) after=$2 ;;
    --do) actions+=("$2") ;;
    *) usage ;;
  esac
  shift 2
done
[ $# = 2 ] || usage
lesson=$1 out=$2
root=$(dirname -- "$(readlink -f -- "$0")")/../..
program=${PROCESSION:-$root/build/src/app/procession}
name=io.github.procession.Procession
path=/io/github/procession/Procession
width=${size%x*} height=${size#*x}

home=$(mktemp -d)
pids=()
# shellcheck disable=SC2317
clean_up () {
  for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
    kill "${pids[i]}" 2>/dev/null || true
    wait "${pids[i]}" 2>/dev/null || true
  done
  rm -rf "$home"
}
trap clean_up EXIT

export HOME=$home XDG_RUNTIME_DIR=$home/run GDK_BACKEND=x11 GSK_RENDERER=cairo
export GDK_SCALE=$scale GSETTINGS_BACKEND=memory GTK_A11Y=none
mkdir -m 700 "$XDG_RUNTIME_DIR"

# wait_for COMMAND...: until it succeeds.
wait_for () {
  for _ in $(seq 200); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.05
  done
  echo "take-picture.sh: waited in vain for: $*" >&2
  exit 1
}

mkfifo "$home/screen" "$home/bus"
Xvfb -displayfd 3 -screen 0 "$((width * scale))x$((height * scale))x24" -nolisten tcp \
  -noreset 3>"$home/screen" 2>/dev/null &
pids+=($!)
read -r number <"$home/screen"
export DISPLAY=:$number
dbus-daemon --session --nofork --nopidfile --print-address=3 3>"$home/bus" 2>/dev/null &
pids+=($!)
read -r DBUS_SESSION_BUS_ADDRESS <"$home/bus"
export DBUS_SESSION_BUS_ADDRESS

"$program" </dev/null &
pids+=($!)

call () { gdbus call --session --dest "$name" --object-path "$1" --method "org.gtk.Actions.$2" "${@:3}"; }
act () { call "$path/window/1" Activate "$1" "[${2:+<$2>}]" '{}' >/dev/null; }
is_enabled () { [[ $(call "$path/window/1" Describe "$1") == '((true'* ]]; }

wait_for call "$path/window/1" List
xdotool mousemove 0 "$((height * scale - 1))"
call "$path" Activate theme "[<'$theme'>]" '{}' >/dev/null
act lesson "'$lesson'"
act run
if [ -n "$after" ]; then
  sleep "$after"
else
  wait_for is_enabled stop
  wait_for is_enabled run
fi
[ "$axis" = time ] || act axis "'$axis'"
[ -z "$event" ] || act go-to "uint64 $event"
for action in "${actions[@]}"; do
  parameter=${action#* }
  [ "$parameter" != "$action" ] || parameter=''
  act "${action%% *}" "$parameter"
done
if [ -z "$after" ]; then sleep 1; fi
import -window root "$out"
