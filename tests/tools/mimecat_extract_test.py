# SPDX-License-Identifier: ISC
"""mimecat --extract: whose names, which parts, and what is on the disk when it fails."""
import base64
import contextlib
import os
import pathlib
import re
import resource
import subprocess
import time
import unittest

from mimecat_site import MIMECAT, RELEASE, MimecatCase, environment, leaf, multipart

LARGE = 100_000_000


def attachment(content, name=None, content_type="application/octet-stream", field="Content_Disposition"):
    fields = {"Content_Type": content_type, "Content_Transfer_Encoding": "base64"}
    if name is not None:
        fields[field] = f'attachment; filename="{name}"'
    return leaf(fields, base64.encodebytes(content))


class ExtractCase(MimecatCase):
    def extract(self, message, *args, **options):
        """The rows that it prints."""
        return [line.split("\t") for line in self.text_of("-x", "out", *args, input=message, **options).splitlines()]

    def files(self):
        out = self.dir / "out"
        return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*"))} if out.exists() else {}


class ExtractTest(ExtractCase):
    def test_each_attachment_becomes_a_file_and_a_line(self):
        data = bytes(range(256)) * 50
        rows = self.extract(multipart("mixed", leaf({}, "text\n"), attachment(data, "a b.bin"), attachment(b"2", "\xfc.pdf", "application/pdf")))
        self.assertEqual(rows, [["2", "application/octet-stream", "12800", "out/a b.bin", "-"],
                                ["3", "application/pdf", "1", "out/\xfc.pdf", "-"]])
        self.assertEqual(self.files(), {"a b.bin": data, "\xfc.pdf": b"2"})

    def test_the_directory_is_made_with_those_above_it(self):
        self.run_mimecat("-x", "a/b/c", input=attachment(b"x", "n"))
        self.assertEqual((self.dir / "a/b/c/n").read_bytes(), b"x")

    def test_an_attachment_says_so_or_has_a_name_or_is_no_text(self):
        parts = [leaf({}, "text\n"), leaf({"Content_Type": "text/html"}, "<p>x"), leaf({"Content_Disposition": "attachment"}, "notes"),
                 leaf({"Content_Type": "text/csv; name=t.csv"}, "1,2"), leaf({"Content_Disposition": "inline; filename=i.txt"}, "x"),
                 leaf({"Content_Type": "image/png"}, "png")]
        self.assertEqual([row[0] for row in self.extract(multipart("mixed", *parts))], ["3", "4", "5", "6"])
        self.assertEqual(set(self.files()), {"part-3.txt", "t.csv", "i.txt", "part-6.png"})

    def test_names_lose_path_and_harm(self):
        names = {"../../etc/passwd": "passwd", "/etc/cron.d/x": "x", "C:\\\\Windows\\\\evil.exe": "evil.exe", "..": "_.", ".": "_",
                 ".bashrc": "_bashrc", "-rf": "_rf", "a/": "part-1", "  b  ": "b", "\u202egpj.exe": "_gpj.exe", "x\x1by": "x_y", "\xc4": "\xc4",
                 "q\\\"t": "q\"t", "a\\\\..\\\\..\\\\b": "b", "": "part-1", "con": "con", "a\x00b": "a_b", "*?": "*?"}
        for name, safe in names.items():
            with self.subTest(name=name):
                row, = self.extract(attachment(b"x", name))
                self.assertEqual(list(self.files()), [os.path.basename(row[3])])
                self.assertEqual(list(self.files()), [safe])
                os.unlink(self.dir / row[3])

    def test_a_name_has_200_octets_at_most_and_keeps_its_ending(self):
        row, = self.extract(attachment(b"x", "\u6587" * 200 + ".pdf"))
        name = os.path.basename(row[3])
        self.assertLessEqual(len(name.encode()), 200)
        self.assertRegex(name, r"^\u6587+\.pdf$")

    def test_no_file_is_replaced(self):
        self.file("out/report.pdf", "mine")
        for _ in range(2):
            self.extract(multipart("mixed", attachment(b"1", "report.pdf"), attachment(b"2", "report.pdf"), attachment(b"3", "report-2.pdf")))
        self.assertEqual(len(self.files()), 7)
        self.assertEqual(self.files()["report.pdf"], b"mine")
        self.assertEqual(sorted(self.files().values()), [b"1", b"1", b"2", b"2", b"3", b"3", b"mine"])
        self.assertTrue(all(re.fullmatch(r"report(-\d+)*\.pdf", name) for name in self.files()))

    def test_links_are_not_followed(self):
        victim = self.file("victim", "precious")
        os.mkdir(self.dir / "out")
        for name, target in (("x.txt", victim), ("dangling.txt", self.dir / "new"), ("d", self.dir)):
            os.symlink(target, self.dir / "out" / name)
        rows = self.extract(multipart("mixed", attachment(b"1", "x.txt"), attachment(b"2", "dangling.txt"), attachment(b"3", "d")))
        self.assertEqual([row[3] for row in rows], ["out/x-2.txt", "out/dangling-2.txt", "out/d-2"])
        self.assertEqual((self.dir / "victim").read_text(), "precious")
        self.assertFalse((self.dir / "new").exists())

    def test_a_thousand_of_one_name(self):
        message = multipart("mixed", *[attachment(b"%d" % n, "x.txt") for n in range(1000)])
        self.assertEqual(len({row[3] for row in self.extract(message)}), 1000)
        self.assertEqual(sorted(self.files().values()), sorted(b"%d" % n for n in range(1000)))

    def test_many_threads_lose_nothing(self):
        paths = [self.file(f"m{n}", multipart("mixed", attachment(b"%d" % n, "same.bin"))) for n in range(100)]
        rows = [line.split("\t") for line in self.text_of("-x", "out", "-j4", *paths).splitlines()]
        self.assertEqual([row[4] for row in rows], paths)
        for n, row in enumerate(rows):
            self.assertEqual((self.dir / row[3]).read_bytes(), b"%d" % n)


