# SPDX-License-Identifier: ISC
"""How a benchmark is run: on what, how often, in which order."""
import contextlib
import dataclasses
import pathlib
import subprocess
import sys


@dataclasses.dataclass
class Plan:
    where: pathlib.Path  # spool and mail stand there
    on_disk: bool        # else in memory, where fsync costs nothing
    rounds: int
    quick: bool
    own: bool            # measure mailpipe too
    dynamic_bin: pathlib.Path = None
    only: tuple = ()     # parts of the names of what is to be measured; empty: all of it

    def count(self, full):
        """A number of messages or connections, smaller for a quick look."""
        return max(full // 5, 10) if self.quick else full

    def wants(self, what):
        return not self.only or any(text.lower() in what.lower() for text in self.only)

    @contextlib.contextmanager
    def servers(self, peer, own):
        """The peer and, if it is built, mailpipe; both run for as long as they are measured."""
        with contextlib.ExitStack() as stack:
            yield [stack.enter_context(server) for server in ([peer, own] if self.own else [peer])]

    def interleaved(self, what, sides, action):
        """action(side) in the order A B A B; the results of each side, mailpipe's empty if it is absent."""
        results = [[] for _ in sides]
        for number in range(1, self.rounds + 1):
            show(f"{what}: round {number} of {self.rounds}")
            for side, found in zip(sides, results):
                self.settle_disk()
                found.append(action(side))
        show("")
        return results if len(results) == 2 else [*results, []]

    def settle_disk(self):
        """What earlier rounds left to be written is not to be paid by the next."""
        if self.on_disk:
            with contextlib.suppress(subprocess.TimeoutExpired):
                subprocess.run(["sync", "-f", self.where], timeout=30, check=True)


def show(progress):
    if sys.stderr.isatty():
        print("\r\033[K" + progress, end="", file=sys.stderr, flush=True)


def column(results, name):
    return [result[name] for result in results]
