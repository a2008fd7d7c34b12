# SPDX-License-Identifier: ISC
"""mimecat on a terminal: colours, pager, width, progress; and nothing of a hostile message that a terminal would obey."""
import os
import re
import signal
import subprocess
import time
import unittest

from mimecat_site import MIMECAT, MimecatCase, Terminal, environment, leaf, multipart

PLAIN = {"Content_Type": "text/plain; charset=utf-8"}
MESSAGE = multipart("mixed", leaf(PLAIN, "text\n> cited\n"), leaf({"Content_Type": "image/png; name=a.png"}, "x"), Subject="test")

# What a terminal would obey, each in its way: sequences, C1 in UTF-8, an octet that is C1 alone, CR, BEL, backspace, DEL, turned directions.
EVIL = b"<\x1b[2J\x1b]0;t\x07\xc2\x9b31m\x9b31m\r\x08\x0b\x0c\x7f\x00\xe2\x80\xae\xe2\x81\xa9>"


def hostile():
    """A message that has it wherever it can."""
    inner = b"Subject: inner " + EVIL + b"\nFrom: " + EVIL + b" <i@example.org>\n\ninner " + EVIL + b"\n"
    named = (b"Content-Type: application/x" + EVIL + b'; name="n' + EVIL + b'.bin"\n'
             b"Content-Transfer-Encoding: q" + EVIL + b"\nContent-Disposition: attachment\n\nx")
    extended = (b"Content-Type: application/pdf\nContent-Disposition: attachment;\n filename*=utf-8''%1B%5B2J%C2%9B%0D%0A%07%08.pdf\n\nx")
    worded = b"Content-Type: image/png; name=\"=?utf-8?q?=1B[2J=C2=9B=0D.png?=\"\n\nx"
    header = {"From": "=?utf-8?q?=1B[2J=C2=9B=0D=07?= <a@example.org>", "To": "\x1b[2J <b\x1b@example.org>",
              "Cc": "=?iso-8859-1?q?=9B31m=1B?= <c@example.org>", "Date": "\x1b[2J", "X_B": "=?utf-8?b?G1sySg==?="}
    parts = [leaf(PLAIN, b"text " + EVIL + b"\n> cited " + EVIL + b"\n"),
             leaf({"Content_Type": "text/html; charset=utf-8"}, b"<p>" + EVIL + b"&#27;[2J&#x9b;31m&#13;&#8;<a href='\x1b'>\n"),
             leaf({"Content_Type": "text/plain; charset=iso-8859-1", "Content_Transfer_Encoding": "quoted-printable"},
                  "=1B[2J=9B31m=0D=08=07\n"),
             leaf({"Content_Type": "message/rfc822"}, inner), named, extended, worded]
    return b"Subject: s" + EVIL + b"\n" + multipart("mixed", *parts, **header)


