# SPDX-License-Identifier: ISC
"""sendq --plan: what the next try would do, by a real name server and a validating resolver."""
import json
import re
import time
import unittest

from dns_site import DnsSite
from mailsite import ROOT
from queue_site import Queue, address

FAR = """
@ MX 10 mx1
@ MX 20 mx2
@ MX 30 mx3
mx1 A 203.0.113.1
mx2 A 203.0.113.2
mx2 AAAA 2001:db8::2
mx3 A 203.0.113.3
_25._tcp.mx1 TLSA 3 1 1 0000000000000000000000000000000000000000000000000000000000000000
_25._tcp.mx2 TLSA 0 1 1 0000000000000000000000000000000000000000000000000000000000000000
_2525._tcp.mx3 TLSA 2 1 1 0000000000000000000000000000000000000000000000000000000000000000
bare TXT nothing
null MX 0 .
relay A 203.0.113.9
"""


def members(page, section):
    text = re.search(rf"^\.Ss {section}\n(.*?)^\.S[sh] ", page, re.MULTILINE | re.DOTALL)[1]
    items = {name for line in re.findall(r"^\.It Sy (.*)$", text, re.MULTILINE) for name in line.split(" , ")}
    words = {name for line in re.findall(r"^\.Sy ([a-z ,-]+?) ?[:,)]*$", text, re.MULTILINE) for name in line.split(" , ")}
    return items | words


