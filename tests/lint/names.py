# SPDX-License-Identifier: ISC
"""Files and folders are called for what is in them, sources begin with their licence, the top level stays as it is."""
import lint

EMPTY_WORDS = {"util", "utils", "common", "misc", "helper", "helpers", "manager"}
TOP = {"CMakeLists.txt", "README.md", "LICENSE", "tools", "lib", "man", "completions", "tests", "examples"}
COMMENT = {".cpp": "//", ".hpp": "//", ".py": "#", ".1": '.\\"', ".5": '.\\"', ".7": '.\\"', ".8": '.\\"'}


def check(root):
    for path in lint.tracked(root):
        for part in path.parts:
            if EMPTY_WORDS & set(part.split(".")[0].replace("-", "_").split("_")):
                yield f"{path}: '{part}' says nothing about what is in it"
        if path.parts[0] not in TOP and not path.parts[0].startswith("."):
            yield f"{path}: nothing but {', '.join(sorted(TOP))} and dot-files belongs to the top level"
        yield from check_licence(root, path)


def check_licence(root, path):
    leader = COMMENT.get(path.suffix)
    first = (root / path).read_bytes()[:200].decode(errors="replace").splitlines()
    if first and first[0].startswith("#!"):
        leader, first = "#", first[1:]
    if leader and (not first or first[0] != f"{leader} SPDX-License-Identifier: ISC"):
        yield f"{path}: does not begin with '{leader} SPDX-License-Identifier: ISC'"


if __name__ == "__main__":
    lint.main(check)
