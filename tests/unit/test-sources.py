#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The rules that a compiler does not check: which folder may include which, licence
lines, and the sizes that a reader can take in."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
GLIB = {"glib", "gio", "gobject"}
CAIRO = {"cairo", "pango"}
GTK = {"gtk"}
TOOLKITS = GLIB | CAIRO | GTK | {"json"}

# Folder: the folders it may include, then the libraries beyond libc.
MAY_INCLUDE = {
    "event": (set(), set()),
    "runtime": ({"event"}, set()),
    "shim": ({"event", "runtime"}, set()),
    "runner": ({"event"}, set()),
    "scenarios": ({"runtime"}, set()),
    "catalogue": (set(), GLIB),
    "trace": ({"event"}, GLIB),
    "model": ({"event", "trace"}, GLIB),
    "draw": ({"event", "trace", "model"}, GLIB | CAIRO),
    "session": ({"event", "trace", "catalogue"}, GLIB),
    "cli": ({"event", "trace", "model", "draw", "session", "catalogue"}, GLIB | CAIRO | {"json"}),
    "app": ({"event", "trace", "model", "draw", "session", "catalogue", "cli"}, TOOLKITS),
}
LIBRARY = {
    "glib": "glib", "glib.h": "glib", "glib-unix.h": "glib", "glib-object.h": "gobject",
    "gobject": "gobject", "gio": "gio", "json-glib": "json", "cairo.h": "cairo",
    "cairo-svg.h": "cairo", "cairo-pdf.h": "cairo", "pango": "pango", "gtk": "gtk",
    "gdk": "gtk", "gsk": "gtk", "gtksourceview": "gtk", "gdk-pixbuf": "gtk",
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
FUNCTION_LINES = 60
FILE_LINES = 800


def sources(folder, *suffixes):
    return sorted(path for path in (ROOT / folder).rglob("*") if path.suffix in suffixes)


def everywhere(*suffixes):
    return [path for folder in ("src", "tests", "data", ".ci") for path in sources(folder, *suffixes)]


def folder_of(path):
    return path.relative_to(SRC).parts[0]


def headers_by_name():
    """Where each of the project's headers lies, by the name it is included under."""
    places = {}
    for path in sources("src", ".h"):
        places[path.name] = folder_of(path)
        places["/".join(path.relative_to(SRC).parts[1:])] = folder_of(path)
    return places


def wrong_includes():
    places = headers_by_name()
    for path in sources("src", ".c", ".h"):
        folder = folder_of(path)
        if folder not in MAY_INCLUDE:
            yield f"{path.relative_to(ROOT)}: no rule for its folder here"
            continue
        folders, libraries = MAY_INCLUDE[folder]
        for _, name in INCLUDE.findall(path.read_text(encoding="utf-8")):
            library = LIBRARY.get(name) or LIBRARY.get(name.split("/")[0])
            other = None if (SRC / folder / name).exists() else places.get(name)
            if library in TOOLKITS and library not in libraries:
                yield f"{path.relative_to(ROOT)} includes {name}"
            elif other and other != folder and other not in folders:
                yield f"{path.relative_to(ROOT)} includes {name} of {other}/"


def without_licence_line():
    scripts = [ROOT / name for name in ("run", "check", "meson.build", ".ci/run", ".ci/session")]
    for path in everywhere(".c", ".h", ".py", ".build", ".sh") + scripts:
        if "SPDX-License-Identifier: MIT" not in path.read_text(encoding="utf-8")[:200]:
            yield str(path.relative_to(ROOT))


def long_files():
    for path in everywhere(".c", ".h", ".py"):
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > FILE_LINES:
            yield f"{path.relative_to(ROOT)}: {lines} lines"


def long_functions():
    """In the house format a body begins and ends with a brace in the first column. One
    whose comment says why, after "Long:", may be longer."""
    for path in sources("src", ".c"):
        begin = None
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            if line == "{" and number and re.match(r"^[\w ].*\)$|^ .*\)$", lines[number - 1]):
                begin = number
            elif line == "}" and begin is not None:
                length = number - begin - 1
                why = " ".join(lines[max(0, begin - 8) : begin + 3])
                if length > FUNCTION_LINES and "Long:" not in why:
                    yield f"{path.relative_to(ROOT)}:{begin + 1}: {length} lines"
                begin = None


CHECKS = {
    "a folder includes only what the design lets it": wrong_includes,
    "each source file has its licence line": without_licence_line,
    f"no file has more than {FILE_LINES} lines": long_files,
    f"no function has more than {FUNCTION_LINES} lines": long_functions,
}


def main():
    print(f"1..{len(CHECKS)}")
    failed = 0
    for number, (name, check) in enumerate(CHECKS.items(), 1):
        faults = list(check())
        for fault in faults:
            print(f"# {fault}")
        print("not ok" if faults else "ok", number, "-", name)
        failed += bool(faults)
    sys.exit(1 if failed else 0)


main()