class MatchTest(ExtractCase):
    message = multipart("mixed", leaf({}, "text\n"), attachment(b"1", "A.PDF", "application/pdf"), attachment(b"2", "b.png", "Image/PNG"),
                        leaf({"Content_Type": "text/plain; name=c.txt"}, "3"), leaf({"Content_Type": "image/gif"}, "4"))

    def test_a_slash_makes_it_a_type_else_it_is_a_name(self):
        cases = [("image/*", ["3", "5"]), ("IMAGE/PNG", ["3"]), ("*/*", ["1", "2", "3", "4", "5"]), ("text/*", ["1", "4"]), ("*.pdf", ["2"]),
                 ("[ab].*", ["2", "3"]), ("c.TXT", ["4"]), ("c.t?t", ["4"]), ("nothing", []), ("application/*", ["2"]), ("?.*", ["2", "3", "4"])]
        for glob, numbers in cases:
            with self.subTest(glob=glob):
                self.assertEqual([row[0] for row in self.extract(self.message, "--match", glob)], numbers)

    def test_a_character_is_one_whatever_its_octets(self):
        message = attachment(b"1", "r\xe9sum\xe9.PDF")
        for glob in ("r?sum?.pdf", "r[\xe9]sum*", "R\xc9SUM\xc9.pdf"):
            with self.subTest(glob=glob):
                self.assertEqual(len(self.extract(message, "--match", glob)), 1)

    def test_it_goes_with_extract(self):
        self.run_mimecat("--match", "*", input=self.message, status=64)
        self.run_mimecat("-l", "--match", "*", input=self.message, status=64)


class FailureTest(ExtractCase):
    def test_a_full_disk_leaves_no_part_of_a_file(self):
        def small_files():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
        message = multipart("mixed", attachment(b"s", "small"), attachment(b"x" * 5_000_000, "large"), attachment(b"t", "later"))
        rows = self.extract(message, status=75, preexec_fn=small_files)
        self.assertEqual([row[0] for row in rows], ["1"])
        self.assertEqual(self.files(), {"small": b"s"})
        self.assertRegex(self.told, "^mimecat: .*\n$")

    def written(self, process):
        """Octets in the files below out/ that it has open, with a name or without."""
        descriptors = pathlib.Path(f"/proc/{process.pid}/fd")
        out = str((self.dir / "out").resolve()) + "/"
        return sum(entry.stat().st_size for entry in descriptors.iterdir() if os.readlink(entry).startswith(out))

    def test_an_end_in_the_middle_leaves_no_part_of_a_file(self):
        path = self.file("message", attachment(bytes(20_000_000), "large.bin"))
        with subprocess.Popen([MIMECAT, "-x", "out", path], stdout=subprocess.DEVNULL, cwd=self.dir, env=environment()) as process:
            end = time.monotonic() + 30
            octets = 0
            while octets == 0 and time.monotonic() < end:
                with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                    octets = self.written(process)
            process.kill()
        self.assertIn(octets, range(1, 20_000_000))
        self.assertEqual(self.files(), {})

    def test_what_one_message_can_not_write_stops_no_other(self):
        def small_files():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
        large, small = self.file("l", attachment(b"x" * 5_000_000, "large")), self.file("s", attachment(b"s", "small"))
        self.run_mimecat("-x", "out", large, small, status=75, preexec_fn=small_files)
        self.assertEqual(self.files(), {"small": b"s"})

    def test_a_directory_that_is_none_can_not_be_made(self):
        self.file("file", "x")
        for path in ("file", "file/below", "/proc/nothing"):
            with self.subTest(path=path):
                done = subprocess.run([MIMECAT, "-x", path], input=attachment(b"x", "n"), capture_output=True, check=False, cwd=self.dir,
                                      env=environment())
                self.assertIn(done.returncode, (69, 73, 77))
                self.assertRegex(done.stderr.decode(), "^mimecat: .*\n$")

    def test_no_file_where_nothing_matches(self):
        self.assertEqual(self.extract(leaf({}, "text\n")), [])
        self.assertEqual(self.files(), {})


