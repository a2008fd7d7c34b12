# SPDX-License-Identifier: ISC
"""Every #include in lib/ and tools/ is one that lib/LAYERS allows."""
import re

import lint

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


def read_table(text):
    """lib/LAYERS: ({folder: folders it may include}, {foreign header's prefix: folders that may include it})."""
    may, only = {}, {}
    for line in text.splitlines():
        line = line.split("#")[0].strip()
        if not line:
            continue
        head, folders = line.split(":")
        key, name = head.split()
        (only if key == "only" else may)[name] = folders.split()
    return may, only


def folder_of(path):
    return path.parent.relative_to("lib").as_posix() if path.parts[0] == "lib" else "tools"


def check(root):
    may, only = read_table((root / "lib/LAYERS").read_text())
    for path in lint.tracked(root, ".cpp", ".hpp"):
        if path.parts[0] not in ("lib", "tools"):
            continue
        folder = folder_of(path)
        if folder not in may:
            yield f"{path}: folder {folder} is not in lib/LAYERS"
            continue
        for own, foreign in INCLUDE.findall((root / path).read_text()):
            if own:
                yield from check_own(path, folder, own, may)
            else:
                yield from check_foreign(path, folder, foreign, only)


def check_own(path, folder, header, may):
    target = header.rpartition("/")[0]
    if folder == "tools" and "/" not in header:
        return  # tools/ is no layer to include from, but its files may share headers
    if "/" not in header or target not in may:
        yield f'{path}: #include "{header}" is not written from the root lib/'
    elif target != folder and target not in may[folder] and "*" not in may[folder]:
        yield f'{path}: #include "{header}": {folder} may not include {target} (lib/LAYERS)'


def check_foreign(path, folder, header, only):
    for prefix, folders in only.items():
        if header.startswith(prefix) and folder not in folders:
            yield f"{path}: #include <{header}> belongs to {' and '.join(folders)} only (lib/LAYERS)"


if __name__ == "__main__":
    lint.main(check)
