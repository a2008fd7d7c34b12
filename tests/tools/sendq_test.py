# SPDX-License-Identifier: ISC
"""sendq and deliver from outside: what is in the spool comes into the mailboxes, now or when its time has come."""
import os
import signal
import smtplib
import time
import unittest

from lmtp_server import LmtpServer
from mailsite import DOMAIN, wait_for
from queue_site import Queue, address


class Run(unittest.TestCase):
    def test_one_run_delivers_what_is_new_and_ends(self):
        with Queue() as site:
            ids = [site.put(address("alice")), site.put(address("bob"), sender="")]
            site.sendq()
            self.assertTrue(site.is_empty())
            stored = site.messages("alice")
            self.assertEqual([path.name.split(",")[0] for path in stored], ids[:1])
            self.assertEqual(stored[0].read_text(),
                             f"Return-Path: <{address('alice')}>\nDelivered-To: {address('alice')}\n"
                             "Received: by test; now\nSubject: hi\n\nhello\n")
            self.assertEqual(site.mail("bob")[0]["Return-Path"], "<>")

    def test_a_plain_message_is_linked_and_not_copied(self):
        with Queue() as site:
            site.put(address("alice"))
            inode = next((site.spool / "new").iterdir()).stat().st_ino
            site.sendq()
            self.assertEqual(site.messages("alice")[0].stat().st_ino, inode)

    def test_what_is_due_later_is_not_tried_before(self):
        with Queue() as site:
            now = int(time.time())
            site.put(address("alice"), text="Subject: due\n\n\n", place="cur", due=now)
            later = site.put(address("alice"), text="Subject: later\n\n\n", place="cur", due=now + 3600)
            self.assertNotIn(later, site.sendq().stderr.decode())
            self.assertEqual([message["Subject"] for message in site.mail("alice")], ["due"])
            self.assertEqual([message["id"] for message in site.listed()], [later])

    def test_wrong_aliases_stop_the_run_and_lose_nothing(self):
        with Queue(aliases="a: bob\nb: |/bin/sh\n") as site:
            site.put(address("alice"))
            done = site.sendq(check=False)
            self.assertEqual(done.returncode, 78)
            self.assertIn(b"aliases:2: '|/bin/sh' is a command: not supported", done.stderr)
            self.assertEqual(len(site.listed()), 1)


class Watch(unittest.TestCase):
    def test_a_message_is_delivered_within_milliseconds_of_its_250(self):
        with Queue() as site:
            sendq = site.start_sendq("--watch")
            smtpd = site.listen("smtpd", "--log", "stderr")
            with smtplib.SMTP("127.0.0.1", smtpd.port) as client:
                client.sendmail("x@elsewhere.example", [address("bob")], "Subject: first\r\n\r\n")  # starts deliver
                wait_for(lambda: site.messages("bob"))
                waits = []
                for n in range(1, 11):
                    client.sendmail("x@elsewhere.example", [address("alice")], f"Subject: {n}\r\n\r\n")
                    answered = time.monotonic()
                    wait_for(lambda count=n: len(site.messages("alice")) == count)
                    waits.append(time.monotonic() - answered)
            self.assertLess(max(waits), 1)
            self.assertLess(min(waits), 0.05)  # with sanitizers, and other tests beside us
            self.assertEqual(sendq.stop(), 0)

    def test_it_delivers_what_falls_due(self):
        with Queue() as site:
            site.start_sendq("--watch")
            site.put(address("bob"))
            wait_for(lambda: site.messages("bob"))
            due = int(time.time()) + 2
            site.put(address("alice"), place="cur", due=due)
            wait_for(lambda: site.messages("alice"))
            self.assertGreaterEqual(time.time(), due)

    def test_sigterm_ends_it_and_leaves_nothing_claimed(self):
        with Queue() as site:
            site.put(address("alice"))
            sendq = site.start_sendq("--watch")
            wait_for(lambda: site.events(event="delivered"))
            self.assertEqual(sendq.stop(), 0)
            self.assertTrue(site.is_empty())
            self.assertEqual(site.files("work"), [])

    def test_sigterm_ends_it_while_there_is_work(self):
        with Queue() as site:
            for n in range(500):
                site.put(address("alice"), text=f"Subject: {n}\n\n\n")
            sendq = site.start_sendq("--watch")
            wait_for(lambda: site.events(event="delivered"))
            self.assertEqual(sendq.stop(), 0)
            left = len(site.files("new"))
            self.assertGreater(left, 0)
            self.assertEqual(site.files("work"), [])
            self.assertEqual(left + len(site.messages("alice")), 500)

    def test_sighup_loads_aliases_and_users_again(self):
        with Queue() as site:
            sendq = site.start_sendq("--watch")
            site.put(address("alice"))
            wait_for(lambda: site.messages("alice"))
            site.aliases.write_text("sales: bob\n")
            site.passwords["carol"] = "c"
            site.write_users()
            site.give(site.home("carol"))
            sendq.process.send_signal(signal.SIGHUP)
            wait_for(lambda: site.events(event="reloaded"))
            site.put(address("sales"))
            site.put(address("carol"))
            wait_for(lambda: site.messages("bob") and site.messages("carol"))

    def test_a_file_that_is_wrong_at_sighup_changes_nothing(self):
        with Queue(aliases="sales: bob\n") as site:
            sendq = site.start_sendq("--watch")
            site.put(address("alice"))
            wait_for(lambda: site.messages("alice"))
            site.aliases.write_text("sales\n")
            sendq.process.send_signal(signal.SIGHUP)
            error = wait_for(lambda: site.events(event="error"))[0]
            self.assertEqual(error["what"], f"not reloaded: {site.aliases}:1: no 'name:'")
            site.put(address("sales"))
            wait_for(lambda: site.messages("bob"))

    def test_it_obeys_retry_and_release(self):
        with Queue() as site:
            later = site.put(address("alice"), place="cur", due=int(time.time()) + 3600)
            held = site.put(address("bob"), place="hold", due=0)
            site.start_sendq("--watch")
            site.sendq("--retry", later)
            site.sendq("--release", held)
            wait_for(lambda: site.messages("alice") and site.messages("bob"))


