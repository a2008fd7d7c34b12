# SPDX-License-Identifier: ISC
"""sendq for the queue's owner: list, show, hold, release, retry, delete, exit statuses."""
import json
import re
import subprocess
import time
import unittest

from mailsite import DOMAIN, ROOT
from queue_site import Queue, address


def documented_members():
    """Of the JSON objects of --list, --show and --why, by sendq(8): those of a message, and those of a recipient."""
    page = (ROOT / "man/sendq.8").read_text()
    section = re.search(r"^\.Ss JSON\n(.*?)^\.Fl -list -by-site :", page, re.MULTILINE | re.DOTALL)[1]
    outer, inner, rest = re.fullmatch(r"(.*?array of objects:\n)(.*?)^\.El\n(.*)", section, re.MULTILINE | re.DOTALL).groups()
    return tuple({name for line in re.findall(r"^\.It Sy (.*)$", text, re.MULTILINE) for name in line.split(" , ")}
                 for text in (outer + rest, inner))


class List(unittest.TestCase):
    def test_each_message_is_one_line_the_oldest_first(self):
        with Queue() as site:
            held = site.put(address("alice"), sender="", age=60, place="hold")
            new = site.put(address("alice"), address("bob"), age=7200)
            lines = site.sendq("--list").stdout.decode().splitlines()
            self.assertRegex(lines[0], re.escape(f"{new} 2h ") + r"\d+ " + re.escape(f"<{address('alice')}> {address('alice')}+1 new -"))
            self.assertRegex(lines[1], f"^{re.escape(held)} 6[0-9]s " + r"\d+ <> " + re.escape(f"{address('alice')} held -"))
            self.assertEqual(len(lines), 2)

    def test_json_is_what_the_manual_says(self):
        message_members, recipient_members = documented_members()
        with Queue(aliases="team: alice, x@elsewhere.example\n") as site:
            site.put(address("team"), address("nobody"))
            site.sendq("--route", f"elsewhere.example lmtp:unix:{site.dir}/nobody")
            site.put(address("bob"))
            site.put(address("bob"), sender="", place="hold", due=5)
            ids = [one["id"] for one in site.listed()]
            shown, told = ([json.loads(line) for line in site.sendq(action, "--json", *ids).stdout.splitlines()] for action in ("--show", "--why"))
            self.assertEqual([{key: value for key, value in one.items() if key != "header"} for one in shown], site.listed())
            self.assertEqual(sorted(one["state"] for one in shown), ["held", "new", "waiting"])
            self.assertEqual({key for one in shown for key in one}, message_members)
            self.assertEqual({key for one in shown + told for recipient in one["recipients"] for key in recipient}, recipient_members)
            for one in shown:
                self.assertEqual(one["version"], 1)
                self.assertRegex(one["arrived"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
                self.assertEqual("due" in one, one["state"] in ("waiting", "held"))
            waiting = next(one for one in shown if one["state"] == "waiting")["recipients"]
            self.assertEqual([(one["address"], one["state"], one.get("alias")) for one in waiting],
                             [(address("team"), "expanded", None), (address("nobody"), "failed", None),
                              (address("alice"), "delivered", address("team")),
                              ("x@elsewhere.example", "deferred", address("team"))])

    def test_an_empty_queue_is_an_empty_list(self):
        with Queue() as site:
            done = site.sendq("--list")
            self.assertEqual((done.stdout, done.stderr), (b"", b""))

    def test_a_list_that_can_not_be_written_is_an_error(self):
        with Queue() as site, open("/dev/full", "wb") as full:
            for _ in range(100):
                site.put(address("alice"))
            done = subprocess.run([site.bin / "sendq", "--list"], stdout=full, stderr=subprocess.PIPE, check=False, **site.as_user())
            self.assertEqual((done.returncode, done.stderr), (75, b"sendq: standard output could not be written\n"))


class Show(unittest.TestCase):
    def test_it_prints_envelope_and_header_but_commands_no_terminal(self):
        with Queue() as site:
            ident = site.put((address("alice"), "NOTIFY=NEVER"), text="Subject: \x1b[31mred\n\nsecret\n")
            shown = site.sendq("--show", ident).stdout.decode()
            self.assertIn(f"recipient: {address('alice')} pending\n", shown)
            self.assertIn("Subject: ?[31mred\n", shown)
            self.assertNotIn("secret", shown)
            self.assertIn("Subject: \x1b[31mred\n", json.loads(site.sendq("--show", "--json", ident).stdout)["header"])

    def test_one_that_is_not_there_hides_no_other(self):
        with Queue() as site:
            ident = site.put(address("alice"))
            done = site.sendq("--show", "1.none", ident, "2.none", check=False)
            self.assertEqual((done.returncode, done.stderr), (67, b"sendq: 1.none: no such message\nsendq: 2.none: no such message\n"))
            self.assertIn(f"id: {ident}\n".encode(), done.stdout)


class Change(unittest.TestCase):
    def states(self, site):
        return {one["id"]: one["state"] for one in site.listed()}

    def test_hold_keeps_release_lets_go(self):
        with Queue() as site:
            first, second, _ = (site.put(address("alice"), text=f"Subject: {n}\n\n\n") for n in range(3))
            site.sendq("--hold", first, second)
            site.sendq("--hold", second)  # it is
            site.sendq()
            self.assertEqual([message["Subject"] for message in site.mail("alice")], ["2"])
            self.assertEqual(self.states(site), {first: "held", second: "held"})
            site.sendq("--release", first)
            site.sendq()
            self.assertEqual(self.states(site), {second: "held"})
            site.sendq("--release", "--all")
            site.sendq()
            self.assertTrue(site.is_empty())
            self.assertEqual(len(site.messages("alice")), 3)

    def test_retry_makes_due_now(self):
        with Queue() as site:
            first, second = (site.put(address("alice"), place="cur", due=int(time.time()) + 3600) for _ in range(2))
            site.sendq("--retry", first)
            site.sendq()
            self.assertEqual(self.states(site), {second: "waiting"})
            site.sendq("--retry", "--all")
            site.sendq()
            self.assertEqual(len(site.messages("alice")), 2)

    def test_delete_throws_away_and_tells_nobody(self):
        with Queue() as site:
            first, second = site.put(address("alice")), site.put(address("alice"), place="hold")
            site.sendq("--delete", first)
            self.assertEqual(self.states(site), {second: "held"})
            site.sendq("--delete", "--all")
            site.sendq()
            self.assertTrue(site.is_empty())
            self.assertEqual(site.messages("alice"), [])

    def test_every_change_is_logged_with_the_id(self):
        with Queue() as site:
            ident = site.put(address("alice"))
            for change, event in (("--hold", 'held id={} why="sendq --hold"'), ("--release", "released id={}"),
                                  ("--retry", "retried id={}"), ("--delete", "deleted id={}")):
                done = site.sendq(change, ident)
                self.assertRegex(done.stderr.decode(), "^ts=[^ ]+ tool=sendq event=" + re.escape(event.format(ident)) + "\n$")

    def test_one_that_fails_keeps_no_other_from_its_turn(self):
        with Queue() as site:
            ident = site.put(address("alice"))
            done = site.sendq("--delete", "1.none", ident, ident, check=False)
            self.assertEqual(done.returncode, 75)
            self.assertEqual([line for line in done.stderr.decode().splitlines() if line.startswith("sendq: ")],
                             ["sendq: 1.none: no such message", f"sendq: {ident}: has just gone: somebody delivers it, or it is done"])
            self.assertTrue(site.is_empty())

    def test_an_id_may_be_abbreviated_while_it_is_unique(self):
        with Queue() as site:
            first, second = site.put(address("alice"), age=100), site.put(address("alice"))
            done = site.sendq("--hold", first[0], check=False)
            self.assertEqual((done.returncode, done.stderr), (67, f"sendq: {first[0]}: more than one message's id begins so\n".encode()))
            site.sendq("--hold", first.split(".")[0])
            self.assertEqual(self.states(site), {first: "held", second: "new"})


class ExitStatus(unittest.TestCase):
    """EXIT STATUS of sendq(8), from its top to its end."""

    def check(self, site, status, message, *args):
        done = site.sendq(*args, check=False)
        self.assertEqual((done.returncode, done.stderr.decode()), (status, f"sendq: {message}\n" if message else ""))

    def test_64_for_a_wrong_command_line(self):
        one_action = "one of --watch, --list, --show, --why, --plan, --hold, --release, --retry, --bounce, --delete at a time"
        with Queue() as site:
            ident = site.put(address("alice"))
            for message, args in (("name messages, or --all", ["--hold"]), (one_action, ["--list", "--watch"]),
                                  (one_action, ["--hold", "--delete", ident]),
                                  ("--all goes with --hold, --release, --retry, --bounce, --delete", ["--all"]),
                                  ("what about these messages?", [ident]), ("name messages", ["--show"]),
                                  ("name messages, or --all", ["--delete", "--all", "x"]),
                                  ("an id is empty", ["--delete", ""]), ("--json goes with an action", ["--json"]),
                                  ("--json goes with an action", ["--watch", "--json"])):
                with self.subTest(args=args):
                    self.check(site, 64, message, *args)
            self.assertEqual([one["state"] for one in site.listed()], ["new"])

    def test_65_for_a_file_that_is_no_message(self):
        with Queue() as site:
            (site.spool / "hold" / "1.x,S=5,W=5").write_text("x")
            site.give(site.spool)
            self.check(site, 65, "1.x: file is shorter than its name says", "--show", "1.x")
            self.check(site, 0, "1.x: file is shorter than its name says", "--list")

    def test_67_for_a_message_that_is_not_there(self):
        with Queue() as site:
            for action in ("--show", "--hold", "--release", "--retry", "--delete"):
                self.check(site, 67, "1.none: no such message", action, "1.none")

    def test_69_for_a_message_in_another_state_75_for_one_that_is_being_delivered(self):
        with Queue() as site:
            held, new, active = site.put(address("alice"), place="hold"), site.put(address("alice")), site.put(address("alice"))
            claim = site.spool / "work" / f"mail.{DOMAIN}.1.1"
            claim.mkdir()
            name = next(name for name in site.files("new") if name.startswith(active))
            (site.spool / "new" / name).rename(claim / name)
            site.give(claim)
            self.check(site, 69, f"{held}: is held; release it", "--retry", held)
            self.check(site, 69, f"{new}: is not held", "--release", new)
            for action in ("--hold", "--retry", "--delete"):
                self.check(site, 75, f"{active}: is being delivered", action, active)
            self.assertIn(b"state: active\n", site.sendq("--show", active).stdout)

    def test_75_when_local_delivery_is_out_of_reach(self):
        with Queue() as site:
            nobody = f"unix:{site.dir}/nobody"
            self.check(site, 0, "", "--local-delivery", f"lmtp:{nobody}")  # nothing to do
            for where, what in ((f"lmtp:{nobody}", f"connect to {nobody}: No such file or directory"),
                                ("/bin/true", "/bin/true: peer closed the connection")):
                site.put(address("alice"))
                done = site.sendq("--local-delivery", where, check=False)
                self.assertEqual(done.returncode, 75)
                log, said = done.stderr.decode().splitlines()
                self.assertIn(f'reply="451 4.4.1 local delivery: {what}"', log)
                self.assertEqual(said, f"sendq: local delivery: {what}")

    def test_77_when_the_spool_is_somebody_elses(self):
        with Queue() as site:
            other = site.dir / "other"
            other.mkdir(mode=0)
            self.check(site, 77, f"open directory {other}/tmp: Permission denied", "--spool", other, "--list")

    def test_78_for_wrong_users_or_aliases(self):
        with Queue() as site:
            self.check(site, 78, f"users: open {site.dir}/none: No such file or directory", "--users", site.dir / "none")
            self.check(site, 78, f"aliases: {site.dir}: read: Is a directory", "--aliases", site.dir)
            self.check(site, 78, "address '': no port (ADDRESS:PORT, [ADDRESS]:PORT, *:PORT or unix:PATH)", "--local-delivery", "lmtp:")


if __name__ == "__main__":
    unittest.main()
