# SPDX-License-Identifier: ISC
"""A strict reader of IMAP's responses: it refuses (Malformed) all that the grammar of RFC 3501 section 9 does, with BINARY of
RFC 3516 and SORT and THREAD of RFC 5256. Strings become bytes however they were written, NIL is None, lists are tuples.

    for response in read_answer(file, "a1"): response.kind, response.number, response.value
"""
import collections
import re

Response = collections.namedtuple("Response", "kind number value")

ATOM = re.compile(rb"[^\x00-\x20\x7f-\xff(){%*\"\\\]]+")
FLAG = re.compile(rb"\\?[^\x00-\x20\x7f-\xff(){%*\"\\\]]+")
LIST_MAILBOX = re.compile(rb"[^\x00-\x20\x7f-\xff(){\"\\]+")
NUMBER = re.compile(rb"\d+")
QUOTED = re.compile(rb'"((?:[^"\\\r\n\0\x80-\xff]|\\["\\])*)"')
LITERAL = re.compile(rb"(~?)\{(\d+)\}\r\n")
DATE_TIME = re.compile(rb'"((?: \d|\d\d)-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{4} \d\d:\d\d:\d\d [+-]\d{4})"')
NAMES = rb"[^\x00-\x20\x7f-\xff(){%*\"\\\]]+|\"[^\"\\\r\n\0\x80-\xff]*\""
FIELDS = rb"HEADER\.FIELDS(?:\.NOT)? \((?:" + NAMES + rb")(?: (?:" + NAMES + rb"))*\)"
PART = rb"[1-9]\d*(?:\.[1-9]\d*)*"
SECTION = re.compile(rb"BODY\[((?:HEADER|TEXT|" + FIELDS + rb"|" + PART + rb"(?:\.(?:HEADER|TEXT|MIME|" + FIELDS + rb"))?)?)\]"
                     rb"((?:<\d+>)?) ")
BINARY = re.compile(rb"BINARY\[((?:" + PART + rb")?)\]((?:<\d+>)?) ")
BINARY_SIZE = re.compile(rb"BINARY\.SIZE\[((?:" + PART + rb")?)\] ")
PLAIN_ITEM = re.compile(rb"(FLAGS|ENVELOPE|INTERNALDATE|RFC822\.SIZE|RFC822\.HEADER|RFC822\.TEXT|RFC822|BODYSTRUCTURE|BODY|UID) ")
TEXT_LINE = re.compile(rb"(OK|NO|BAD|BYE|PREAUTH) ((?:\[[^\]\r\n\0\x80-\xff]+\] )?)([^\r\n\0\x80-\xff]+)\r\n")
ENDS_IN_LITERAL = re.compile(rb"\{(\d+)\}\r\n\Z")


class Malformed(Exception):
    pass


def read_octets(file):
    """A response with its literals, as it came."""
    text = bytearray()
    while True:
        line = file.readline()
        if not line.endswith(b"\r\n"):
            raise Malformed(f"a response that is not ended: {line[-200:]!r}")
        text += line
        literal = ENDS_IN_LITERAL.search(line)
        if literal is None or TEXT_LINE.match(text, text.find(b" ") + 1):
            return bytes(text)
        octets = file.read(int(literal[1]))
        if len(octets) != int(literal[1]):
            raise Malformed("a literal that is not ended")
        text += octets


def read_answer(file, tag):
    """Every response to the command with this tag; the last one is the tagged one."""
    responses = []
    while True:
        text = read_octets(file)
        responses.append(Parser(text).response(tag))
        if not text.startswith(b"* "):
            return responses


