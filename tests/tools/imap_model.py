# SPDX-License-Identifier: ISC
"""What many sessions of IMAP may see of the same mailboxes: who is told something else raises Wrong.

World and Box: what all have done together. View: what one client knows by what it was told, and nothing else.
"""
import bisect
import collections
import threading

FLAGS = ["\\Seen", "\\Flagged", "\\Answered", "\\Draft", "\\Deleted", "$Forwarded", "work"]
Change = collections.namedtuple("Change", "start end value")


class Wrong(AssertionError):
    pass


def require(condition, *what):
    if not condition:
        raise Wrong(" ".join(map(str, what)))


def parse_set(text):
    """[1, 2, 3, 7] of "1:3,7"."""
    numbers = []
    for part in text.split(","):
        first, _, last = part.partition(":")
        numbers.extend(range(int(first), int(last or first) + 1))
    return numbers


class Box:
    """A mailbox. A UID names one message for ever; it goes only when somebody has marked it \\Deleted, or moved it."""

    def __init__(self, name):
        self.name = name
        self.validity = None
        self.tokens = {}  # UID → what tells this message from all others
        self.explained = set()  # UIDs that an answer has told
        self.removable = set()  # UIDs
        self.moved = set()
        self.moving = collections.Counter()  # UIDs, of commands that were not answered
        self.copying = collections.Counter()  # tokens
        self.recent = {}  # UID → the View that was told so
        self.modseqs = {}
        self.highest = 0
        self.changes = collections.defaultdict(list)  # (UID, flag) → what may be the last change of it

    def learn(self, uid, token):
        require(self.tokens.setdefault(uid, token) == token, self.name, "UID", uid, "was", self.tokens[uid], "and is", token)

    def change(self, uid, flag, change, is_certain):
        """is_certain: it is known to have happened in that time. What had ended before then is not the last one."""
        changes = self.changes[uid, flag]
        if not changes:
            changes.append(Change(0, 0, None))
        if is_certain:
            changes[:] = [one for one in changes if one.end >= change.start]
        changes.append(change)
        if flag == "\\Deleted" and change.value:
            self.removable.add(uid)

    def may_have(self, uid, flag, value):
        changes = self.changes.get((uid, flag))
        return not changes or any(one.value in (value, None) for one in changes)


class World:
    def __init__(self, names):
        self.boxes = {name: Box(name) for name in names}
        self.lock = threading.RLock()
        self.sizes = {}  # token → octets on the wire
        self.allowed = collections.Counter()  # (mailbox, token) → UIDs that no answer has told: delivered, or in flight when killed
        self.count = 0

    def new_token(self, is_free):
        """A message that is not free is never marked \\Deleted, and never moved: it must be there in the end."""
        with self.lock:
            self.count += 1
            return f"{'free' if is_free else 'keep'}-{self.count}"

    def learn(self, box, uid, token, size=None):
        with self.lock:
            self.boxes[box].learn(uid, token)
            if size is not None:
                require(self.sizes.setdefault(token, size) == size, token, "had", self.sizes[token], "octets, and has", size)

    def appended(self, box, uids, tokens, flags, span):
        with self.lock:
            for uid, token in zip(uids, tokens, strict=True):
                self.explain(box, uid, token)
                for flag in FLAGS:
                    self.boxes[box].change(uid, flag, Change(*span, flag in flags), True)

    def explain(self, box, uid, token):
        box = self.boxes[box]
        require(uid not in box.explained, box.name, "UID", uid, "was given twice")
        box.explained.add(uid)
        box.learn(uid, token)

    def copied(self, source, target, pairs, is_move):
        """COPYUID tells them; their flags are any."""
        with self.lock:
            for uid, new in pairs:
                self.explain(target, new, self.boxes[source].tokens[uid])
                if uid in self.boxes[source].removable:
                    self.boxes[target].removable.add(new)
                if not is_move:
                    continue
                require(uid not in self.boxes[source].moved, source, "UID", uid, "was moved twice")
                self.boxes[source].moved.add(uid)

    def told_modseqs(self, box, told, before):
        """told: UID → MODSEQ; before: a copy of what was known when the command began."""
        with self.lock:
            known = self.boxes[box].modseqs
            for uid, modseq in told.items():
                require(modseq >= before.get(uid, 0), box, "UID", uid, "had MODSEQ", before.get(uid), "and has", modseq)
                known[uid] = max(modseq, known.get(uid, 0))

    # -- when all is quiet

    def check(self, name, present, flags):
        """present: UID → token, and flags: UID → flags, of a session that has just begun."""
        box = self.boxes[name]
        for uid, token in present.items():
            box.learn(uid, token)
        self.check_lost(box, present)
        unexplained = collections.Counter(token for uid, token in box.tokens.items() if uid not in box.explained)
        for token, count in unexplained.items():
            require(count <= self.allowed[name, token], name, token, "is there", count, "times more than it was stored")
        for uid, has in flags.items():
            for flag in FLAGS:
                require(box.may_have(uid, flag, flag in has), name, "UID", uid, box.tokens[uid], "has", sorted(has), "but last",
                        flag, box.changes.get((uid, flag)))

    def settle_copies(self):
        """Nobody is at work: what killed sessions have copied is there or not, with any flags."""
        with self.lock:
            for box in self.boxes.values():
                box.removable.update(uid for uid, token in box.tokens.items() if box.copying[token] > 0)
                box.copying.clear()

    def check_lost(self, box, present):
        for uid, token in box.tokens.items():
            if uid in present:
                require(uid not in box.moved, box.name, "UID", uid, token, "was moved and is there")
                continue
            require(uid in box.removable, box.name, "UID", uid, token, "is lost")
            require(uid in box.moved or box.moving[uid] or box.may_have(uid, "\\Deleted", True), box.name, "UID", uid, token, "is lost: it was undeleted",
                    box.changes.get((uid, "\\Deleted")))


