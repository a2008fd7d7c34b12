# SPDX-License-Identifier: ISC
"""mime: what is in messages, listed, shown and extracted, by mimecat and by what else does that."""
import dataclasses
import json
import pathlib
import shutil
import subprocess
import tempfile

from harness import load, messages
from harness.plan import column
from harness.table import Row, Table, at_least, at_most

import mailsite

HERE = pathlib.Path(__file__).resolve().parent
MESSAGES = 5000
STARTED = 300        # messages for which a process each is started
SLOW_STARTED = 30    # of a peer whose start takes longer than all the rest
LARGE = 100_000_000  # octets of the attachment

ANY = -1             # exit status

LIST, TEXT, EXTRACT = "list", "text", "extract"


@dataclasses.dataclass
class Tool:
    """commands: the words for each task; the files come behind them, or each is standard input after a '<'. {dir} is where
    it extracts to. What can't have several files at once has no command in `at_once`."""
    title: str
    commands: dict
    at_once: dict
    status: int = 0
    started: int = STARTED


def python(task):
    return ["python3", str(HERE / "python_mime.py"), task, "{dir}"]


def tools():
    mshow = {LIST: ["mshow", "-t"], TEXT: ["mshow"], EXTRACT: ["mshow", "-x"]}
    mu = {LIST: ["mu", "extract", "--nocolor"], TEXT: ["mu", "view", "--nocolor"],
          EXTRACT: ["mu", "extract", "--save-attachments", "--overwrite", "--target-dir={dir}"]}
    scripts = {task: python(task) for task in (LIST, TEXT, EXTRACT)}
    return [
        Tool("mshow (mblaze)", mshow, {LIST: mshow[LIST], TEXT: mshow[TEXT]}),
        Tool("reformime (maildrop)", {LIST: ["reformime", "-i", "<"]}, {}),
        Tool("munpack (mpack)", {EXTRACT: ["munpack", "-q", "-C", "{dir}"]}, {EXTRACT: ["munpack", "-q", "-C", "{dir}"]}),
        Tool("ripmime", {EXTRACT: ["ripmime", "-d", "{dir}", "-i"]}, {EXTRACT: ["ripmime", "-d", "{dir}", "-i", "{files}"]}),
        Tool("mu", mu, {TEXT: mu[TEXT]}, status=ANY),  # it fails where a message is in the message
        Tool("Python", scripts, scripts, started=SLOW_STARTED),
    ]


def ours():
    mimecat = str(mailsite.BIN / "mimecat")
    commands = {LIST: [mimecat, "--list"], TEXT: [mimecat], EXTRACT: [mimecat, "--extract", "{dir}"]}
    return Tool("mimecat", commands, commands)


class Place:
    """The messages, on /dev/shm or a disk."""

    def __init__(self, plan, root):
        self.root = pathlib.Path(root)
        self.paths = messages.write(self.root / "messages", plan.count(MESSAGES))
        self.large = self.root / "large.eml"
        self.large.write_text(messages.Generator().large(plan.count(LARGE)), encoding="utf-8")

    def run(self, tool, words, paths, each):
        """Milliseconds a message, into a fresh directory."""
        target = self.root / "extracted"
        target.mkdir()
        names = self.root / "names"
        whole = "{files}" in words  # it takes the directory instead
        command = [word.format(dir=target, files=self.root / "messages") for word in words]
        names.write_text("" if whole else "".join(f"{path}\n" for path in paths))
        try:
            found = load.run("commands", timeout=600, files=names, each=int(each), status=tool.status, cwd=target, command=command,
                             env={"PATH": "/usr/bin:/bin", "HOME": str(self.root), "LC_ALL": "C.UTF-8", "MAILPIPE_CONFIG": ""})
        finally:
            shutil.rmtree(target)
        return found["wall_us"] / 1e3 / max(1, len(paths))


def measure(plan):
    with tempfile.TemporaryDirectory(dir=plan.where) as root:
        place = Place(plan, root)
        tables = [against(plan, place, peer) for peer in tools()]
        if plan.own:
            tables.append(reading(plan, place))
        return tables


def against(plan, place, peer):
    table = Table(f"mime: {len(place.paths):,} messages, and one of {plan.count(LARGE) // 1_000_000} MB", peer.title, "mimecat")
    started = place.paths[:plan.count(peer.started)]
    for task in peer.commands:
        rows = [(f"{task}, a process each", peer.commands[task], started, True, at_most(1.0))]
        if task in peer.at_once:
            rows.append((f"{task}, one process for all", peer.at_once[task], place.paths, False, at_most(0.5)))
        rows.append((f"{task}, the large one", peer.commands[task], [place.large], True, at_most(1.0)))
        table.rows += [row(plan, place, peer, task, *one) for one in rows]
    return table


def row(plan, place, peer, task, what, words, paths, each, target):
    def once(tool):
        return {"ms": place.run(tool, words if tool is peer else ours().commands[task], paths, each)}

    sides = [peer, ours()] if plan.own else [peer]
    theirs, own = plan.interleaved(f"mime, {peer.title}, {what}", sides, once)
    return Row(what, "ms a message", column(theirs, "ms"), column(own, "ms"), target)


def reading(plan, place):
    """Octets a second of lib/mime, beside those of memchr(3) on the same maps."""
    build = mailsite.BIN.parent
    subprocess.run(["cmake", "--build", build, "--target", "bench_reading"], check=True, stdout=subprocess.DEVNULL, timeout=600)

    found = []
    for _ in range(plan.rounds):
        done = subprocess.run([build / "bin/bench_reading", "5", place.root / "messages"], capture_output=True, check=True, timeout=300)
        found.append(json.loads(done.stdout))
    return Table("mime: the bare reading of mapped messages", "memchr finds line ends", "lib/mime", rows=[
        Row("one thread", "MB/s", [one["memchr"] / 1e6 for one in found], [one["reading"] / 1e6 for one in found], at_least(1 / 3)),
    ])
