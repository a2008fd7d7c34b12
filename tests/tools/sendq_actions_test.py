# SPDX-License-Identifier: ISC
"""An operator at work: who waits for what and why, and changes by id, sender, recipient or site."""
import json
import re
import time
import unittest

from queue_site import Queue, address

GMAIL = "gmail-smtp-in.l.google.com"


def gmail_journal(n, number=1):
    """One try: which host, and that it slows us down. What varies does vary."""
    now = int(time.time()) - 60
    return (f"{now} {number} routed 250 2.0.0 {GMAIL}\n"
            f"{now} {number} tried 451 4.4.1 alt{n}.{GMAIL}[192.0.2.{n}]:25: connect: Connection refused\n"
            f"{now} {number} deferred 421 4.7.28 {GMAIL}[192.0.2.{n}]:25 to mail data: [198.51.100.{n}] Our system has detected an unusual rate of "
            f"unsolicited mail originating from your IP address. d75a77b69052e-{n:04x}si{n}567.89 - gsmtp\n")


class Filled(Queue):
    """Three messages wait for Gmail, one for another host; one is held, one is being delivered, one is new."""

    def __init__(self):
        super().__init__()
        later = int(time.time()) + 3600
        self.first = self.put("a@gmail.example", "b@gmail.example", place="cur", due=later, age=7300,
                              journal=gmail_journal(1) + gmail_journal(2, 2))
        self.second = self.put("c@GMAIL.example", sender="carol@example.net", place="cur", due=later - 1800, age=100, journal=gmail_journal(3))
        self.third = self.put("d@gmail.example", address("bob"), sender="", place="cur", due=later, age=90,
                              journal=gmail_journal(4) + f"{later} 2 delivered 250 2.0.0 stored\n")
        self.other = self.put("x@example.net", place="cur", due=later, age=80, journal=f"{later} 1 deferred 450 4.2.0 Greylisted\n")
        self.held = self.put("y@example.net", place="hold", age=70)
        self.active = self.put("z@example.net", place="tmp", age=60)
        self.new = self.put("w@example.net", age=50)
        claimer = self.spool / "work" / "elsewhere.example.1.1"
        claimer.mkdir(mode=0o700)
        self.give(claimer)
        path, = (self.spool / "tmp").glob(f"{self.active}*")
        path.rename(claimer / path.name)

    def lines(self, *args, **run):
        return self.sendq(*args, **run).stdout.decode().splitlines()

    def objects(self, *args, **run):
        return [json.loads(line) for line in self.lines("--json", *args, **run)]

    def ids(self, *selection):
        return [line.split()[0] for line in self.lines("--list", *selection)]

    def place_of(self, ident):
        return [path.parent.name for path in self.spool.glob(f"*/{ident},*")]


class Lists(unittest.TestCase):
    def test_who_waits_is_grouped_by_site_and_reason(self):
        with Filled() as site:
            text = "421 4.7.28 [IP] Our system has detected an unusual rate of unsolicited mail originating from your IP address. ID - gsmtp"
            untried, greylisted, gmail = site.lines("--list", "--by-site")
            self.assertRegex(gmail, rf"^4 {GMAIL} 2h {re.escape(site.first)} in (30|29)m {re.escape(text)}$")
            self.assertRegex(untried, rf"^3 example\.net \d+s {re.escape(site.held)} due not tried yet$")
            self.assertRegex(greylisted, rf"^1 example\.net \d+s {re.escape(site.other)} in (60|59)m 450 4\.2\.0 Greylisted$")
            group = site.objects("--list", "--by-site")[2]
            self.assertEqual((group["version"], group["recipients"], group["messages"], group["id"]), (1, 4, 3, site.first))
            self.assertEqual((group["site"], group["reason"]), (GMAIL, text))
            self.assertLess(group["oldest"], group["due"])

    def test_a_story_has_every_try_and_what_it_means(self):
        with Filled() as site:
            text = "\n".join(site.lines("--why", site.second))
            self.assertRegex(text, rf"(?m)^recipient: c@GMAIL\.example deferred 1 time, site {GMAIL}$")
            self.assertRegex(text, r"(?m)^  \S+ routed to gmail")
            self.assertRegex(text, r"(?m)^  \S+ tried 451 4\.4\.1 alt3\.\S+ connect: Connection refused$")
            self.assertRegex(text, r"(?m)^  \S+ deferred 421 4\.7\.28 .* - gsmtp$")
            self.assertRegex(text, r"(?m)^  cause: Gmail gets too much mail from this host")
            self.assertRegex(text, r"(?m)^  remedy: \S")
            story, = site.objects("--why", site.second)
            bob, = story["recipients"]
            self.assertEqual([one["event"] for one in bob["attempts"]], ["routed", "tried", "deferred"])
            self.assertTrue(bob["cause"] and bob["remedy"])
            self.assertEqual(len(site.objects("--why", "--site", "example.net")), 4)
            self.assertEqual(site.sendq("--why", "1.M2P3Q4", check=False).returncode, 67)

    def test_messages_are_selected_by_sender_recipient_and_site(self):
        with Filled() as site:
            gmail = [site.first, site.second, site.third]
            rest = [site.other, site.held, site.active, site.new]
            self.assertEqual(site.ids(), gmail + rest)
            self.assertEqual(site.ids("--sender", "Carol@EXAMPLE.net"), [site.second])
            self.assertEqual(site.ids("--sender", "@example.net"), [site.second])
            self.assertEqual(site.ids("--sender", "<>"), [site.third])
            self.assertEqual(site.ids("--recipient", "b@gmail.example"), [site.first])
            self.assertEqual(site.ids("--recipient", address("bob")), [])  # he has it
            self.assertEqual(site.ids("--recipient", "@gmail.example"), gmail)
            self.assertEqual(site.ids("--site", GMAIL.upper()), gmail)
            self.assertEqual(site.ids("--site", "Gmail.Example"), gmail)
            self.assertEqual(site.ids("--site", "@example.net"), rest)
            self.assertEqual(site.ids("--site", GMAIL, "--sender", address("alice")), [site.first])
            self.assertEqual(site.ids("--site", "nowhere.example"), [])

    def test_what_does_not_go_together_is_refused(self):
        with Queue() as site:
            for args in (["--by-site"], ["--json"], ["--why"], ["--bounce"], ["--list", "--why", "1"], ["--sender", "a@b.example"],
                         ["--bounce", "--all", "--site", "x"], ["--bounce", "--all", "1"], ["--list", "--all"], ["--list", "1"],
                         ["--list", "--sender", "x"], ["--list", "--recipient", "<>"], ["--list", "--site", ""], ["--watch", "--why", "1"]):
                with self.subTest(args=args):
                    self.assertEqual(site.sendq(*args, check=False).returncode, 64)


