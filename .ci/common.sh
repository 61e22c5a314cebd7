# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What ./run and ./check share: find what is missing, install it, build.
# The caller sets $me (its name in messages), $systems (where what it needs can be had) and
# $root (the source folder).

# A need is: how it is looked for, what, and the Debian package that brings it.
run_needs='
command cc          gcc
header  stdio.h     libc6-dev
command meson       meson
command ninja       ninja-build
command pkg-config  pkg-config
module  gtk4>=4.8   libgtk-4-dev
module  gtksourceview-5 libgtksourceview-5-dev
module  json-glib-1.0   libjson-glib-dev
module  glib-2.0>=2.74  libglib2.0-dev
command gtk4-broadwayd  libgtk-4-bin
file    /usr/share/icons/Adwaita/index.theme adwaita-icon-theme
file    /usr/share/icons/hicolor/index.theme hicolor-icon-theme
file    /usr/share/glib-2.0/schemas/org.gnome.desktop.interface.gschema.xml gsettings-desktop-schemas
file    /usr/share/fonts/opentype/cantarell fonts-cantarell
file    /usr/share/fonts/truetype/jetbrains-mono fonts-jetbrains-mono
file    /usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf fonts-dejavu-core
file    /usr/lib/*/gdk-pixbuf-2.0/*/loaders/libpixbufloader-svg.so librsvg2-common
'
# shellcheck disable=SC2034  # ./run needs only the first list
check_needs='
command /usr/bin/python3 python3
command clang-format-14  clang-format-14
command shellcheck  shellcheck
command Xvfb        xvfb
command dbus-daemon dbus
command dbus-run-session dbus-daemon
file    /usr/share/i18n/locales/de_DE locales
command xdotool     xdotool
command import      imagemagick
command xmllint     libxml2-utils
command pdftotext   poppler-utils
command rsvg-convert librsvg2-bin
command valgrind    valgrind
command appstreamcli appstream
command desktop-file-validate desktop-file-utils
file    /usr/libexec/at-spi-bus-launcher at-spi2-core
python  pyatspi     python3-pyatspi
python  gi          python3-gi
'

say () { printf '%s: %s\n' "$me" "$*" >&2; }
die () { local status=$1; shift; say "$*"; exit "$status"; }

# Other systems have one of these at times.
have_apt () { command -v apt-get >/dev/null && command -v dpkg >/dev/null; }

# "gtk4>=4.8" is how a table of words says "gtk4 >= 4.8".
have_module () { pkg-config --exists "${1/>=/ >= }" 2>/dev/null; }

have_header () {
  command -v cc >/dev/null && echo "#include <$1>" | cc -E - >/dev/null 2>&1
}

# Fonts and icons lie elsewhere on other systems: looked for only where apt puts them.
have_file () { ! have_apt || compgen -G "$1" >/dev/null; }

have_python () { /usr/bin/python3 -c "import $1" 2>/dev/null; }

have () {
  case $1 in
    command) command -v "$2" >/dev/null ;;
    *) "have_$1" "$2" ;;
  esac
}

# Reads needs, prints the packages of those that are not there, each once.
missing_packages () {
  local how what package
  while read -r how what package; do
    [ -z "$how" ] || have "$how" "$what" || printf '%s\n' "$package"
  done | sort -u
}

as_root () {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif (: </dev/tty) 2>/dev/null; then
    sudo "$@" # asks for the password there, wherever its input and output go
  else
    sudo -n "$@"
  fi
}

# Adds its input to a log. On a terminal also shows how far it is: the pattern's last
# group is the percentage. After Ctrl+C dpkg still finishes what it began, so this does.
follow () {
  local log=$1 does=$2 pattern=$3 line
  trap '' INT
  while IFS= read -r line; do
    printf '%s\n' "$line"
    if [ -t 2 ] && [[ $line =~ $pattern ]]; then
      printf '\r%s: %s %s %%\e[K' "$me" "$does" "${BASH_REMATCH[-1]}" >&2
    fi
  done >>"$log"
  [ ! -t 2 ] || printf '\r\e[K' >&2
}

