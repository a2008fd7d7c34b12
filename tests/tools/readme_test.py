# SPDX-License-Identifier: ISC
"""README's one-liners, each run in a scratch site as it stands there; and every file that README names is there."""
import email.message
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from mailsite import BIN, ROOT, Site

README = (ROOT / "README.md").read_text()


def lines_of(title):
    """The commands of a section's first block."""
    block = re.search(rf"## {title}\n.*?```sh\n(.*?)```", README, re.DOTALL)[1]
    return [line for line in block.splitlines() if line and not line.startswith("#")]


def message():
    """A text, a PDF and a picture."""
    mail = email.message.EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ann@example.org", "bob@example.org", "tea"
    mail.set_content("Now?\n")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="report.pdf")
    mail.add_attachment(b"PNG", maintype="image", subtype="png", filename="tea.png")
    return mail.as_bytes()


class ReadmeTest(unittest.TestCase):
    def test_the_one_liners_do_what_they_say(self):
        server, queue, reader, disks, size = lines_of("Five one-liners")
        with Site(passwords={"alice": "other", "bob": "secret"}) as site:
            def run(line):
                environment = {**site.environment(), "HOME": str(site.home("alice"))}
                done = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, timeout=60, check=False,
                                      **{**site.as_user(), "env": environment})
                self.assertEqual(done.returncode, 0, f"{line}\n{done.stdout}\n{done.stderr}")
                return done.stdout.decode()

            self.assertRegex(run(server), r"\n250 2\.\S+ [^\n]*\n221 2.0.0")
            self.assertRegex(run(queue), r"^event=delivered .*id=\S+ .*delay=[\d.]+\n$")
            text = run(reader)
            self.assertIn("\r\nSubject: tea\r\n\r\nNow?\r\n.\r\n", text)
            run(disks)
            path, = site.messages("alice")
            self.assertRegex(path.read_bytes(), rb"\nSubject: disks\n(?:[A-Z].*\n)*\nFilesystem ")
            self.assertEqual(run(size), f"{path.stat().st_size} octets\n")

    def test_a_message_is_looked_into(self):
        with tempfile.TemporaryDirectory() as home:
            folder = pathlib.Path(home)
            (folder / "message.eml").write_bytes(message())
            for part in ("cur", "new", "tmp"):
                (folder / "Maildir" / part).mkdir(parents=True)
            (folder / "Maildir/new/1.message").write_bytes(message())
            environment = {**os.environ, "HOME": home, "PATH": f"{BIN}:{os.environ['PATH']}", "MAILPIPE_CONFIG": ""}
            said = [subprocess.run(["bash", "-c", line], cwd=home, env=environment, capture_output=True, timeout=60, check=True)
                    .stdout.decode() for line in lines_of("Only look into mail")]
            read, listed, part, extracted, checked, described = said
            self.assertIn("\n\nNow?\n", read)
            self.assertIn("application/pdf", listed)
            self.assertEqual((part, (folder / "report.pdf").read_bytes()), ("", b"%PDF"))
            self.assertIn("pictures/tea.png", extracted)
            self.assertEqual(checked, "")
            self.assertEqual(json.loads(described)["envelope"]["subject"], "tea")

    def test_what_it_links_to_is_there(self):
        for name in re.findall(r"\]\(([\w./@-]+)\)", README):
            self.assertTrue((ROOT / name).exists(), name)


if __name__ == "__main__":
    unittest.main()
