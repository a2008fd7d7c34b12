# SPDX-License-Identifier: ISC
"""Several sendq at once, and sendq killed: no message is lost, and none comes again that was confirmed."""
import collections
import os
import random
import signal
import time
import unittest

from mailsite import DOMAIN, wait_for
from queue_site import Queue, address

SEED = 5322
KILLS = 25
IN_FLIGHT = 64  # messages that may be linked and not confirmed yet when sendq dies: spool(5), WHAT A CRASH CAN REPEAT


def put_many(site, numbers):
    for n in numbers:
        site.put(address(["alice", "bob"][n % 2]), text=f"Subject: {n}\n\nx\n")


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(child) for child in file.read().split()]


def has_ended(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


class Together(unittest.TestCase):
    def check_each_once(self, site, number):
        self.assertTrue(site.is_empty(), site.listed())
        subjects = sorted(int(message["Subject"]) for user in ("alice", "bob") for message in site.mail(user))
        self.assertEqual(subjects, list(range(number)))
        self.assertEqual(len(site.events(event="delivered")), number)

    def test_two_runs_at_once_deliver_each_message_once(self):
        with Queue() as site:
            put_many(site, range(400))
            runs = [site.start_sendq() for _ in range(2)]
            for run in runs:
                self.assertEqual(run.process.wait(60), 0)
            self.check_each_once(site, 400)
            self.assertTrue(all("event=delivered" in run.text() for run in runs))

    def test_three_that_watch_deliver_each_message_once(self):
        with Queue() as site:
            put_many(site, range(200))
            watchers = [site.start_sendq("--watch") for _ in range(3)]
            put_many(site, range(200, 400))
            wait_for(site.is_empty, timeout=60)
            for watcher in watchers:
                self.assertEqual(watcher.stop(), 0)
            self.check_each_once(site, 400)

    def test_what_a_dead_sendq_had_is_taken_over(self):
        with Queue() as site:
            site.put(address("alice"))
            claim = site.spool / "work" / f"mail.{DOMAIN}.999999999.1"
            claim.mkdir()
            name = site.files("new")[0]
            (site.spool / "new" / name).rename(claim / name)
            site.give(claim)
            self.assertEqual(site.listed()[0]["state"], "active")
            site.sendq()
            self.assertEqual(len(site.messages("alice")), 1)
            self.assertTrue(site.is_empty())

    def test_what_a_living_sendq_has_is_left_to_it(self):
        with Queue() as site:
            ident = site.put(address("alice"))
            with open(f"/proc/{os.getpid()}/stat", encoding="ascii") as file:
                start = file.read().rpartition(")")[2].split()[19]
            claim = site.spool / "work" / f"mail.{DOMAIN}.{os.getpid()}.{start}"
            claim.mkdir()
            name = site.files("new")[0]
            (site.spool / "new" / name).rename(claim / name)
            site.give(claim)
            site.sendq()
            self.assertEqual([(one["id"], one["state"]) for one in site.listed()], [(ident, "active")])


class Killed(unittest.TestCase):
    """Messages for one, for three, for aliases, and for some who are elsewhere and stay; sendq dies again and again."""
    EVERYBODY = {"alice", "bob", "carol"}
    KINDS = [(["alice"], {"alice"}), (["alice", "bob", "carol"], EVERYBODY), (["all"], EVERYBODY), (["bob"], {"bob"}),
             (["team", "carol", "x@elsewhere.example"], EVERYBODY), (["team", "carol"], EVERYBODY)]

    def site(self):
        return Queue(passwords={"alice": "a", "bob": "b", "carol": "c"}, aliases="team: alice, bob\nall: team, carol, team\n")

    def setUp(self):
        self.random = random.Random(SEED)
        self.orphans = []
        self.plain = set()  # ids of messages that are linked

    def put(self, site, number):
        """Returns {(id, user)}: who has to get what."""
        wanted = set()
        for n in range(number):
            recipients, readers = self.KINDS[n % len(self.KINDS)]
            ident = site.put(*(to if "@" in to else address(to) for to in recipients), text=f"Subject: {n}\n\nx\n")
            wanted |= {(ident, user) for user in readers}
            if set(recipients) == readers and len(readers) == 1:
                self.plain.add(ident)
        return wanted

    def copies(self, site):
        """{(id, user): number}"""
        found = collections.Counter()
        for user in site.passwords:
            for path in site.messages(user):
                found[path.name.split(",")[0].removeprefix("read-"), user] += 1
        return found

    def kill_one(self, site):
        """Kills a run after some deliveries, at any moment. False: it had ended before."""
        if self.random.random() < 0.2:
            site.sendq("--retry", "--all")
        run = site.start_sendq()
        steps = self.random.randrange(0, 40)
        wait_for(lambda: run.text().count("event=") >= steps or run.process.poll() is not None)
        time.sleep(self.random.uniform(0, 0.02))  # the moment is what is tried here
        running = run.process.poll() is None
        if running:
            self.orphans += children(run.pid)
        run.stop(signal.SIGKILL)
        return running

    def finish(self, site):
        """One more run, and whoever is elsewhere is given up."""
        site.sendq("--retry", "--all")
        site.sendq()
        wait_for(lambda: all(map(has_ended, self.orphans)), what="deliver processes whose sendq is dead")
        left = [one["address"] for message in site.listed() for one in message["recipients"] if one["state"] == "deferred"]
        self.assertEqual(set(left), {"x@elsewhere.example"})
        site.sendq("--delete", "--all")
        self.assertTrue(site.is_empty(), site.listed())

    def test_a_killed_sendq_loses_and_repeats_nothing(self):
        with self.site() as site:
            wanted = self.put(site, 300)
            killed = sum(self.kill_one(site) for _ in range(KILLS))
            self.finish(site)
            self.assertGreater(killed, KILLS // 2, "sendq was killed too late to tell")
            self.assertEqual(self.copies(site), dict.fromkeys(wanted, 1))

    def test_when_mail_is_read_meanwhile_only_the_unconfirmed_comes_again(self):
        with self.site() as site:
            wanted = self.put(site, 300)
            confirmed, killed = {}, 0
            for kill in range(KILLS):
                killed += self.kill_one(site)
                have = self.copies(site)
                for ident, to in site.confirmed():
                    confirmed.setdefault((ident, to.split("@")[0]), have[ident, to.split("@")[0]])
                for user in site.passwords:  # deliver knows a message again while it's in new/
                    for path in (site.maildir(user) / "new").glob("*"):
                        path.rename(site.maildir(user) / "cur" / f"read-{path.name},{kill}:2,S")
            self.finish(site)
            self.assertGreater(killed, KILLS // 2, "sendq was killed too late to tell")
            have = self.copies(site)
            self.assertEqual(set(have), wanted)
            self.assertGreater(len(confirmed), 20)
            self.assertEqual({key: have[key] for key in confirmed}, confirmed)
            repeated = {ident for (ident, _), number in have.items() if number > 1}
            streamed = repeated - self.plain
            print(f"{killed} kills (seed {SEED}): {len(confirmed)} journalled deliveries never repeated; of unconfirmed ones "
                  f"{len(streamed)} copied and {len(repeated) - len(streamed)} linked messages came again")
            self.assertLessEqual(len(streamed), killed)
            self.assertLessEqual(len(repeated), killed * IN_FLIGHT)


if __name__ == "__main__":
    unittest.main()