# apt_as_root DOES ARG…
apt_as_root () {
  local does=$1
  shift
  as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C \
    apt-get -q -y -o APT::Status-Fd=1 -o DPkg::Lock::Timeout=300 \
    -o APT::Install-Recommends=false "$@" </dev/null 2>&1 \
    | follow "$apt_log" "$does" '^(dl|pm)status:.*:([0-9]+)\.[0-9]+:'
}

# What apt-get says it would fetch and write; fails if a package is not known to it.
apt_plan () {
  local said
  said=$(LC_ALL=C apt-get --assume-no -o Debug::NoLocking=1 -o APT::Install-Recommends=false \
    install "$@" 2>/dev/null) || true # --assume-no always fails
  [[ $said =~ 'Need to get '([^$'\n']*)' of archives' ]] || return 1
  printf 'a download of %s' "${BASH_REMATCH[1]##*/}"
  [[ $said =~ 'After this operation, '([^$'\n']*)' of additional' ]] || return 0
  printf ', %s on disk' "${BASH_REMATCH[1]}"
}

apt_failed () {
  grep -E '^[EW]:' "$apt_log" | tail -n 3 >&2
  die 1 "$1 (all of its output: $apt_log)"
}

# Asks for the password, if there has to be one.
become_root () {
  as_root true </dev/null && return 0
  rm -f "$apt_log"
  die 2 "sudo does not let you; $by_hand"
}

# Debian's lists of packages as they are now; what is missing must be in them.
read_lists () {
  local updated=yes
  say "reading Debian's lists of packages (apt-get update)"
  apt_as_root reading update || updated=
  # shellcheck disable=SC2086  # a list of words
  plan=$(apt_plan $missing) && return 0
  # Without a network it says so, and ends well.
  if [ -z "$updated" ] || grep -q 'Failed to fetch' "$apt_log"; then
    apt_failed "apt-get update failed: is the network there?"
  fi
  rm -f "$apt_log"
  die 2 "not all of these are packages of this system; ./$me needs $systems"
}

fetch_and_install () {
  # shellcheck disable=SC2086
  apt_as_root downloading install --download-only $missing \
    && apt_as_root installing install $missing
}

# For what an installation fails of and can be helped; fails where it can't.
mend_packages () {
  if grep -q 'dpkg was interrupted' "$apt_log"; then
    say "an installation was interrupted earlier; it is finished first (dpkg --configure -a)"
    as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C dpkg --configure -a \
      </dev/null >>"$apt_log" 2>&1
  elif grep -q 'Failed to fetch' "$apt_log"; then
    apt_as_root reading update # the lists are older than the mirror
  else
    return 1
  fi
}

# Installs the packages of the needs given, if any is missing.
install_missing () {
  local needs=$1 missing plan by_hand
  missing=$(missing_packages <<<"$needs" | tr '\n' ' ')
  missing=${missing% }
  [ -n "$missing" ] || return 0

  have_apt || die 2 "this is not Debian or Ubuntu; install what these Debian packages hold, then try again: $missing"
  say "these Debian packages are missing: $missing"
  by_hand="as root, run: apt-get update && apt-get install --no-install-recommends $missing"
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null || die 2 "there is no sudo here; $by_hand"

  apt_log=$(mktemp "${TMPDIR:-/tmp}/procession-apt.XXXXXX") \
    || die 1 "can't write to ${TMPDIR:-/tmp}: free some space there"
  # shellcheck disable=SC2086
  plan=$(apt_plan $missing) || { become_root; read_lists; }
  say "installing them and what they need: $plan"
  become_root
  fetch_and_install || { mend_packages && fetch_and_install; } \
    || apt_failed "apt-get install failed; mend it, or $by_hand"
  hash -r

  missing=$(missing_packages <<<"$needs" | tr '\n' ' ')
  [ -z "$missing" ] || die 2 "still missing after apt-get install, so PATH or PKG_CONFIG_PATH hides it, or this system is too old: $missing"
  rm -f "$apt_log"
}

