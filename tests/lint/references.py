# SPDX-License-Identifier: ISC
"""RFCs are cited as `RFC 5321 section 4.5.2`, and each stands in the STANDARDS table of mailpipe(7).

Where the texts of the RFCs are beside the project (../shared/data/rfc) the section has to exist, too.
"""
import functools
import re

import lint

# A citation may be broken over two lines of a comment.
GAP = r"(?: |\s*\n\s*(?://[/!]?|\#|\.\\\"|\*)?\s*)"
CITED = re.compile(rf"\bRFC{GAP}(\d+)(?:{GAP}section{GAP}(\d+(?:\.\d+)*))?")
TAG = re.compile(r"\[rfc(\d+)(?:-(\d+(?:\.\d+)*))?\]")
MISSPELT = re.compile(rf"\bRFC-?(?!822\b)\d+|\brfc \d+|\bRFC{GAP}\d+,? ?(?:Section|[Ss]ec\.|§|sections? [A-Z]?\()|§")
SUFFIXES = (".cpp", ".hpp", ".py", ".md", ".txt", ".1", ".5", ".7", ".8", ".conf", "run", "LAYERS")


def standards(root):
    page = root / "man/mailpipe.7"
    return set(re.findall(r"^\.It RFC (\d+)", page.read_text(), re.MULTILINE)) if page.exists() else set()


@functools.cache
def sections(directory, number):
    """The numbers of the RFC's sections, or nothing when its text is not there."""
    text = directory / f"rfc{int(number):04}.txt"
    if not text.exists():
        return None
    return set(re.findall(r"^\s{0,3}(\d+(?:\.\d+)*)\.?\s+\S", text.read_text(errors="replace"), re.MULTILINE))


def check(root):
    known = standards(root)
    for path in lint.tracked(root, *SUFFIXES):
        if path.parts[0] not in ("lib", "tools", "man", "tests", "README.md") or path.parts[:2] in (("tests", "lint"), ("tests", "data")) or "corpus" in path.parts:
            continue
        text = (root / path).read_text(errors="replace")

        def where(match, path=path, text=text):
            return f"{path}:{text.count(chr(10), 0, match.start()) + 1}"

        for match in MISSPELT.finditer(text):
            yield f"{where(match)}: '{match[0]}' is not spelt like 'RFC 5321 section 4.5.2'"
        for match in [*CITED.finditer(text), *TAG.finditer(text)]:
            number, section = match.groups()
            if number not in known:
                yield f"{where(match)}: RFC {number} is not in the STANDARDS of mailpipe(7)"
            there = sections(root.parent / "shared/data/rfc", number)
            if section and there is not None and section not in there:
                yield f"{where(match)}: RFC {number} has no section {section}"


if __name__ == "__main__":
    lint.main(check)
