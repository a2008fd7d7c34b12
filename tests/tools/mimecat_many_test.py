# SPDX-License-Identifier: ISC
"""mimecat with many messages: files, mboxes, Maildirs, names from find, threads, failures among them, readers that leave."""
import os
import subprocess
import time
import unittest

from mimecat_site import MIMECAT, MimecatCase, environment, leaf, multipart

FROM = "From a@example.org Tue Oct  1 10:00:00 2024\n"
BROKEN = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\n--b more\n\ntext\n"


class MboxTest(MimecatCase):
    def bodies(self, mbox):
        """The text of each message, as --json tells it."""
        path = self.file("box", mbox)
        script = 'import json,sys\nfor line in sys.stdin: print(json.dumps(json.loads(line)["parts"][0]["text"]))'
        told = self.run_mimecat("--json", path)
        done = subprocess.run(["python3", "-c", script], input=told, capture_output=True, check=True)
        return [eval(line) for line in done.stdout.decode().splitlines()]  # pylint: disable=eval-used

    def test_each_message_has_its_number(self):
        path = self.file("inbox", "".join(f"{FROM}Subject: {n}\n\ntext {n}\n\n" for n in range(1, 13)))
        self.assertEqual(self.text_of("-f", "Subject", path).split(), [str(n) for n in range(1, 13)])
        self.assertEqual([line for line in self.text_of("-l", path).splitlines() if line.endswith(":")],
                         [f"{path}#{n}:" for n in range(1, 13)])
        self.assertEqual(self.text_of(path).count("==> "), 12)

    def test_one_of_one_message_is_that_message(self):
        path = self.file("inbox", f"{FROM}Subject: x\n\ntext\n")
        self.assertEqual(self.text_of("-p", "1", path), "text\n")
        self.assertEqual(self.text_of(path), "Subject: x\n\ntext\n\n")

    def test_standard_input_may_be_one(self):
        mbox = f"{FROM}Subject: 1\n\na\n\n{FROM}Subject: 2\n\nb\n".encode()
        self.assertEqual(self.text_of("-f", "Subject", input=mbox), "1\n2\n")
        self.assertEqual(self.text_of("--headers=Subject", "-", input=mbox), "-#1:\nSubject: 1\n-#2:\nSubject: 2\n")

    def test_what_is_for_one_message_refuses_several(self):
        self.file("inbox", f"{FROM}Subject: 1\n\na\n\n{FROM}Subject: 2\n\nb\n")
        for args in (["-p", "1"], ["--to-7bit"], ["--to-8bit"]):
            self.assertEqual(self.run_mimecat(*args, "inbox", status=64), b"")

    def test_from_lines_of_all_writers(self):
        lines = ["From a@b Tue Oct  1 10:00:00 2024", "From a@b Tue Oct 1 10:00 2024", "From - Tue Oct 01 10:00:00 2024",
                 "From a@b  Tue Oct  1 10:00:00 CEST 2024", "From a@b Tue, 1 Oct 2024 10:00:00 +0200", "From \"a b\"@c Tue Oct  1 10:00:00 2024",
                 "From a@b Tue Oct  1 10:00:00 2024 remote from c", "From a@b Tue Oct  1 10:00:00 2024 +0200", "From  Tue Oct  1 10:00:00 2024"]
        for line in lines:
            for end in ("\n", "\r\n"):
                with self.subTest(line=line, end=end):
                    mbox = f"{line}\nSubject: x\n\none\n\n{line}\nX: y\n\ntwo\n".replace("\n", end)
                    self.assertEqual(self.bodies(mbox), ["one\n", "two\n"])

    def test_what_only_looks_like_a_from_line_parts_nothing(self):
        for line in ("From here on", "From a@b Tue Oct 1 2024", "from a@b Tue Oct  1 10:00:00 2024", " " + FROM.strip()):
            with self.subTest(line=line):
                self.assertEqual(self.bodies(f"{FROM}X: y\n\none\n\n{line}\nX: y\n\ntwo\n"), [f"one\n\n{line}\nX: y\n\ntwo\n"])
        no_field = f"{FROM}X: y\n\none\n\n{FROM}no field\n"
        self.assertEqual(self.bodies(no_field), [f"one\n\n{FROM}no field\n"])

    def test_a_file_that_begins_otherwise_is_a_message(self):
        self.assertEqual(self.bodies(f"X: y\n\none\n\n{FROM}X: y\n\ntwo\n"), [f"one\n\n{FROM}X: y\n\ntwo\n"])
        self.assertEqual(self.bodies("From nobody\nX: y\n\none\n"), ["one\n"])

    def test_an_empty_line_before_it_is_not_needed(self):
        self.assertEqual(self.bodies(f"{FROM}X: y\n\none\n{FROM}X: y\n\ntwo\n"), ["one\n", "two\n"])

    def test_one_quote_goes_from_quoted_lines(self):
        text = ">From a\n>>From b\n>>>From c\n> From d\n>from e\nx >From f\n"
        self.assertEqual(self.bodies(f"{FROM}X: y\n\n{text}"), ["From a\n>From b\n>>From c\n> From d\n>from e\nx >From f\n"])
        self.assertEqual(self.bodies(f"X: y\n\n{text}"), [text])

    def test_a_right_content_length_counts(self):
        text = f"one\n\n{FROM}X: y\n\n>From two\n"
        counted = f"{FROM}Content-Length: {len(text)}\n\n{text}\n{FROM}X: y\n\n>From three\n"
        self.assertEqual(self.bodies(counted), [text, "From three\n"])
        for wrong in ("0", "2", "99999", "-1", "x", "", "18446744073709551616"):
            with self.subTest(length=wrong):
                parted = self.bodies(f"{FROM}Content-Length: {wrong}\n\none\n\n{FROM}X: y\n\n>From two\n")
                self.assertEqual(parted, ["one\n", "From two\n"])

    def test_wrong_content_lengths_cost_no_more_than_others(self):
        count, field = 1000, b"Content-Length: %010d\n\n"
        size = len(FROM) + len(field % 0)
        heads = [FROM.encode() + field % ((count - n - 1) * size + 1) for n in range(count)]  # each into the empty lines behind all
        path = self.file("box", b"".join(heads) + b"\n" * 1_000_000 + b"x\n")
        done = subprocess.run([MIMECAT, "-f", "Content-Length", path], capture_output=True, check=False, timeout=3, env=environment())
        self.assertEqual(done.stdout.count(b"\n"), count)