class Parser:
    def __init__(self, text):
        self.text, self.at = text, 0

    # -- what all rules are made of

    def fail(self, wanted):
        near = self.text[max(0, self.at - 60):self.at], self.text[self.at:self.at + 60]
        raise Malformed(f"wanted {wanted} at {self.at}: {near[0]!r} HERE {near[1]!r}")

    def sees(self, octets):
        return self.text.startswith(octets, self.at)

    def take(self, octets):
        """Goes past them where they stand here."""
        found = self.sees(octets)
        if found:
            self.at += len(octets)
        return found

    def expect(self, octets):
        if not self.take(octets):
            self.fail(repr(octets))

    def match(self, pattern, what):
        found = pattern.match(self.text, self.at)
        if found is None:
            self.fail(what)
        self.at = found.end()
        return found

    def number(self):
        number = int(self.match(NUMBER, "number")[0])
        if number > 0xFFFFFFFF:
            self.fail("number below 2**32")
        return number

    def nz_number(self):
        if self.sees(b"0"):
            self.fail("nz-number")
        return self.number()

    def string(self, is_binary=False):
        if self.sees(b'"'):
            return re.sub(rb"\\(.)", rb"\1", self.match(QUOTED, "quoted")[1])
        found = self.match(LITERAL, "string")
        octets = self.text[self.at:self.at + int(found[2])]
        if found[1] and not is_binary:
            self.fail("literal, not literal8")
        if b"\0" in octets and not found[1]:
            self.fail("literal without NUL")
        self.at += len(octets)
        return octets

    def nstring(self, is_binary=False):
        return None if self.take(b"NIL") else self.string(is_binary)

    def astring(self, pattern):
        return self.string() if self.sees(b'"') or self.sees(b"{") else self.match(pattern, "astring")[0]

    def several(self, rule, least=1, between=b" "):
        """( rule between rule ... )"""
        self.expect(b"(")
        found = []
        while not self.take(b")"):
            if found:
                self.expect(between)
            found.append(rule())
        if len(found) < least:
            self.fail("a list that is not empty")
        return tuple(found)

    # -- responses

    def response(self, tag):
        if not self.take(b"* "):
            self.expect(tag.encode() + b" ")
            found = self.match(TEXT_LINE, "resp-cond-state")
            return self.ended(Response("tagged", None, (found[1].decode(), found[2], found[3])))
        status = TEXT_LINE.match(self.text, self.at)
        if status:
            self.at = status.end()
            return self.ended(Response(status[1].decode(), None, (status[2], status[3])))
        number = self.number() if self.text[self.at:self.at + 1].isdigit() else None
        if number is not None:
            self.expect(b" ")
        kind = self.match(ATOM, "response")[0].decode()
        rule = (self.NUMBERED if number is not None else self.PLAIN).get(kind)
        if rule is None:
            self.fail("a known response")
        value = rule(self)
        self.expect(b"\r\n")
        return self.ended(Response(kind, number, value))

    def ended(self, response):
        if self.at != len(self.text):
            self.fail("the end")
        return response

    def numbers(self):
        found = []
        while self.take(b" "):
            found.append(self.nz_number())
        return tuple(found)

    def flags(self):
        self.expect(b" ")
        return self.several(lambda: self.match(FLAG, "flag")[0], least=0)

    def words(self):
        found = []
        while self.take(b" "):
            found.append(self.match(ATOM, "atom")[0])
        return tuple(found)

    def mailbox_list(self):
        attributes = self.flags()
        self.expect(b" ")
        separator = None if self.take(b"NIL") else self.match(re.compile(rb'"([^"\\\r\n]|\\["\\])"'), "QUOTED-CHAR")[1]
        self.expect(b" ")
        return attributes, separator, self.astring(LIST_MAILBOX)

    def status(self):
        self.expect(b" ")
        name = self.astring(ATOM)
        self.expect(b" ")

        def one():
            attribute = self.match(ATOM, "status-att")[0]
            self.expect(b" ")
            return attribute, self.number()
        return name, dict(self.several(one, least=0))

    def thread(self):
        """A thread: its numbers, and then the threads that begin behind the last of them."""
        self.expect(b"(")
        line, nested = [], []
        if not self.sees(b"("):
            line.append(self.nz_number())
            while self.take(b" "):
                if self.sees(b"("):
                    break
                line.append(self.nz_number())
        while self.sees(b"("):
            nested.append(self.thread())
        if len(nested) == 1 or self.text[self.at - 1:self.at] == b" ":
            self.fail("two threads, or none")
        self.expect(b")")
        return tuple(line), tuple(nested)

    def threads(self):
        found = []
        if self.take(b" "):
            found.append(self.thread())
            while self.sees(b"("):
                found.append(self.thread())
        return tuple(found)

    # -- FETCH: section 7.4.2

    def fetch(self):
        self.expect(b" ")
        return dict(self.several(self.item))

    def item(self):
        for pattern, rule in ((SECTION, self.nstring), (BINARY, lambda: self.nstring(True)), (BINARY_SIZE, self.number)):
            found = pattern.match(self.text, self.at)
            if found:
                self.at = found.end()
                return found[0][:-1].decode().upper().replace('"', ""), rule()
        name = self.match(PLAIN_ITEM, "msg-att")[1].decode()
        if name == "FLAGS":
            return name, frozenset(self.several(lambda: self.match(FLAG, "flag")[0], least=0))
        return name, {"ENVELOPE": self.envelope, "INTERNALDATE": lambda: self.match(DATE_TIME, "date-time")[1],
                      "RFC822.SIZE": self.number, "UID": self.nz_number, "BODY": lambda: self.body(False),
                      "BODYSTRUCTURE": lambda: self.body(True)}.get(name, self.nstring)()

    def nil_or(self, rule):
        return None if self.take(b"NIL") else rule()

    def address(self):
        self.expect(b"(")
        name = self.nstring()
        rest = [self.spaced(self.nstring) for _ in range(3)]
        self.expect(b")")
        return (name, *rest)

    def spaced(self, rule, *args):
        self.expect(b" ")
        return rule(*args)

    def envelope(self):
        self.expect(b"(")
        found = [self.nstring(), self.spaced(self.nstring)]
        for _ in range(6):
            found.append(self.spaced(self.nil_or, lambda: self.several(self.address, between=b"")))
        found += [self.spaced(self.nstring), self.spaced(self.nstring)]
        self.expect(b")")
        return tuple(found)

    def parameters(self):
        def pair():
            name = self.string()
            return name, self.spaced(self.string)
        return self.nil_or(lambda: self.several(pair))

    def disposition(self):
        self.expect(b"(")
        kind = self.string()
        parameters = self.spaced(self.parameters)
        self.expect(b")")
        return kind, parameters

    def language(self):
        return self.several(self.string) if self.sees(b"(") else self.nstring()

    def extension(self):
        if self.sees(b"("):
            return self.several(self.extension)
        return self.number() if self.text[self.at:self.at + 1].isdigit() else self.nstring()

    def extensions(self, first):
        """MD5 or parameters, disposition, language, location; what does not stand there is missing in the tuple."""
        rules = [first, lambda: self.nil_or(self.disposition), self.language, self.nstring]
        found = []
        while self.take(b" "):
            found.append(rules[len(found)]() if len(found) < len(rules) else self.extension())
        return tuple(found)

    def body(self, is_extensible):
        self.expect(b"(")
        is_multipart = self.sees(b"(")
        found = self.multipart(is_extensible) if is_multipart else self.one_part(is_extensible)
        if is_extensible:
            found["extensions"] = self.extensions(self.parameters if is_multipart else self.nstring)
        self.expect(b")")
        return found

    def multipart(self, is_extensible):
        parts = []
        while self.sees(b"("):
            parts.append(self.body(is_extensible))
        return {"parts": parts, "type": b"multipart", "subtype": self.spaced(self.string)}

    def one_part(self, is_extensible):
        found = {"type": self.string(), "subtype": self.spaced(self.string), "parameters": self.spaced(self.parameters),
                 "id": self.spaced(self.nstring), "description": self.spaced(self.nstring),
                 "encoding": self.spaced(self.string), "octets": self.spaced(self.number)}
        name = (found["type"] + b"/" + found["subtype"]).lower()
        if name == b"message/rfc822":
            found["envelope"] = self.spaced(self.envelope)
            found["parts"] = [self.spaced(self.body, is_extensible)]
        if name == b"message/rfc822" or name.startswith(b"text/"):
            found["lines"] = self.spaced(self.number)
        return found

    PLAIN = {"SEARCH": numbers, "SORT": numbers, "THREAD": threads, "FLAGS": flags, "LIST": mailbox_list, "LSUB": mailbox_list,
             "STATUS": status, "CAPABILITY": words, "ENABLED": words}
    NUMBERED = {"FETCH": fetch, "EXISTS": lambda self: None, "RECENT": lambda self: None, "EXPUNGE": lambda self: None}
