# SPDX-License-Identifier: ISC
"""Every example of mimecat(1) and mimecat-json(5), run as it stands in the page, in a home with a Maildir."""
import base64
import re
import shutil
import subprocess
import unittest

from mailsite import BIN, ROOT
from mimecat_site import MIMECAT, MimecatCase, environment, leaf, multipart

PDF = b"%PDF-1.4 \xe2\xe3\xcf\xd3\n" * 100
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def examples(page):
    """The command lines of the section EXAMPLES, roff undone."""
    section = re.search(r"\.Sh EXAMPLES\n(.*?)\n\.Sh ", (ROOT / "man" / page).read_text(), re.DOTALL)[1]
    return [line.replace("\\(aq", "'").replace("\\e", "\\").replace("\\&", "") for line in re.findall(r"^\.Dl \$ (.*)$", section, re.MULTILINE)]


def file_part(content_type, name, content):
    return leaf({"Content_Type": content_type, "Content_Transfer_Encoding": "base64", "Content_Disposition": f"attachment; filename={name}"},
                base64.encodebytes(content))


def letter(sender, subject, *parts):
    received = "from mx.example.org (mx.example.org [192.0.2.7]) by mail.example.net with ESMTP id 1; Tue, 1 Oct 2024 10:00:00 +0200"
    return multipart("mixed", leaf({}, "text\n"), *parts, Received=received, From=sender, Subject=subject, MIME_Version="1.0")


class ManualTest(MimecatCase):
    def setUp(self):
        super().setUp()
        self.file("message.eml", letter("a@example.org", "report", file_part("application/pdf", "report.pdf", PDF)))
        self.file("report.pdf", PDF)
        self.file("Maildir/cur/1.x:2,S", letter("often@example.org", "a picture", file_part("image/png", "p.png", PNG)))
        self.file("Maildir/cur/2.x:2,S", letter("often@example.org", "a large one", file_part("image/png", "p.png", PNG * 10_000)))
        self.file("Maildir/new/3.x", letter("once@example.org", "nothing"))
        (self.dir / "Maildir/tmp").mkdir()
        self.done = set()  # lines that were run

    def run_example(self, page, beginning, status=0):
        """The one that begins so: what it prints."""
        line, = (one for one in examples(page) if one.startswith(beginning))
        path = f"{BIN}:{environment()['PATH']}"
        done = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, check=False, timeout=60, cwd=self.dir,
                              env=environment(HOME=str(self.dir), PATH=path))
        self.assertEqual(done.returncode, status, f"{line}\n{done.stderr}")
        self.done.add(line)
        return done.stdout.decode()

    def test_the_examples_of_mimecat(self):
        page = "mimecat.1"
        self.assertIn("[2] application/pdf, 1.4 kB, report.pdf", self.run_example(page, "mimecat message.eml"))
        self.assertRegex(self.run_example(page, "mimecat -l"), r"\n2 +application/pdf +base64 +\d+  report.pdf\n$")
        (self.dir / "report.pdf").unlink()
        self.run_example(page, "mimecat -p 2")
        self.assertEqual((self.dir / "report.pdf").read_bytes(), PDF)
        rows = [line.split("\t") for line in self.run_example(page, "mimecat -x pictures").splitlines()]
        self.assertEqual([(self.dir / row[3]).read_bytes() for row in rows], [PNG, PNG * 10_000])
        self.assertEqual({path.name for path in (self.dir / "pictures").iterdir()}, {"p.png", "p-2.png"})
        self.assertEqual(self.run_example(page, "mimecat --check"), "")
        self.file("Maildir/new/4.x", letter("odd@example.org", "x").replace(b"--b\n", b"--b more\n"))
        self.assertRegex(self.run_example(page, "mimecat --check", status=1), r"^\S+/new/4\.x:\d+:\d+: delimiter-goes-on: .* \(RFC .*\); others")
        self.assertEqual(self.run_example(page, "mimecat -f From").split()[:4], ["2", "often@example.org", "1", "once@example.org"])
        self.assertEqual(self.run_example(page, "find ~/Maildir"), f"{self.dir}/Maildir/cur/2.x:2,S:\nSubject: a large one\n")
        self.run_example(page, "echo")
        self.assertEqual(self.text_of("--headers=To,Subject", "out.eml"), "To: bob@example.org\nSubject: report\n")
        self.assertEqual((self.text_of("-p", "1", "out.eml"), self.run_mimecat("-p", "2", "out.eml")), ("Here it is.\n", PDF))
        if shutil.which("jq") is None:
            self.skipTest("skipped: jq is not there")
        self.assertEqual(self.run_example(page, "mimecat --json"), "report.pdf\n")
        self.assertEqual(self.done, set(examples(page)))

    @unittest.skipUnless(shutil.which("jq"), "skipped: jq is not there")
    def test_the_examples_of_mimecat_json(self):
        self.assertEqual(self.run_example("mimecat-json.5", "mimecat --json"), "192.0.2.7\n")
        self.assertEqual(self.done, set(examples("mimecat-json.5")))

    def test_what_the_synopsis_shows_can_be_run(self):
        for args in (["-w", "40"], ["-j", "2"], ["-l"], ["--list"], ["--check"], ["--json"], ["--envelope"], ["--bodystructure"], ["--headers=From"],
                     ["--headers=From", "--raw"], ["-f", "From"], ["--field", "From", "--raw"], ["-p", "2"], ["--part", "2", "--raw"],
                     ["-p", "1", "--charset", "utf-8"], ["-x", "d"], ["--extract", "d", "--match", "*.pdf"], ["--to-7bit"], ["--to-8bit"]):
            self.assertEqual(self.run_mimecat(*args, "message.eml") == b"", args == ["--check"], args)

    def test_every_option_of_the_help_is_in_the_manual(self):
        page = (ROOT / "man/mimecat.1").read_text()
        for option in re.findall(r"--([a-z0-9-]+)", subprocess.run([MIMECAT, "--help"], capture_output=True, check=True, text=True).stdout):
            self.assertRegex(page, rf"Fl (-{option}\b|\w , Fl -{option}\b)", option)


if __name__ == "__main__":
    unittest.main()