class MaildirTest(MimecatCase):
    def setUp(self):
        super().setUp()
        self.file("Maildir/new/3.x", "Subject: new\n\n")
        self.file("Maildir/cur/1.x:2,S", "Subject: seen\n\n")
        self.file("Maildir/cur/2.x:2,", FROM + "Subject: mbox\n\n\n" + FROM + "Subject: no\n\n")
        self.file("Maildir/tmp/4.x", "Subject: unfinished\n\n")
        self.file("Maildir/.Trash/cur/5.x", "Subject: trash\n\n")
        self.file("Maildir/cur/.hidden", "Subject: hidden\n\n")
        self.file("Maildir/dovecot-uidlist", "3 V1\n")

    def test_all_in_new_and_cur_is_seen_and_nothing_else(self):
        self.assertEqual(sorted(self.text_of("-f", "Subject", "Maildir").split()), ["mbox", "new", "seen"])
        self.assertEqual([line for line in self.text_of("-l", "Maildir").splitlines() if line.endswith(":")],
                         ["Maildir/new/3.x:", "Maildir/cur/1.x:2,S:", "Maildir/cur/2.x:2,:"])

    def test_another_directory_has_messages_by_their_names(self):
        for n in (3, 1, 2):
            self.file(f"box/{n}", f"Subject: {n}\n\n")
        os.mkdir(self.dir / "box/below")
        os.mkfifo(self.dir / "box/fifo")
        self.assertEqual(self.text_of("-f", "Subject", "box"), "1\n2\n3\n")

    def test_an_empty_one_says_nothing(self):
        for part in ("cur", "new", "tmp"):
            os.makedirs(self.dir / "empty" / part)
        self.assertEqual(self.run_mimecat("empty"), b"")


