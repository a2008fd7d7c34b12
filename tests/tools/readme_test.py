# SPDX-License-Identifier: ISC
"""README's one-liners, each run in a scratch site as it stands there; and every file that README names is there."""
import email.message
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

from dns_site import DnsSite
from mailsite import BIN, ROOT, Site
from queue_site import Queue

README = (ROOT / "README.md").read_text()


def lines_of(title):
    """The commands of a section's first block."""
    block = re.search(rf"## {title}\n.*?```sh\n(.*?)```", README, re.DOTALL)[1]
    return [line for line in block.splitlines() if line and not line.startswith("#")]


def session_of(title):
    """[(command, output)] of a section's block in which commands come after "$ "."""
    block = re.search(rf"## {title}\n.*?```console\n(.*?)```", README, re.DOTALL)[1]
    return [tuple(part.split("\n", 1)) for part in block.split("$ ")[1:]]


ID = re.compile(r"\d{10}\.M\d+P\d+Q\d+\.\w+")


def without_times(text):
    """What differs from run to run is masked."""
    return ID.sub("ID", re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", text))


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

    def test_it_is_found_out_why_a_mail_is_still_here(self):
        zone = "@ MX 10 mx1\n@ MX 20 mx2\nmx1 A 192.0.2.1\nmx1 AAAA 2001:db8::1\nmx2 A 203.0.113.2\n"
        with DnsSite({"example.net": zone}) as dns, Queue(resolver=[dns.server]) as site:
            now = int(time.time())

            def wait(recipient, host, address, reply, age, due):
                code, enhanced, text = reply.split(" ", 2)
                return site.put(recipient, place="cur", age=age, due=due, journal=f"{now - age} 1 routed 250 2.0.0 {host}\n"
                                f"{now - age} 1 deferred {code} {enhanced} {host}[{address}]:25 to RCPT: {text}\n")
            refusal = "450 4.7.25 cannot find your reverse hostname, [198.51.100.7]"
            first = wait("bob@example.net", "mx1.example.net", "192.0.2.1", refusal, 7300, now + 2430)
            wait("eve@example.net", "mx1.example.net", "2001:db8::1", refusal.replace("198.51.100.7", "2001:db8:7::7"), 600, now + 2430)
            wait("joe@example.com", "mx.example.com", "192.0.2.9", "451 4.7.1 Greylisted, try again in 287 seconds", 130, now + 820)
            for command, wanted in session_of("Why is that mail still here\\?"):
                done = subprocess.run(["bash", "-c", ID.sub(first, command)], capture_output=True, timeout=60, check=False, **site.as_user())
                self.assertEqual(without_times((done.stdout + done.stderr).decode()), without_times(wanted), command)
                self.assertEqual(done.returncode, 0)
            self.assertEqual([int(name.rsplit(",", 1)[1]) <= time.time() for name in site.files("cur")], [True, True, False])

    def test_what_it_links_to_is_there(self):
        for name in re.findall(r"\]\(([\w./@-]+)\)", README):
            self.assertTrue((ROOT / name).exists(), name)


if __name__ == "__main__":
    unittest.main()
