# SPDX-License-Identifier: ISC
"""The capabilities that imapd offers are those of the table in imapd(8), and their RFCs are not "no" in mailpipe(7)."""
import re

import lint

ROW = re.compile(r'\{"([A-Z0-9=+-]+)", (?:always|before_login|after_login)\}')
ITEM = re.compile(r"^\.It ([A-Z0-9=+-]+) Ta (?:RFC (\d+))?", re.MULTILINE)


def check(root):
    source = root / "lib/imap/session/capabilities.cpp"
    if not source.exists():
        return
    offered = set(ROW.findall(source.read_text()))
    section = re.search(r"^\.Sh CAPABILITIES\n(.*?)(?=^\.Sh )", (root / "man/imapd.8").read_text(), re.MULTILINE | re.DOTALL)[1]
    documented = dict(ITEM.findall(section))
    yield from (f"man/imapd.8: capability {name} is missing" for name in sorted(offered - set(documented)))
    yield from (f"man/imapd.8: {name} is no capability of imapd" for name in sorted(set(documented) - offered))
    absent = set(re.findall(r"^\.It RFC (\d+) Ta no ", (root / "man/mailpipe.7").read_text(), re.MULTILINE))
    for name in sorted(offered & set(documented)):
        if documented[name] in absent:
            yield f"man/mailpipe.7: {name} of RFC {documented[name]} is offered"


if __name__ == "__main__":
    lint.main(check)