class ManyTest(MimecatCase):
    def test_five_thousand_arguments(self):
        paths = [self.file(f"m/{n}", f"Subject: {n}\n\n") for n in range(5000)]
        self.assertEqual(self.text_of("-f", "Subject", *paths).split(), [str(n) for n in range(5000)])
        self.assertEqual(self.text_of("-f", "Subject", "-j4", *paths).split(), [str(n) for n in range(5000)])

    def test_names_from_find(self):
        names = ["a", "b c", "d\ne", "-l", "\xfc", "*"]
        for n, name in enumerate(names):
            self.file(f"m/{name}", f"Subject: {n}\n\n")
        found = subprocess.run(["find", "m", "-type", "f", "-print0"], capture_output=True, check=True, cwd=self.dir).stdout
        self.assertEqual(sorted(self.text_of("-0f", "Subject", input=found).split()), [str(n) for n in range(len(names))])
        self.assertEqual(self.text_of("-0", "-f", "Subject", "m/a", input=b"m/b c"), "0\n1\n")  # behind the others; no NUL at the end
        self.assertEqual(self.run_mimecat("-0", input=b""), b"")

    def test_a_name_that_has_no_end_is_none(self):
        self.file("m", "Subject: m\n\n")
        for octets, status, told in ((4095, 69, "File name too long"), (4096, 65, "a name has more than 4095 octets")):
            with self.subTest(octets=octets):
                for end, said in ((b"", "m\n"), (b"\0m", "m\nm\n")):
                    self.assertEqual(self.text_of("-0f", "Subject", input=b"m\0" + octets * b"x" + end, status=status), said)
                    self.assertIn(told, self.told)

    def test_standard_input_is_read_from_where_it_stands(self):
        for body in (b"b\n", b"b\n" * 100_000):
            with open(self.file("m", b"junk\nSubject: x\n\n" + body), "rb") as stdin:
                for offset, said in ((5, "x\n"), (5, "x\n"), (1_000_000, "\n")):
                    os.lseek(stdin.fileno(), offset, os.SEEK_SET)
                    done = subprocess.run([MIMECAT, "-f", "Subject"], stdin=stdin, capture_output=True, check=False, env=environment())
                    self.assertEqual(done.stdout.decode(), said)

    def test_standard_input_is_no_directory(self):
        self.file("-/m", "Subject: other\n\n")
        directory = os.open(self.dir, os.O_RDONLY)
        try:
            done = subprocess.run([MIMECAT, "-f", "Subject"], stdin=directory, capture_output=True, check=False, cwd=self.dir,
                                  env=environment())
        finally:
            os.close(directory)
        self.assertEqual((done.returncode, done.stdout), (64, b""))
        self.assertEqual(done.stderr, b"mimecat: standard input is a directory: give its name\n")

    def test_standard_input_is_there_once(self):
        self.file("-", "Subject: a file\n\n")
        self.assertEqual(self.text_of("-0f", "Subject", input=b"-\0./-\0"), "a file\na file\n")
        for args in (["-0", "-"], ["-", "-"], ["--compose", "-0"]):
            with self.subTest(args=args):
                self.run_mimecat(*args, input=b"", status=64)

    def test_as_many_threads_say_the_same_in_the_same_order(self):
        for n in range(150):
            message = BROKEN if n % 7 == 0 else multipart("mixed", leaf({}, f"text {n}\n" * n), leaf({"Content_Type": "image/png"}, "x"),
                                                          Subject=str(n))
            self.file(f"m/{n:03}", message)
        self.file("m/box", FROM + "Subject: one\n\n\n" + FROM + "Subject: two\n\n")
        for args in ([], ["-l"], ["--json"], ["--check"], ["--headers=Subject"], ["-f", "Subject"], ["--bodystructure"]):
            with self.subTest(args=args):
                status = 1 if args[:1] in (["--check"], ["-f"]) else 0
                one = self.run_mimecat(*args, "-j1", "m", "m/box", status=status)
                told = self.told
                for jobs in ("4", "0", "50") if args == ["-l"] else ("4",):
                    self.assertEqual(self.run_mimecat(*args, "-j", jobs, "m", "m/box", status=status), one)
                    self.assertEqual(self.told, told)

    def test_jobs_is_a_number(self):
        for jobs in ("x", "", "-1", "4294967296"):
            self.run_mimecat("-j", jobs, input=b"", status=64)


