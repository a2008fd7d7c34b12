# SPDX-License-Identifier: ISC
"""Debian packages unpacked beside the system.

The MTAs conflict with each other, and a benchmark has no business to replace one or to have one started at boot:
a package is downloaded and unpacked with dpkg -x into a cache, and run from there.
"""
import os
import pathlib
import shutil
import subprocess
import sys

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "mailpipe-bench"


def unpacked(name, *packages):
    """The root of a tree that holds the packages, and the version of the first."""
    root = CACHE / name
    if not (root / "version").exists():
        shutil.rmtree(root, ignore_errors=True)
        download = root / "download"
        download.mkdir(parents=True)
        # As root apt would download as _apt, which cannot write here, and warn.
        sandbox = ["-o", "APT::Sandbox::User=root"] if os.geteuid() == 0 else []
        subprocess.run(["apt-get", *sandbox, "download", "-qq", *packages], cwd=download, check=True, timeout=300,
                       stdout=sys.stderr)
        for archive in download.iterdir():
            subprocess.run(["dpkg", "-x", archive, root], check=True, timeout=120)
        first = next(download.glob(f"{packages[0]}_*"))
        version = subprocess.run(["dpkg-deb", "-f", first, "Version"], capture_output=True, text=True, check=True,
                                 timeout=60).stdout
        shutil.rmtree(download)
        (root / "version").write_text(version)  # last: its presence says that the tree is whole
    return root, (root / "version").read_text().strip()