class View:
    """A selected mailbox as its client knows it."""

    def __init__(self, world, name):
        self.world, self.name, self.box = world, name, world.boxes[name]
        self.uids = []  # by sequence number; None: not known yet
        self.flags = {}  # UID → set
        self.validity = None
        self.uid_next = 0
        self.modseq = 0  # as RFC 7162 section 6 has it
        self.opened_at = 0  # its HIGHESTMODSEQ then
        self.earlier = set()  # VANISHED (EARLIER)
        self.is_known = False  # the UIDs of what SELECT has told are

    def exists(self, count):
        require(count >= len(self.uids), self.name, count, "EXISTS, and there were", len(self.uids))
        self.uids += [None] * (count - len(self.uids))

    def expunge(self, sequence):
        require(1 <= sequence <= len(self.uids), self.name, "EXPUNGE", sequence, "of", len(self.uids))
        self.gone(self.uids.pop(sequence - 1))

    def gone(self, uid):
        if uid is None:
            return
        self.flags.pop(uid, None)
        with self.world.lock:
            token = self.box.tokens.get(uid)
            # A copy that was not answered yet: its source may be \\Deleted, and nobody may know what it is.
            is_copy = self.box.copying[token] if token else any(self.box.copying.values())
            may_go = uid in self.box.removable or is_copy
            require(may_go, self.name, "UID", uid, token, "was expunged by nobody")

    def vanished(self, uids):
        for uid in uids:
            if uid in self.uids:
                self.uids.remove(uid)
            else:
                self.uids.pop(self.unknown_place(uid))
            self.gone(uid)

    def unknown_place(self, uid):
        """Of a message that the client has not asked about yet."""
        known = [(one, place) for place, one in enumerate(self.uids) if one is not None]
        at = bisect.bisect([one for one, _ in known], uid)
        before = known[at - 1][1] if at else -1
        after = known[at][1] if at < len(known) else len(self.uids)
        require(after - before > 1, self.name, "VANISHED", uid, "was not there")
        return before + 1

    def fetched(self, sequence, uid, flags):
        require(1 <= sequence <= len(self.uids), self.name, "FETCH", sequence, "of", len(self.uids))
        if uid is not None:
            self.take_uid(sequence, uid)
        uid = self.uids[sequence - 1]
        if flags is not None and uid is not None:
            self.flags[uid] = set(flags) - {"\\Recent"}
            if "\\Recent" in flags:
                with self.world.lock:
                    require(self.box.recent.setdefault(uid, self) is self, self.name, "UID", uid, "is \\Recent to two")
        return uid

    def take_uid(self, sequence, uid):
        known = self.uids[sequence - 1]
        require(known in (None, uid), self.name, "message", sequence, "was UID", known, "and is", uid)
        if known is not None:
            return
        before = [one for one in self.uids[:sequence - 1] if one is not None]
        after = [one for one in self.uids[sequence:] if one is not None]
        require((not before or before[-1] < uid) and (not after or uid < after[0]), self.name, "UID", uid, "out of order")
        require(uid >= self.uid_next or not self.is_known, self.name, "UID", uid, "and UIDNEXT was", self.uid_next)
        self.uids[sequence - 1] = uid

    def unknown(self):
        return [place for place, uid in enumerate(self.uids, 1) if uid is None]