class Trouble(unittest.TestCase):
    def test_a_temporary_failure_waits_for_its_time(self):
        with Queue() as site, LmtpServer(site.dir, {"alice": "452 4.2.2 mailbox is full"}) as server:
            site.use_lmtp(server)
            ident = site.put(address("alice"), address("bob"))
            site.sendq()
            message = site.listed()[0]
            self.assertEqual((message["id"], message["state"]), (ident, "waiting"))
            states = {one["address"]: (one["state"], one["tries"]) for one in message["recipients"]}
            self.assertEqual(states, {address("alice"): ("deferred", 1), address("bob"): ("delivered", 0)})
            due = int(site.files("cur")[0].rsplit(",", 1)[1])
            self.assertLess(abs(due - time.time() - 900), 100)

            site.sendq()  # not due yet
            self.assertEqual(len(server.messages), 1)
            server.refusals.clear()
            site.sendq("--retry", "--all")
            site.sendq()
            self.assertTrue(site.is_empty())
            self.assertEqual([recipients for recipients, _ in server.messages], [[address("bob")], [address("alice")]])

    def test_a_server_that_breaks_off_is_tried_again_and_nobody_gets_it_twice(self):
        with Queue() as site, LmtpServer(site.dir) as server:
            site.use_lmtp(server)
            server.breaks_after_data = 1
            site.put(address("alice"))
            site.put(address("bob"))
            site.sendq()
            waiting = site.listed()
            self.assertEqual(len(waiting), 1)
            self.assertIn("local delivery", waiting[0]["recipients"][0]["text"])
            self.assertEqual(len(server.messages), 1)

    def test_a_torn_file_is_held_and_never_delivered(self):
        with Queue() as site:
            ident = site.put(address("alice"), text="Subject: hi\n\n" + "long " * 1000)
            path = next((site.spool / "new").iterdir())
            os.truncate(path, path.stat().st_size - 1)
            done = site.sendq()
            self.assertIn(f'event=held id={ident} why="{ident}: file is shorter than its name says"', done.stderr.decode())
            site.sendq()
            self.assertEqual(site.files("hold"), [path.name])
            self.assertEqual(site.messages("alice"), [])
            self.assertIn(b"file is shorter than its name says", site.sendq("--list").stderr)

    def test_what_nobody_can_read_is_held(self):
        with Queue() as site:
            (site.spool / "new" / "1.x,S=5,W=5").write_text("hello")
            (site.spool / "new" / "no message").write_text("hello")
            site.give(site.spool)
            site.sendq()
            self.assertEqual(site.files("hold"), ["1.x,S=5,W=5", "no message"])

    def test_without_deliver_mail_stays_in_the_queue(self):
        with Queue() as site:
            ident = site.put(address("alice"))
            done = site.sendq("--local-delivery", "/nonexistent/deliver", check=False)
            self.assertEqual(done.returncode, 75)
            self.assertIn(b"/nonexistent/deliver", done.stderr)
            waiting = site.listed()[0]
            self.assertEqual((waiting["id"], waiting["recipients"][0]["enhanced"]), (ident, "4.4.1"))
            site.sendq("--retry", ident)
            site.sendq()
            self.assertEqual(len(site.messages("alice")), 1)

    def test_mail_for_others_stays_queued_with_its_schedule(self):
        with Queue() as site:
            site.put("x@elsewhere.example", address("bob"))
            site.sendq()
            self.assertEqual(len(site.messages("bob")), 1)
            remote = site.listed()[0]["recipients"][0]
            self.assertEqual((remote["state"], remote["enhanced"], remote["tries"]), ("deferred", "4.4.3", 1))
            self.assertRegex(site.sendq("--list").stdout.decode(), r" x@elsewhere\.example in 1[3-6]m 451 4\.4\.3 DNS: MX of elsewhere\.example: ")

    def test_waits_follow_the_age_and_the_schedule(self):
        ages = {60: "15m", 3600: "1h", 3 * 3600: "3h", 12 * 3600: "4h"}
        with Queue() as site:
            for age in ages:
                site.put(f"x{age}@elsewhere.example", age=age)
            site.sendq()
            seconds = {"15m": 900, "1h": 3600, "3h": 3 * 3600, "4h": 4 * 3600}
            for name in site.files("cur"):
                age = int(time.time()) - int(name.split(".")[0])
                wait = int(name.rsplit(",", 1)[1]) - time.time()
                wanted = seconds[ages[min(ages, key=lambda known, age=age: abs(known - age))]]
                self.assertLess(abs(wait - wanted), wanted / 10 + 30)


if __name__ == "__main__":
    unittest.main()
