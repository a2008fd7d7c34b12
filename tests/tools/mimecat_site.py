# SPDX-License-Identifier: ISC
"""What the tests of mimecat share: a scratch directory with messages, mimecat run in it, on a pipe or on a terminal."""
import fcntl
import os
import pathlib
import pty
import re
import struct
import subprocess
import tempfile
import termios
import unittest

from mailsite import BIN

MIMECAT = BIN / "mimecat"
RELEASE = BIN.parents[1] / "release/bin/mimecat"  # for what the sanitizers' own memory would hide

# A line for each octet a terminal would obey: C0 but for LF and TAB, DEL, C1 in UTF-8.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
OUR_COLOURS = re.compile("\x1b\\[(?:0|1|2|36)m")


def environment(**changes):
    """Of who runs mimecat: what would change its output is not set but for `changes`."""
    kept = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LESS", "NO_COLOR", "PAGER")}
    return {**kept, "MAILPIPE_CONFIG": "", "TERM": "xterm", "LC_ALL": "C.UTF-8", **changes}


def leaf(fields, body):
    """A part: its fields as a dictionary, with the underscores of the names as dashes."""
    lines = [f"{name.replace('_', '-')}: {value}\n" for name, value in fields.items()]
    return "".join(lines).encode() + b"\n" + (body.encode() if isinstance(body, str) else body)


def multipart(subtype, *parts, boundary="b", **fields):
    """A multipart out of such parts; fields come before its Content-Type."""
    body = b"".join(b"--" + boundary.encode() + b"\n" + part + b"\n" for part in parts)
    return leaf({**fields, "Content-Type": f"multipart/{subtype}; boundary={boundary}"},
                body + b"--" + boundary.encode() + b"--\n")


class Terminal:
    """Standard output on a pseudo-terminal, which changes no line ends."""

    def __init__(self, columns, rows=24):
        self.ours, self.theirs = pty.openpty()
        modes = termios.tcgetattr(self.theirs)
        modes[1] &= ~termios.OPOST
        termios.tcsetattr(self.theirs, termios.TCSANOW, modes)
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read_all(self):
        """What is on it when the last program has left it."""
        os.close(self.theirs)
        screen = b""
        try:
            while piece := os.read(self.ours, 65536):
                screen += piece
        except OSError:  # the other side is closed
            pass
        os.close(self.ours)
        return screen


class MimecatCase(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="mimecat-")
        self.addCleanup(directory.cleanup)
        self.dir = pathlib.Path(directory.name)
        self.told, self.status = "", None  # what the last run said on standard error, and its exit status

    def file(self, name, content):
        """Its path, as text."""
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    def run_mimecat(self, *args, input=b"", status=0, env=None, **popen):
        """Standard output, in bytes. A status of None may be any."""
        done = subprocess.run([MIMECAT, *map(str, args)], input=input, capture_output=True, check=False, timeout=60, cwd=self.dir,
                              env=environment(**(env or {})), **popen)
        self.told = done.stderr.decode(errors="backslashreplace")
        self.status = done.returncode
        self.assertEqual(self.status, self.status if status is None else status, f"{args}\n{self.told}")
        self.assertNotIn("Sanitizer", self.told)
        return done.stdout

    def text_of(self, *args, **options):
        return self.run_mimecat(*args, **options).decode()

    def on_terminal(self, *args, input=b"", status=0, columns=80, env=None):
        """What is on the terminal, standard error in it, in order."""
        terminal = Terminal(columns)
        with tempfile.TemporaryFile() as stdin:
            stdin.write(input)
            stdin.seek(0)
            process = subprocess.Popen([MIMECAT, *map(str, args)], stdin=stdin, stdout=terminal.theirs, stderr=terminal.theirs,
                                       cwd=self.dir, env=environment(**{"PAGER": "", **(env or {})}))
        screen = terminal.read_all().decode(errors="backslashreplace")
        self.assertEqual(process.wait(60), status, f"{args}\n{screen}")
        return screen

    def assert_harmless(self, screen, what=""):
        """Nothing there that a terminal obeys but our own colours."""
        found = CONTROLS.search(OUR_COLOURS.sub("", screen))
        if found:
            around = screen[max(0, screen.find(found[0]) - 30):][:60]
            raise AssertionError(f"{what}: U+{ord(found[0]):04X} in {around!r}")