class Changes(unittest.TestCase):
    def test_what_is_meant_is_changed_and_nothing_else(self):
        with Filled() as site:
            done = site.objects("--retry", "--site", GMAIL)
            self.assertEqual([(one["id"], one["action"], one["done"]) for one in done],
                             [(ident, "retry", True) for ident in (site.first, site.second, site.third)])
            due = [int(name.rsplit(",", 1)[1]) for name in site.files("cur")]
            self.assertEqual(sum(one <= time.time() for one in due), 3)
            site.sendq("--hold", "--recipient", "b@gmail.example")
            self.assertEqual(site.place_of(site.first), ["hold"])
            site.sendq("--release", "--sender", address("alice"))
            self.assertEqual((site.place_of(site.first), site.place_of(site.held)), (["cur"], ["cur"]))
            site.sendq("--delete", "--sender", "<>", "--site", GMAIL)
            self.assertEqual(site.place_of(site.third), [])
            self.assertEqual(len(site.ids()), 6)

    def test_a_named_message_has_to_be_meant(self):
        with Filled() as site:
            refused = site.sendq("--delete", site.second, "--sender", "<>", check=False)
            self.assertEqual(refused.returncode, 67)
            self.assertIn(b"has no such sender or recipient", refused.stderr)
            site.sendq("--delete", site.second, "--sender", "@example.net")
            self.assertEqual(site.place_of(site.second), [])

    def test_a_message_that_is_being_delivered_says_so(self):
        with Filled() as site:
            for action in ("--bounce", "--delete", "--hold", "--retry"):
                refused = site.sendq(action, "--json", site.active, check=False)
                self.assertEqual(refused.returncode, 75, action)
                self.assertIn(f"{site.active}: is being delivered".encode(), refused.stderr)
                said = json.loads(refused.stdout)
                self.assertEqual((said["done"], said["error"]), (False, f"{site.active}: is being delivered"))
            done = site.sendq("--bounce", "--site", "example.net", check=False)  # the others have their turn
            self.assertEqual(done.returncode, 75)
            self.assertEqual(done.stderr.count(b"event=bounced"), 3)
            self.assertEqual(site.place_of(site.other), [])
            site.sendq("--retry", "--site", "example.net")  # that is what it does already

    def test_a_sender_is_told_who_was_given_up(self):
        with Filled() as site:
            site.sendq("--bounce", "--recipient", "b@gmail.example")
            self.assertEqual(site.place_of(site.first), ["cur"])
            left = {one["address"]: one["state"] for one in site.objects("--show", site.first)[0]["recipients"]}
            self.assertEqual(left, {"a@gmail.example": "deferred", "b@gmail.example": "failed"})
            site.sendq()
            report, = site.mail("alice")
            self.assertEqual((report.get_content_type(), report["Auto-Submitted"]), ("multipart/report", "auto-replied"))
            fields = [dict(part.items()) for part in report.get_payload()[1].get_payload()]
            self.assertEqual([(one.get("Final-Recipient"), one.get("Action"), one.get("Status")) for one in fields[1:]],
                             [("rfc822; b@gmail.example", "failed", "5.4.7")])
            self.assertIn("given it up; the last try: 421 4.7.28", report.get_payload()[0].get_payload())

    def test_all_are_given_up(self):
        with Filled() as site:
            self.assertEqual(site.sendq("--bounce", "--all", check=False).returncode, 75)
            self.assertEqual(site.ids("--site", "@gmail.example"), [])
            self.assertEqual(site.ids("--site", "example.net", "--sender", address("alice")), [site.active])
            self.assertEqual(len(site.ids("--sender", "<>", "--recipient", "carol@example.net")), 1)
            site.sendq()
            self.assertEqual(len(site.mail("alice")), 4)


if __name__ == "__main__":
    unittest.main()