class FailureTest(MimecatCase):
    def test_a_missing_message_stops_no_other(self):
        paths = [self.file("a", "Subject: a\n\n"), "missing", self.file("b", "Subject: b\n\n"), "missing too"]
        for jobs in ("1", "4"):
            self.assertEqual(self.text_of("-f", "Subject", "-j", jobs, *paths, status=69), "a\nb\n")
            self.assertEqual(self.told, "mimecat: open missing: No such file or directory\nmimecat: open missing too: No such file or "
                                        "directory\nmimecat: 2 of 4 messages failed\n")

    def test_an_alone_one_is_told_once(self):
        self.run_mimecat("missing", status=69)
        self.assertEqual(self.told, "mimecat: open missing: No such file or directory\n")

    def test_the_first_failure_counts_whatever_was_found(self):
        self.file("a", BROKEN)
        self.file("b", "Subject: b\n\n")
        self.run_mimecat("--check", "a", "b", "missing", status=69)
        self.run_mimecat("--check", "a", "b", status=1)
        self.run_mimecat("-f", "X", "a", "b", status=1)
        self.run_mimecat("-f", "Subject", "b", "missing", status=69)

    @unittest.skipUnless(os.geteuid() == 0, "skipped: only root can become another user")
    def test_what_may_not_be_read_is_77(self):
        os.chmod(self.dir, 0o755)
        os.chmod(self.file("secret", "Subject: s\n\n"), 0)
        os.chmod(self.file("open", "Subject: o\n\n"), 0o644)
        os.chmod(os.path.dirname(self.file("closed/m", "Subject: c\n\n")), 0)
        for names, status, said in ((["secret"], 77, ""), (["closed"], 77, ""), (["closed/m"], 77, ""), (["secret", "open"], 77, "o\n"),
                                    (["missing", "secret", "open"], 69, "o\n"), (["closed", "open", "missing"], 77, "o\n")):
            with self.subTest(names=names):
                self.assertEqual(self.text_of("-f", "Subject", *names, status=status, user=65534, group=65534, extra_groups=[]), said)

    @unittest.skipUnless(os.geteuid() == 0, "skipped: only root can become another user")
    def test_a_part_of_a_maildir_that_may_not_be_read_hides_no_other(self):
        os.chmod(self.dir, 0o755)
        for part in ("new", "cur"):
            os.chmod(self.file(f"Maildir/{part}/1.x", f"Subject: {part}\n\n"), 0o644)
        os.chmod(self.dir / "Maildir", 0o755)
        for closed, other in (("new", "cur"), ("cur", "new")):
            os.chmod(self.dir / "Maildir" / closed, 0)
            os.chmod(self.dir / "Maildir" / other, 0o755)
            told = self.text_of("-f", "Subject", "Maildir", status=77, user=65534, group=65534, extra_groups=[])
            self.assertEqual(told, f"{other}\n")
            self.assertIn(f"Maildir/{closed}", self.told)
        os.chmod(self.dir / "Maildir", 0o444)  # may be listed, no more
        self.assertEqual(self.text_of("--check", "Maildir", status=77, user=65534, group=65534, extra_groups=[]), "")

    def test_a_full_disk_is_temporary(self):
        with open("/dev/full", "wb") as full:
            for args in ([], ["-l"], ["--json"], ["-p", "1"], ["--to-7bit"], ["--compose"]):
                done = subprocess.run([MIMECAT, *args], input=b"Subject: x\n\ntext\n", stdout=full, stderr=subprocess.PIPE, check=False,
                                      env=environment())
                self.assertEqual(done.returncode, 75, args)
                self.assertRegex(done.stderr, rb"^mimecat: .*\n$")


class LeavingTest(MimecatCase):
    def test_a_reader_that_leaves_ends_it_quietly_and_at_once(self):
        path = self.file("m", leaf({"Subject": "x"}, "text\n" * 500))
        names = b"\0".join([path.encode()] * 100_000)
        for jobs in ("1", "4"):
            begun = time.monotonic()
            with open(self.file("names", names), "rb") as stdin:
                script = '"$0" -0 -j "$1" | head -1; echo "${PIPESTATUS[0]}"'
                done = subprocess.run(["bash", "-c", script, MIMECAT, jobs], stdin=stdin, capture_output=True, check=False, timeout=60,
                                      env=environment())
            self.assertLess(time.monotonic() - begun, 5)
            said, status = done.stdout.decode().splitlines()
            self.assertEqual((said, done.stderr), (f"==> {path} <==", b""))
            self.assertIn(int(status), (0, 141))


if __name__ == "__main__":
    unittest.main()
