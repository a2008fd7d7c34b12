# SPDX-License-Identifier: ISC
"""A tool's main file has at most 120 lines, a file of lib/ or tools/ at most 400."""
import lint


def check(root):
    tools = lint.tools(root)
    for path in lint.tracked(root, ".cpp", ".hpp"):
        if path.parts[0] not in ("lib", "tools"):
            continue
        lines = len((root / path).read_text().splitlines())
        limit = 120 if path.parts[0] == "tools" and path.stem in tools else 400
        if lines > limit:
            yield f"{path}: {lines} lines, more than {limit}"


if __name__ == "__main__":
    lint.main(check)