# One at a time may build: the lock is on the folder itself, so no file stays.
# Children get it closed (9<&-), else a daemon would keep it.
lock_folder () {
  exec 9<"$1"
  flock -n 9 2>/dev/null && return 0
  say "another one builds here now; waiting for it"
  flock 9 2>/dev/null || true
}
unlock_folder () { exec 9<&-; }

# A folder set up by hand for these sources (it has no mark) is taken as it is.
is_set_up () {
  local dir=$1 mark
  shift
  [ -f "$dir/build.ninja" ] || return 1
  if [ -f "$dir/.set-up-for" ]; then
    mark=$(<"$dir/.set-up-for")
    [ "$mark" = "$root $*" ]
  else
    grep -qsF "\"source\": \"$root\"" "$dir/meson-info/meson-info.json"
  fi
}

# However far it came: the log is the first file in it.
is_ours () { [ -e "$1/build.log" ] || [ -e "$1/meson-private" ]; }

# set_up DIR OPTION…: a Meson folder made for this place with these options. One that was
# left half made, was copied from elsewhere or has other options is made anew.
set_up () {
  local dir=$1
  is_set_up "$@" && return 0
  shift
  if [ -e "$dir" ] && ! is_ours "$dir" && ! rmdir "$dir" 2>/dev/null; then
    die 1 "$dir is in the way and is no folder of Meson's: move it elsewhere"
  fi
  { rm -rf -- "$dir" && mkdir -p -- "$dir"; } || die 1 "can't write $dir: take it out of the way (sudo rm -r), or copy the sources to a folder of your own"
  meson setup "$@" "$dir" "$root" >"$dir/build.log" 2>&1 9<&- || {
    grep -E 'ERROR' "$dir/build.log" | tail -n 3 >&2
    rm -f "$dir/build.ninja"
    die 1 "the build can't be set up; all of its output: $dir/build.log"
  }
  printf '%s\n' "$root $*" >"$dir/.set-up-for"
}

run_ninja () {
  local log=$1/build.log
  : >"$log"
  NINJA_STATUS='[%p] ' ninja -C "$1" 2>&1 9<&- | follow "$log" building '^\[ *([0-9]+)%\]'
}

build_failed () {
  grep -E -A 12 '^FAILED:|error:|^ninja: error|ERROR: ' "$1/build.log" | tail -n 25 >&2
  die 1 "the build failed; all of its output: $1/build.log"
}

# A fresh folder in the place of one that does not work any more. If the fault is in the
# sources, the old one stays: all of it need not be built again once that is mended.
renew () {
  local dir=$1 old=$1.old
  say "$dir does not fit these sources; making it anew"
  rm -rf -- "$old"
  mv -- "$dir" "$old"
  if ! (set_up "$@"); then
    mv -- "$dir/build.log" "$old/build.log"
    rm -rf -- "$dir"
    mv -- "$old" "$dir"
    return 1
  fi
  rm -rf -- "$old"
}

# build DIR OPTION…: everything in DIR is up to date when this returns.
build () {
  local dir=$1
  set_up "$@"
  [ -w "$dir" ] || die 1 "can't write $dir: take it out of the way (sudo rm -r)"
  if ! run_ninja "$dir"; then
    # Ninja's or Meson's own trouble, not the compiler's: a folder from older sources.
    if grep -qE '^ninja: error|ERROR: ' "$dir/build.log"; then
      renew "$@" || exit 1
      run_ninja "$dir" || build_failed "$dir"
    else
      build_failed "$dir"
    fi
  fi
  grep -A 4 'warning: ' "$dir/build.log" | head -n 25 >&2 || true
}