@unittest.skipUnless(os.geteuid() == 0, "skipped: only root can become another user")
class PlaceTest(ExtractCase):
    nobody = {"user": 65534, "group": 65534, "extra_groups": []}

    def setUp(self):
        super().setUp()
        os.chmod(self.dir, 0o755)
        os.mkdir(self.dir / "out")

    def test_a_directory_that_may_not_be_read_can_be_dropped_into(self):
        os.chmod(self.dir / "out", 0o733)
        self.assertEqual([row[3] for row in self.extract(attachment(b"x", "a.txt"), **self.nobody)], ["out/a.txt"])
        self.assertEqual(self.files(), {"a.txt": b"x"})

    def test_what_can_not_be_made_is_73(self):
        self.run_mimecat("-x", "out", input=attachment(b"x", "a.txt"), status=73, **self.nobody)
        self.assertEqual(self.told, "mimecat: out: create a.txt: Permission denied\n")

    def test_a_new_directory_has_the_group_that_is_set_above(self):
        os.chown(self.dir / "out", -1, 65534)
        os.chmod(self.dir / "out", 0o2775)
        self.run_mimecat("-x", "out/new", input=attachment(b"x", "a.txt"))
        self.assertEqual(oct((self.dir / "out/new").stat().st_mode & 0o7777), "0o2755")
        self.assertEqual((self.dir / "out/new/a.txt").stat().st_gid, 65534)

    @unittest.skipUnless(RELEASE.exists(), "skipped: preset release is not built")
    def test_without_proc_no_link_can_be_made_and_all_is_written(self):
        path = self.file("m", multipart("mixed", attachment(b"1", "a.txt"), attachment(b"2", "a.txt")))
        script = 'umount -l /proc && exec "$0" -x out "$1"'
        done = subprocess.run(["unshare", "-m", "sh", "-c", script, RELEASE, path], capture_output=True, check=False, cwd=self.dir,
                              env=environment())
        if b"unshare" in done.stderr or b"umount" in done.stderr:
            self.skipTest("skipped: no mount namespace here")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(self.files(), {"a.txt": b"1", "a-2.txt": b"2"})


@unittest.skipUnless(RELEASE.exists(), "skipped: preset release is not built")
class MemoryTest(ExtractCase):
    def peak(self, *args):
        """Octets of memory that are no file's, at most, while it runs; looked at again and again."""
        with open(os.devnull, "wb") as nothing:
            process = subprocess.Popen([RELEASE, *args], stdout=nothing, cwd=self.dir, env=environment())
        most = 0
        while process.poll() is None:
            with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
                anonymous = re.search(r"RssAnon:\s+(\d+) kB", status.read())
            most = max(most, int(anonymous[1]) * 1024 if anonymous else 0)
        self.assertEqual(process.returncode, 0)
        return most

    def test_a_hundred_megabytes_are_looked_at_in_less_than_eight(self):
        block = base64.encodebytes(os.urandom(57 * 1000))
        path = self.dir / "large"
        with open(path, "wb") as file:
            file.write(b"Content-Type: application/x; name=large.bin\nContent-Transfer-Encoding: base64\n\n")
            for _ in range(LARGE // 57000):
                file.write(block)
        for args in (["-x", "out"], ["-p", "1"], ["-l"], ["--check"], [], ["--json"], ["--to-8bit"], ["--to-7bit"]):
            with self.subTest(args=args):
                self.assertLess(self.peak(*args, path), 8_000_000)
        self.assertEqual((self.dir / "out/large.bin").stat().st_size, LARGE // 57000 * 57000)


if __name__ == "__main__":
    unittest.main()
