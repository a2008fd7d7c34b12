# SPDX-License-Identifier: ISC
"""A mailbox of many messages that answer each other. The files are made once; each server's Maildir has links to them."""
import email.utils
import os

from harness.messages import Generator
from harness.server import give
from mailsite import NOBODY

BEGAN = 1_600_000_000
PAUSE = 600          # seconds between two messages
NEEDLE = "needle"    # a word in the body of one message of a thousand
REPLIES = 0.6        # how many of the messages answer another one


class Conversations(Generator):
    def __init__(self):
        super().__init__()
        self.references = {}

    def header(self, number):
        thread = self.thread(number)
        subject = f"Subject: {'Re: ' if len(thread) > 1 else ''}{self.random.choice(('=?utf-8?q?Gr=C3=BC=C3=9Fe?=', 'minutes', 'order'))} {thread[0]}\n"
        answers = ""
        if len(thread) > 1:
            answers = f"In-Reply-To: <{thread[-2]}.bench@client.example>\nReferences: " + "\n\t".join(
                f"<{one}.bench@client.example>" for one in thread[:-1]) + "\n"
        date = email.utils.formatdate(BEGAN + number * PAUSE - self.random.randint(0, PAUSE * 3))
        lines = super().header(number).splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith(("Subject:", "Date:"))) + f"Date: {date}\n{subject}{answers}"

    def thread(self, number):
        """The numbers of those that it answers, and its own."""
        if number not in self.references:
            parent = self.references.get(number - self.random.randint(1, 300))
            is_reply = parent and len(parent) < 12 and self.random.random() < REPLIES
            self.references[number] = [*(parent if is_reply else []), number]
        return self.references[number]


class Mailbox:
    """So many messages below a directory on the file system that the Maildirs are on."""

    def __init__(self, directory, count):
        self.directory = directory
        self.names = []
        conversations = Conversations()
        for number in range(count):
            text = conversations.message(number)
            if number % 1000 == 0:
                text = text[:-1] + f"\nThere is a {NEEDLE} here.\n"
            octets = text.encode()
            self.names.append(self.make_file(number, octets))

    def make_file(self, number, octets):
        time = BEGAN + number * PAUSE
        name = f"{time}.M{number:06}P1.client,S={len(octets)},W={len(octets) + octets.count(10)}:2,{'S' if number % 5 else ''}"
        path = self.directory / name
        path.write_bytes(octets)
        path.chmod(0o600)
        os.chown(path, NOBODY, -1)
        os.utime(path, (time, time))
        return name

    def fill(self, server, user):
        """The Maildir holds these messages and nothing else: no folder, no index, no UIDs."""
        server.make_maildir(user)
        cur = server.maildir(user) / "cur"
        for name in self.names:
            os.link(self.directory / name, cur / name)
        give(cur, NOBODY)
