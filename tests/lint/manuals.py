# SPDX-License-Identifier: ISC
"""Man pages pass mandoc's lint, each tool has one, all are installed, and what they refer to is there."""
import re
import subprocess

import lint

OURS = re.compile(r"^\.Xr (\S+) (\d)", re.MULTILINE)


def check(root):
    pages = lint.tracked(root / "man", ".1", ".5", ".7", ".8") if (root / "man").is_dir() else []
    names = {(page.stem, page.suffix[1:]) for page in pages}
    installed = re.findall(r"[\w.-]+", (root / "man/CMakeLists.txt").read_text())
    for page in pages:
        path = root / "man" / page
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", path], capture_output=True, text=True, check=False)
        yield from (line.replace(str(root) + "/", "") for line in done.stdout.splitlines())
        if str(page) not in installed:
            yield f"man/{page}: not installed by man/CMakeLists.txt"
        for name, section in OURS.findall(path.read_text()):
            known_here = any(name == other for other, _ in names)
            if known_here and (name, section) not in names:
                yield f"man/{page}: {name} is not in section {section}"
    for tool in lint.tools(root):
        if not any(name == tool for name, _ in names):
            yield f"man/{tool}: missing"


if __name__ == "__main__":
    lint.main(check)
