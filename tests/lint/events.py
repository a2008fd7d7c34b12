# SPDX-License-Identifier: ISC
"""The events that sources log, and those in the LOG section of mailpipe(7), are the same."""
import re

import lint

LITERAL = re.compile(r'\bLogLine(?: \w+)?[({]\s*(?:[\w.()]+ \? )?"([a-z-]+)"(?: : "([a-z-]+)")?')
NAMED = re.compile(r'event_names\[\] = \{(.*?)\}', re.DOTALL)  # lib/queue/journal.cpp
PASSED = re.compile(r'\blog_(?:line|end)\(\w+, "([a-z-]+)"\)')
ON_DISK_ONLY = {"notified", "routed", "tried"}  # in the journal of spool(5); the log says "bounced", and names hosts


def logged(text):
    events = {event for match in LITERAL.findall(text) for event in match if event}
    events |= set(PASSED.findall(text))
    for names in NAMED.findall(text):
        events |= set(re.findall(r'"([a-z-]+)"', names)) - ON_DISK_ONLY
    return events


def check(root):
    page = (root / "man/mailpipe.7").read_text()
    section = re.search(r"^\.Sh LOG\n(.*?)(?=^\.Sh )", page, re.MULTILINE | re.DOTALL)[1]
    documented = set(re.findall(r"^\.It Ic ([a-z-]+)", section, re.MULTILINE))
    found = set()
    for path in lint.tracked(root, ".cpp"):
        if path.parts[0] in ("lib", "tools"):
            events = logged((root / path).read_text())
            found |= events
            yield from (f"{path}: event {event} is not in mailpipe(7), LOG" for event in sorted(events - documented))
    yield from (f"man/mailpipe.7: nothing logs event {event}" for event in sorted(documented - found))


if __name__ == "__main__":
    lint.main(check)