class HostileTest(MimecatCase):
    def test_nothing_of_it_is_obeyed(self):
        self.file("m", hostile())
        self.assertEqual([line.split()[0] for line in self.text_of("-l", "m").splitlines()], ["-", "1", "2", "3", "4", "4.1", "5", "6", "7"])
        self.file("n", hostile())
        self.file("mbox", b"From a\x1b[2J@example.org Tue Oct  1 10:00:00 2024\n" + hostile().replace(b"\n\n", b"\n\nA", 1) +
                  b"\nFrom b Tue Oct  1 10:00:00 2024\n" + hostile())
        for args in ([], ["--width", 40], ["-l"], ["--headers=Subject,From,To,Cc,Date,X-B"], ["--field", "Subject"],
                     ["--field", "From"], ["--extract", "files"], ["--extract", "all", "--match", "*/*"]):
            for files in (["m"], ["m", "n"], ["mbox"]):
                with self.subTest(args=args, files=files):
                    self.assert_harmless(self.on_terminal(*args, *files, env={"NO_COLOR": "1"}), args)

    def test_colours_stay_ours_alone(self):
        self.assert_harmless(self.on_terminal(input=hostile()))

    def test_findings_are_harmless(self):
        self.assert_harmless(self.on_terminal("--check", input=hostile() + b"--b\x1b[2J\n", status=1))

    def test_json_is_harmless(self):
        self.assert_harmless(self.on_terminal("--json", input=hostile()))

    def test_what_imap_would_tell_is_harmless(self):
        for option in ("--envelope", "--bodystructure"):
            self.assert_harmless(self.on_terminal(option, input=hostile()).replace("\r\n", "\n"), option)

    def test_names_of_files_are_harmless(self):
        name = self.file("a\x1b[2J\u009b", hostile())
        for args in (["-l"], ["--check"], ["--headers=Subject"], []):
            self.assert_harmless(self.on_terminal(*args, name, name, status=1 if args == ["--check"] else 0), args)

    def test_errors_are_harmless(self):
        for args in (["missing\x1b[2J"], ["-f", "x\x1b[2J", self.file("m", MESSAGE)], ["-p", "\x1b[2J", "m"]):
            status = {"-f": 1, "-p": 65}.get(args[0], 69)
            self.assert_harmless(self.on_terminal(*args, status=status), args)

    def test_names_of_extracted_files_are_harmless(self):
        self.file("m", hostile())
        self.run_mimecat("--extract", "files", "m")
        for name in os.listdir(self.dir / "files"):
            self.assert_harmless(name)
            self.assertNotIn("/", name)


class ColourTest(MimecatCase):
    def test_colours_are_on_terminals_only(self):
        self.assertIn("\x1b[1mSubject:\x1b[0m test", self.on_terminal(input=MESSAGE))
        self.assertIn("\x1b[2m> cited\x1b[0m", self.on_terminal(input=MESSAGE))
        self.assertNotIn(b"\x1b", self.run_mimecat(input=MESSAGE))

    def test_no_color_and_dumb_terminals_have_none(self):
        for env in ({"NO_COLOR": "1"}, {"NO_COLOR": "0"}, {"TERM": "dumb"}, {"TERM": ""}):
            self.assertNotIn("\x1b", self.on_terminal(input=MESSAGE, env=env), env)
        self.assertIn("\x1b[", self.on_terminal(input=MESSAGE, env={"NO_COLOR": ""}))

    def test_what_programs_read_has_none(self):
        for args in (["-l"], ["--json"], ["--headers=Subject"], ["-f", "Subject"], ["--envelope"], ["-p", "1"]):
            self.assertNotIn("\x1b", self.on_terminal(*args, input=MESSAGE), args)

    def test_colours_aside_it_is_what_a_pipe_gets(self):
        plain = re.sub("\x1b\\[\\d*m", "", self.on_terminal(input=MESSAGE, columns=200))
        self.assertEqual(plain, self.text_of(input=MESSAGE))


class WidthTest(MimecatCase):
    def test_text_is_wrapped_to_the_terminal(self):
        message = leaf({"Subject": "words " * 40, **PLAIN}, "word " * 300)
        for columns in (20, 50, 80, 200):
            screen = self.on_terminal(input=message, columns=columns, env={"NO_COLOR": "1"})
            widest = max(len(line.rstrip()) for line in screen.splitlines())
            self.assertTrue(columns - 6 < widest <= columns, (columns, widest))
        screen = self.on_terminal("-w0", input=message, columns=50, env={"NO_COLOR": "1"})
        self.assertGreater(max(map(len, screen.splitlines())), 1000)

    def test_a_terminal_that_does_not_tell_has_80_columns(self):
        screen = self.on_terminal(input=leaf({"Subject": "x"}, "word " * 300), columns=0, env={"NO_COLOR": "1"})
        self.assertIn(max(len(line.rstrip()) for line in screen.splitlines()), range(76, 81))


