#!/bin/sh
# SPDX-License-Identifier: MIT
# run-in-xvfb.sh PROGRAM [ARG...]: runs a test of the window with a screen, a session bus
# and a home of its own.
root=$(dirname -- "$(readlink -f -- "$0")")/../..
for tool in Xvfb dbus-daemon; do
  if ! command -v "$tool" >/dev/null; then
    echo "1..0 # SKIP no display: install $tool"
    exit 0
  fi
done
exec "$root/.ci/session" "$@"
