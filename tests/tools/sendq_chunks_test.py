# SPDX-License-Identifier: ISC
"""sendq sends messages in chunks (BDAT, RFC 3030), and the host fails at one of them."""
import hashlib
import unittest

from evil_server import OFFERED, Host
from remote_site import FAR, Remote

CHUNKING = (*OFFERED, "CHUNKING")
CHUNK = 65536  # of sendq, in octets, or a line end less
OPEN = 16  # chunks that it sends before it reads the reply to the first one
TRACE = "Received: by test; now\n"  # what put() writes above the text


def text_of(chunks):
    """A message that needs so many; some of its lines begin with a dot."""
    lines = ((chunks - 1) * CHUNK + CHUNK // 2) // 1000
    return "Subject: chunks\n\n" + "".join(f"{'.' * (number % 3)}{number:07}".ljust(998, "x") + "\n" for number in range(lines))


def chunks(**host):
    return Host(offers=CHUNKING, **host)


def replies(step, reply, **host):
    return chunks(replies={step: reply}, **host)


# name: (host, event, what the reply has, how many messages the host has taken); of four chunks the last is answered as a dot is
FAULTS = {
    "good": (chunks(), "relayed", "250 2.0.0", 1),
    "first4": (replies("chunk1", "452 4.3.1 full"), "deferred", "452 4.3.1", 0),
    "first5": (replies("chunk1", "554 5.6.0 no"), "failed", "554 5.6.0", 0),
    "middle4": (replies("chunk2", "451 4.3.0 busy"), "deferred", "451 4.3.0", 0),
    "middle5": (replies("chunk2", "550 5.7.1 spam"), "failed", "550 5.7.1", 0),
    "third5": (replies("chunk3", "552 5.3.4 too large"), "failed", "552 5.3.4", 0),
    "last4": (replies("dot", "452 4.3.1 full"), "deferred", "452 4.3.1", 0),
    "last5": (replies("dot", "554 5.6.0 no"), "failed", "554 5.6.0", 0),
    "firstcut": (chunks(cut="chunk1"), "deferred", "451 4.4.2", 0),
    "middlecut": (chunks(cut="chunk2"), "deferred", "451 4.4.2", 0),
    "betweencut": (chunks(cut_after="chunk2"), "deferred", "451 4.4.2", 0),
    "lastcut": (chunks(cut="dot"), "deferred", "451 4.4.2", 0),
    "lastcuttaken": (chunks(cut="dot", takes_before_cut=True), "deferred", "451 4.4.2", 1),
    "thencut": (chunks(cut_after="dot"), "relayed", "250 2.0.0", 1),
    "insidecut": (chunks(inside={"chunk2": (1000, "")}), "deferred", "451 4.4.2", 0),
    "insideclosing": (chunks(inside={"chunk2": (1000, "421 4.3.2 closing")}), "deferred", "421 4.3.2", 0),
    "insidefull": (chunks(inside={"chunk2": (1000, "452 4.3.1 full")}), "deferred", "452 4.3.1", 0),
    "insidelarge": (chunks(inside={"chunk2": (1000, "552 5.3.4 too large")}), "failed", "552 5.3.4", 0),
    "closing": (replies("chunk2", "421 4.3.2 closing", cut_after="chunk2"), "deferred", "421 4.3.2", 0),
    "slow": (chunks(wait={"chunk1": 1, "chunk3": 1}), "relayed", "250 2.0.0", 1),
    "open": (replies("chunk2", "354 go on", cut_after="chunk2"), "deferred", "451 4.", 0),
    "forgets": (replies("chunk2", "500 5.5.2 what?"), "relayed", "250 2.0.0", 1),  # by DATA, over another connection
}


class Chunks(unittest.TestCase):
    def test_each_fault_is_the_outcome_of_its_message(self):
        text = text_of(4)
        wire = (TRACE + text).replace("\n", "\r\n").encode()
        with Remote({name: host for name, (host, *_) in FAULTS.items()}) as site:
            for name in FAULTS:
                site.put(f"bob@{name}.{FAR}", text=text)
            outcomes = site.run_once()
            for name, (host, event, words, taken) in FAULTS.items():
                with self.subTest(host=name):
                    outcome = outcomes[f"bob@{name}.{FAR}"]
                    self.assertEqual(outcome.event, event, outcome)
                    self.assertIn(words, f"{outcome.code} {outcome.text}")
                    self.assertEqual(site.evil.recipients().get(f"bob@{name}.{FAR}", 0), taken)
                    self.assertTrue([line for line in host.commands if line.startswith("BDAT")])
                    self.assertEqual("DATA" in host.commands, name == "forgets")
            sent = [line.split()[1:] for line in FAULTS["good"][0].commands if line.startswith("BDAT")]
            self.assertEqual([words[1:] for words in sent], [[], [], [], ["LAST"]])
            sizes = [int(words[0]) for words in sent]
            self.assertEqual((sum(sizes), max(sizes) <= CHUNK), (len(wire), True))

            deferred = [name for name, (_, event, *_) in FAULTS.items() if event == "deferred"]
            for name in deferred:
                host = site.host(name)
                host.replies, host.cut, host.cut_after, host.inside, host.takes_before_cut = {}, "", "", {}, False
            site.make_due()
            site.run_once()
            self.assertEqual({name: site.evil.recipients().get(f"bob@{name}.{FAR}") for name in deferred},
                             {name: 2 if name == "lastcuttaken" else 1 for name in deferred})
            self.assertTrue(site.is_empty(), site.listed())
            self.assertEqual({(entry["octets"], entry["digest"]) for entry in site.evil.accepted()},
                             {(len(wire), hashlib.sha256(wire).hexdigest())})

    def test_a_refused_message_ends_early_and_the_next_one_goes_over_the_same_connection(self):
        for reply, event in (("554 5.6.0 no", "failed"), ("452 4.3.1 full", "deferred")):
            with self.subTest(reply=reply):
                refusals = [reply]
                host = replies("chunk1", lambda session, argument: refusals.pop() if refusals else None)
                with Remote({"one": host}, sections="site-connections = 1\n") as site:
                    site.put(f"large@one.{FAR}", text=text_of(3 * OPEN))
                    site.put(f"next@one.{FAR}", text=text_of(2))
                    outcomes = site.run_once()
                    self.assertEqual((outcomes[f"large@one.{FAR}"].event, outcomes[f"next@one.{FAR}"].event), (event, "relayed"))
                    self.assertEqual(site.evil.recipients(), {f"next@one.{FAR}": 1})
                    self.assertEqual(host.connections, 1)
                    reset = host.commands.index("RSET")
                    sent = [line for line in host.commands[:reset] if line.startswith("BDAT")]
                    self.assertEqual(len(sent), OPEN + 1)
                    self.assertFalse([line for line in sent if "LAST" in line])

    def test_a_reply_too_many_confirms_nothing(self):
        twice = b"250 ok\r\n250 ok\r\n"
        hosts = {step.lower(): chunks(replies={step: twice, "dot": "554 5.7.1 spam"}) for step in ("MAIL", "RCPT")}
        hosts["open"] = replies("RCPT", "334 go on")
        with Remote(hosts) as site:
            for name in hosts:
                site.put(f"bob@{name}.{FAR}")
            outcomes = site.run_once()
            for name, words in (("mail", "out of step"), ("rcpt", "out of step"), ("open", "peer leaves a command open: 334 go on")):
                with self.subTest(host=name):
                    outcome = outcomes[f"bob@{name}.{FAR}"]
                    self.assertEqual((outcome.event, outcome.code), ("deferred", 451), outcome)
                    self.assertIn(words, outcome.text)
                    self.assertEqual(site.host(name).connections, 1)  # it may have the text

    def test_a_host_that_takes_its_time_gets_chunk_by_chunk(self):
        """No more than some are sent ahead of their replies; without PIPELINING no large message goes by chunks."""
        slow, plain = chunks(wait={"BDAT": 0.02}), Host(offers=("8BITMIME", "CHUNKING"))
        text = text_of(3 * OPEN)
        with Remote({"slow": slow, "plain": plain}) as site:
            for name in ("slow", "plain"):
                site.put(f"bob@{name}.{FAR}", text=text)
            site.run_once()
            self.assertEqual({entry["octets"] for entry in site.evil.accepted()}, {len((TRACE + text).replace("\n", "\r\n"))})
            self.assertEqual(site.evil.recipients(), {f"bob@{name}.{FAR}": 1 for name in ("slow", "plain")})
            self.assertEqual(len([line for line in slow.commands if line.startswith("BDAT")]), 3 * OPEN)
            self.assertIn("DATA", plain.commands)


if __name__ == "__main__":
    unittest.main()
