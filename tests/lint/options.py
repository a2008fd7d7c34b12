# SPDX-License-Identifier: ISC
"""A tool's options, as its --help tells them, are those of its man page and of its completions; site keys are in
mailpipe.conf(5) and lib/cli/known_keys.cpp. Reads the tools in $MAILPIPE_BIN."""
import os
import pathlib
import re
import subprocess

import lint

EVERYWHERE = {"config", "help", "version"}  # every tool has them: mailpipe(7)
OPTION = re.compile(r"--([a-z][a-z0-9-]*)")
# CLI11: "  -v,--verbose            print ..." or "  --max-size OCTETS ..."
HELP_LINE = re.compile(r"^  (?:-\w,)?--([a-z][a-z0-9-]*)", re.MULTILINE)
MAN_ITEM = re.compile(r"^\.It (?:Fl \w , )?Fl -([a-z][a-z0-9-]*)", re.MULTILINE)
KEY_ITEM = re.compile(r"^\.It Ic ([a-z][a-z0-9-]*)", re.MULTILINE)


def help_options(program):
    text = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    return set(HELP_LINE.findall(text))


def strings_of(root, array):
    source = (root / "lib/cli/known_keys.cpp").read_text()
    return set(re.findall(r'"([^"]+)"', re.search(array + r"\[\] = \{(.*?)\};", source, re.DOTALL)[1]))


def differences(where, found, wanted, optional=frozenset()):
    for option in sorted(wanted - found - optional):
        yield f"{where}: --{option} is missing"
    for option in sorted(found - wanted):
        yield f"{where}: --{option} is no option of the tool"


def check_tool(root, tool, options):
    for page in (root / "man").glob(f"{tool}.[0-9]"):
        yield from differences(f"man/{page.name}", set(MAN_ITEM.findall(page.read_text())), options, EVERYWHERE)
    for name in (f"bash/{tool}", f"zsh/_{tool}", f"fish/{tool}.fish"):
        path = root / "completions" / name
        if not path.exists():
            yield f"completions/{name}: missing"
            continue
        text = path.read_text()
        found = set(OPTION.findall(text))
        if name.startswith("fish"):
            found = set(re.findall(r" -l ([a-z][a-z0-9-]*)", text))
        yield from differences(f"completions/{name}", found, options)


def check_keys(root, options_of):
    keys = strings_of(root, "site_keys")
    page = root / "man/mailpipe.conf.5"
    documented = set(KEY_ITEM.findall(page.read_text())) if page.exists() else set()
    for key in sorted(keys ^ documented):
        yield f"{'man/mailpipe.conf.5' if key in keys else 'lib/cli/known_keys.cpp'}: site key {key} is missing"
    for key in sorted(keys - set().union(*options_of.values())):
        yield f"lib/cli/known_keys.cpp: {key} is no option of any tool"
    for tool in sorted(set(options_of) - strings_of(root, "tools")):
        yield f"lib/cli/known_keys.cpp: tool {tool} is missing"


def check(root, programs=None):
    """programs: the folder of the built tools."""
    programs = programs or pathlib.Path(os.environ.get("MAILPIPE_BIN", root / "build/debug/bin"))
    options_of = {tool: help_options(programs / tool) for tool in lint.tools(root)}
    for tool, options in options_of.items():
        yield from check_tool(root, tool, options)
    yield from check_keys(root, options_of)


if __name__ == "__main__":
    lint.main(check)
