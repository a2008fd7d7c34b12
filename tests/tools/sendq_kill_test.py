# SPDX-License-Identifier: ISC
"""sendq is killed at random, again and again, while it sends to other hosts: nothing is lost, and only what was on its way at
that moment can come twice. One that is told to end does not even do that.

    sendq_kill_test.py                        60 messages, 20 kills
    MAILPIPE_KILLS=200 sendq_kill_test.py     600 messages, 200 kills
"""
import bisect
import os
import random
import signal
import time
import unittest

from evil_server import Host
from mailsite import wait_for
from remote_site import FAR, Remote

KILLS = int(os.environ.get("MAILPIPE_KILLS", "20"))
MESSAGES_A_LIFE = 3
DOMAINS, HOSTS = 50, 10


class Killed(unittest.TestCase):
    def test_nothing_is_lost_and_what_is_in_the_journal_does_not_come_again(self):
        chance = random.Random(KILLS)
        hosts = {f"h{n}": Host(wait={"dot": lambda: chance.uniform(0, 0.2)}) for n in range(HOSTS)}
        zone = "".join(f"d{n} MX 10 mx.h{n % HOSTS}\n" for n in range(DOMAINS))
        with Remote(hosts, zone=zone) as site:
            messages, confirmed, kills = {}, {}, []
            for life in range(KILLS):
                for number in range(MESSAGES_A_LIFE):
                    to = [f"m{life}-{number}-{part}@d{chance.randrange(DOMAINS)}.{FAR}" for part in range(chance.choice((1, 1, 1, 3)))]
                    messages[site.put(*to)] = to
                sendq = site.start("sendq", "--log", "stderr", "--watch", start_new_session=True)
                if life % 2:  # on a busy machine it would else hardly come to send anything
                    before = len(site.evil.accepted())
                    wait_for(lambda before=before: len(site.evil.accepted()) > before, timeout=30, what="a message")
                time.sleep(chance.uniform(0.05, 0.7))
                # Alone, or its workers in the same moment.
                (os.killpg if chance.random() < 0.5 else os.kill)(sendq.pid, signal.SIGKILL)
                sendq.process.wait()
                kills.append(time.time())
                count = site.evil.recipients()
                for to in self.confirmed(site, messages):
                    confirmed.setdefault(to, count[to])
            for _ in range(20):
                site.make_due()
                site.sendq()
                if site.is_empty():
                    break
            self.assertTrue(site.is_empty(), site.listed())
            count = site.evil.recipients()
            wanted = {to for recipients in messages.values() for to in recipients}
            self.assertEqual(wanted - set(count), set(), "lost")
            self.assertEqual(set(count) - wanted, set(), "never sent")
            print(f"{len(wanted)} recipients, {KILLS} kills, {len(confirmed)} confirmed before the last one: "
                  f"{sum(count.values()) - len(count)} copies too many, of {sum(times > 1 for times in count.values())} recipients")
            again = {to: (times, count[to]) for to, times in confirmed.items() if count[to] != times}
            self.assertEqual(again, {}, "came again although the journal had it")
            self.assertEqual(self.unexplained(site.evil.accepted(), kills), [], "came again although no kill can have lost the reply")

    def test_a_run_that_is_told_to_end_finishes_what_is_under_way_and_leaves_the_rest(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(signal=number), Remote({f"h{n}": Host(wait={"dot": 0.3}) for n in range(4)}) as site:
                for n in range(60):
                    site.put(f"a{n}@h{n % 4}.{FAR}")
                sendq = site.start_sendq()
                wait_for(lambda site=site: len(site.evil.accepted()) > 2, timeout=30, what="some messages")
                sendq.process.send_signal(number)
                self.assertEqual(sendq.process.wait(40), 75)
                self.assertEqual(list(site.spool.glob("work/*/*")), [])
                self.assertFalse(site.is_empty())
                site.make_due()
                site.sendq()
                self.assertTrue(site.is_empty(), site.listed())
                self.assertEqual(set(site.evil.recipients().values()), {1})
                self.assertEqual(len(site.evil.recipients()), 60)

    def test_what_nohup_ignores_ends_no_run(self):
        with Remote({"h": Host(wait={"dot": 0.3})}) as site:
            for n in range(5):
                site.put(f"a{n}@h.{FAR}")
            sendq = site.start("sendq", "--log", "stderr", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
            wait_for(lambda: site.evil.accepted(), timeout=30, what="a message")
            sendq.process.send_signal(signal.SIGHUP)
            self.assertEqual(sendq.process.wait(40), 0)
            self.assertTrue(site.is_empty(), site.listed())

    @staticmethod
    def unexplained(accepted, kills):
        """Copies too many for which no kill fell between their 250 and our record of it. What a connection carried is recorded before
        it gets more: so that can only be the last message of a connection, and once in the life of a sendq."""
        last_of_session = {entry["session"]: entry for entry in accepted}
        copies = {}
        for entry in accepted:
            for to in entry["recipients"]:
                copies.setdefault(to, []).append((bisect.bisect(kills, entry["session_began"]), entry))
        found = []
        for to, all_of_them in copies.items():
            lives = sorted(life for life, _ in all_of_them)
            found += [(to, "twice in one life") for life, after in zip(lives, lives[1:]) if life == after]
            found += [(to, "followed by more") for life, entry in all_of_them
                      if life < lives[-1] and last_of_session[entry["session"]] is not entry]
        return found

    @staticmethod
    def confirmed(site, messages):
        """Who has the message, by its journal, or because it is gone."""
        there = {name.split(",")[0] for place in ("new", "cur", "hold") for name in site.files(place)}
        there |= {path.name.split(",")[0] for path in site.spool.glob("work/*/*")}
        found = [to for ident, recipients in messages.items() if ident not in there for to in recipients]
        for ident, lines in site.journals().items():
            words = [line.split(" ") for line in lines]
            found += [messages[ident][int(number) - 1] for _, number, event, *_ in words if event == "relayed"]
        return found


if __name__ == "__main__":
    unittest.main()