class PagerTest(MimecatCase):
    def setUp(self):
        super().setUp()
        self.pager = self.file("pager", '#!/bin/sh\ncat > "$0.in"\necho paged\n')
        os.chmod(self.pager, 0o755)

    def paged(self):
        path = self.dir / "pager.in"
        return path.read_text() if path.exists() else None

    def test_a_pager_gets_what_is_read_on_a_terminal(self):
        self.assertEqual(self.on_terminal(input=MESSAGE, env={"PAGER": self.pager}), "paged\n")
        self.assertEqual(self.paged(), self.on_terminal(input=MESSAGE))

    def test_a_pager_comes_when_there_is_something_to_show(self):
        started = self.file("started", '#!/bin/sh\n: > "$0.mark"\ncat\n')
        os.chmod(started, 0o755)
        terminal = Terminal(80)
        with subprocess.Popen([MIMECAT], stdin=terminal.theirs, stdout=terminal.theirs, stderr=terminal.theirs, cwd=self.dir,
                              env=environment(PAGER=started)) as process:
            time.sleep(0.5)
            self.assertFalse((self.dir / "started.mark").exists())
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(10), -signal.SIGINT)
        terminal.read_all()

    def test_a_pager_may_be_interrupted(self):
        script = self.file("signals", "#!/bin/sh\ngrep SigIgn /proc/self/status\n")
        os.chmod(script, 0o755)
        ignored = int(self.on_terminal(input=MESSAGE, env={"PAGER": script}).split()[1], 16)
        for number in (signal.SIGINT, signal.SIGPIPE):
            self.assertFalse(ignored >> (number - 1) & 1, number)

    def test_pager_may_have_arguments(self):
        self.assertEqual(self.on_terminal(input=MESSAGE, env={"PAGER": "tr a-z A-Z", "NO_COLOR": "1"}).split("\n")[0], "SUBJECT: TEST")

    def test_empty_or_cat_is_none(self):
        for pager in ("", "cat"):
            self.assertIn("cited", self.on_terminal(input=MESSAGE, env={"PAGER": pager}))

    def test_a_pipe_has_no_pager_nor_has_what_programs_read(self):
        self.assertIn("cited", self.text_of(input=MESSAGE, env={"PAGER": self.pager}))
        for args in (["-l"], ["--json"], ["--check"], ["-p", "1"], ["--headers=Subject"]):
            self.on_terminal(*args, input=MESSAGE, env={"PAGER": self.pager})
        self.assertIsNone(self.paged())

    def test_a_pager_that_is_left_ends_it_quietly(self):
        long = self.file("long", leaf({"Subject": "x"}, "text\n" * 200_000))
        self.assertEqual(self.on_terminal(*[long] * 20, env={"PAGER": "head -1", "NO_COLOR": "1"}), f"==> {long} <==\n")


class ProgressTest(MimecatCase):
    def run_slowly(self, count, pause, stdout=subprocess.DEVNULL, stderr=None):
        """Names of messages come one after the other. What is on the terminal that is standard error."""
        path = self.file("m", MESSAGE)
        terminal = Terminal(80)
        process = subprocess.Popen([MIMECAT, "-0l"], stdin=subprocess.PIPE, stdout=stdout, stderr=stderr or terminal.theirs,
                                   cwd=self.dir, env=environment())
        for _ in range(count):
            process.stdin.write(path.encode() + b"\0")
            process.stdin.flush()
            time.sleep(pause)
        process.stdin.close()
        said = process.stderr.read() if stderr else b""
        if stderr:
            process.stderr.close()
        self.assertEqual(process.wait(60), 0)
        return terminal.read_all() + said

    def test_long_work_shows_how_far_it_is_and_leaves_nothing(self):
        screen = self.run_slowly(20, 0.08)
        self.assertRegex(screen, rb"^(\r\d+ messages, \d+ s)+\r\x1b\[K$")

    def test_short_work_shows_nothing(self):
        self.assertEqual(self.run_slowly(20, 0.01), b"")

    def test_where_nobody_looks_nothing_is_shown(self):
        self.assertEqual(self.run_slowly(20, 0.08, stderr=subprocess.PIPE), b"")


if __name__ == "__main__":
    unittest.main()