class Plan(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dns = DnsSite({"plain.example": FAR, "broken.example": None}, signed={"far.example": FAR})
        cls.addClassCleanup(cls.dns.close)

    def queue(self, *routes, **keys):
        if routes:
            keys["route"] = list(routes)
        return Queue(resolver=[self.dns.validating], aliases="team: bob, x@plain.example\n", **keys)

    def plan(self, site, *recipients, args=()):
        ident = site.put(*recipients)
        text = site.sendq("--plan", ident, *args).stdout.decode()
        before = sorted(path.name for path in site.spool.glob("*/*"))
        self.assertIn(f"{ident},S=", " ".join(before))
        head, rest = f"id: {ident}\nstate: new\n", text
        self.assertTrue(rest.startswith(head), rest)
        return rest[len(head):].rstrip("\n").split("\n")

    def test_each_host_has_its_level_and_why(self):
        with self.queue() as site:
            self.assertEqual(self.plan(site, address("alice"), "x@far.example", "y@plain.example"), [
                f"local: {address('alice')}, user alice",
                "site: mx1.far.example by smtp",
                "  to: x@far.example",
                "  host: 10 mx1.far.example[203.0.113.1]:25 dane, TLSA records of mx1.far.example",
                "  host: 20 mx2.far.example[2001:db8::2]:25 encrypted, TLSA records of mx2.far.example, of which none can be used",
                "  host: 20 mx2.far.example[203.0.113.2]:25 encrypted, TLSA records of mx2.far.example, of which none can be used",
                "  host: 30 mx3.far.example[203.0.113.3]:25 opportunistic, nothing asks for more",
                "site: mx1.plain.example by smtp",
                "  to: y@plain.example",
                "  host: 10 mx1.plain.example[203.0.113.1]:25 opportunistic, nothing asks for more",
                "  host: 20 mx2.plain.example[2001:db8::2]:25 opportunistic, nothing asks for more",
                "  host: 20 mx2.plain.example[203.0.113.2]:25 opportunistic, nothing asks for more",
                "  host: 30 mx3.plain.example[203.0.113.3]:25 opportunistic, nothing asks for more"])
            self.assertEqual([path.parent.name for path in site.spool.glob("*/*")], ["new"])

    def test_what_is_refused_and_what_waits(self):
        with self.queue() as site:
            self.assertEqual(self.plan(site, address("nobody"), "x@nowhere.far.example", "x@null.far.example", "x@bare.far.example", "x@broken.example"), [
                f"refused: {address('nobody')}, 550 5.1.1 no such user here",
                "refused: x@nowhere.far.example, 550 5.1.2 nowhere.far.example: no such domain",
                "refused: x@null.far.example, 556 5.1.10 null.far.example takes no mail (null MX)",
                "refused: x@bare.far.example, 550 5.1.2 bare.far.example takes no mail: it has neither MX nor address",
                "deferred: x@broken.example, 451 4.4.3 DNS: MX of broken.example: SERVFAIL"])

    def test_routes_of_the_configuration_and_of_the_command_line(self):
        with self.queue("plain.example mx tls=dane", "* smtp:relay.plain.example:587 tls=encrypted") as site:
            expected = ["site: relay.plain.example by smtp", "  to: x@far.example",
                        "  host: 0 relay.plain.example[203.0.113.9]:587 encrypted, the route says so"]
            plan = self.plan(site, "x@far.example", "y@plain.example")
            self.assertEqual(plan[:3], expected)
            self.assertTrue(plan[3].startswith("deferred: y@plain.example, 451 4.7.5 mx1.plain.example: TLSA records are demanded, but"), plan[3])
            self.assertEqual(self.plan(site, "x@far.example", args=["--route", "far.example mx tls=dane", "--remote-port", "2525"]), [
                "site: mx3.far.example by smtp", "  to: x@far.example",
                "  host: 30 mx3.far.example[203.0.113.3]:2525 dane, TLSA records of mx3.far.example",
                "  left out: mx1.far.example: TLSA records are demanded, but there are none that can be used",
                "  left out: mx2.far.example: TLSA records are demanded, but there are none that can be used"])

    def test_what_was_seen_is_in_the_spool(self):
        with self.queue() as site:
            seen = site.spool / "tls" / "plain.example"
            for level, shown in (("verified", "verify, it was verified before"), ("encrypted", "encrypted, it was encrypted before")):
                seen.write_text(f"{level} {int(time.time())}\n")
                site.give(seen)
                self.assertIn(f"  host: 10 mx1.plain.example[203.0.113.1]:25 {shown}", self.plan(site, "y@plain.example"))

    def test_a_login_file_others_can_read_is_not_used(self):
        with self.queue() as site:
            login = site.dir / "login"
            login.write_text("me:secret\n")
            login.chmod(0o644)
            site.give(login)
            route = ["--route", f"* smtp:relay.plain.example login={login}"]
            self.assertEqual(self.plan(site, "x@far.example", args=route),
                             [f"deferred: x@far.example, 451 4.3.5 login file {login}: others may read or write it (mode 0644): chmod 600"])
            login.chmod(0o600)
            self.assertEqual(self.plan(site, "x@far.example", args=route)[::2],
                             ["site: relay.plain.example by smtp, as me", "  host: 0 relay.plain.example[203.0.113.9]:25 verify, a password goes there"])

    def test_json_is_what_the_manual_says(self):
        with self.queue("lists.example lmtp:unix:/run/lists") as site:
            login = site.dir / "login"
            login.write_text("me:secret\n")
            login.chmod(0o600)
            site.give(login)
            ident = site.put(address("team"), address("nobody"), "x@far.example", "x@lists.example", place="hold")
            plan = json.loads(site.sendq("--plan", "--json", "--route", "lists.example lmtp:unix:/run/lists",
                                         "--route", f"far.example smtps:relay.plain.example login={login}", ident).stdout)
            self.assertEqual((plan["version"], plan["id"], plan["state"]), (1, ident, "held"))
            self.assertEqual(plan["local"], [{"address": address("bob"), "alias": address("team"), "user": "bob"}])
            self.assertEqual([site["protocol"] for site in plan["sites"]], ["smtps", "lmtp", "smtp"])  # who comes by an alias is last
            self.assertEqual(plan["sites"][0]["hosts"], [{"name": "relay.plain.example", "address": "203.0.113.9", "port": 465, "preference": 0,
                                                          "tls": "verify", "why": "a password goes there"}])
            self.assertNotIn("secret", json.dumps(plan))

            def names(value):
                if isinstance(value, dict):
                    return set(value) | {name for inner in value.values() for name in names(inner)}
                return {name for inner in value for name in names(inner)} if isinstance(value, list) else set()

            self.assertEqual(names(plan), members((ROOT / "man/sendq.8").read_text(), "JSON of a plan"))

    def test_a_selection_picks_messages_as_for_other_actions(self):
        with self.queue() as site:
            far, plain = site.put("x@far.example", address("bob")), site.put("y@plain.example", sender="")
            for args, found in [(["--recipient", "@far.example"], [far]), (["--site", "plain.example"], [plain]),
                                (["--sender", "<>"], [plain]), (["--sender", address("ALICE")], [far]),
                                ([far, plain, "--recipient", "@far.example"], [far]),
                                (["--sender", "nobody@far.example"], []), ([far, plain], [far, plain])]:
                with self.subTest(args=args):
                    done = site.sendq("--plan", "--json", *args, check=False)
                    self.assertEqual([json.loads(line)["id"] for line in done.stdout.splitlines()], found)
                    self.assertEqual(done.returncode, 67 if len(args) > 2 and args[0] == far else 0, done.stderr)
            text = site.sendq("--plan", "--site", "far.example").stdout.decode()
            self.assertEqual(text.splitlines()[:3], [f"id: {far}", "state: new", f"local: {address('bob')}, user bob"])

    def test_a_wrong_route_is_told_with_its_word(self):
        with self.queue("far.example smpt:relay") as site:
            ident = site.put("x@far.example")
            for args in (["--plan", ident], []):
                done = site.sendq(*args, check=False)
                self.assertEqual(done.returncode, 78)
                self.assertIn(b"route 'far.example smpt:relay': 'smpt:relay' is no next hop: mx, smtp:HOST[:PORT]", done.stderr)
            self.assertEqual(site.sendq("--plan", "--route", "* mx", ident).returncode, 0)

    def test_usage(self):
        with self.queue() as site:
            ident = site.put(address("alice"))
            for args in (["--plan"], ["--plan", "--all"], ["--plan", "--show", ident], ["--plan", "--site", ""],
                         ["--plan", "--recipient", "<>"], ["--plan", ident, "--remote-port", "0"], ["--plan", ident, "--remote-port", "65536"]):
                with self.subTest(args=args):
                    self.assertEqual(site.sendq(*args, check=False).returncode, 64)
            self.assertEqual(site.sendq("--plan", "1.nothing", check=False).returncode, 67)


if __name__ == "__main__":
    unittest.main()
