# SPDX-License-Identifier: ISC
"""What the lints share: a lint is a function that takes the project's root and yields complaints."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def tracked(root, *suffixes):
    """Files of the project below root with one of the suffixes (all without), relative, sorted."""
    listing = subprocess.run(["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                             capture_output=True, check=False)
    if listing.returncode == 0:
        names = [name for name in listing.stdout.decode().split("\0") if name and (root / name).is_file()]
    else:  # an unpacked archive
        names = [str(p.relative_to(root)) for p in root.rglob("*") if p.is_file() and "build" not in p.parts]
    return sorted(pathlib.PurePath(name) for name in names if not suffixes or name.endswith(suffixes))


def tools(root):
    """The names of the tools, as tools/CMakeLists.txt has them."""
    return re.search(r"set\(MAILPIPE_TOOLS\s*([^)]*)\)", (root / "tools/CMakeLists.txt").read_text())[1].split()


def main(check):
    """Prints what `check` complains of; the exit status says whether there was anything."""
    complaints = list(check(ROOT))
    for complaint in complaints:
        print(complaint)
    print(f"{len(complaints)} complaints")
    sys.exit(1 if complaints else 0)
