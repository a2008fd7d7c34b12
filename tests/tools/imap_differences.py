# SPDX-License-Identifier: ISC
"""Where imapd and Dovecot are known to differ, each with the RFC section that makes imapd right, or lets both be."""
import collections
import re

# number: of the message, or None; name: its name; path: where in the answer; mine and other: the values; text: the message.
Difference = collections.namedtuple("Difference", "command number name path mine other text")
Class = collections.namedtuple("Class", "what section explains")

FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
CRLF = re.compile(rb"\r?\n")


def has_foreign_line(text):
    """Before the first empty line stands one that is neither a field nor more of one."""
    lines = CRLF.split(text)
    if lines[0].startswith(b"From "):
        del lines[0]
    is_field = False
    for line in lines[:lines.index(b"")] if b"" in lines else lines:
        if line[:1] not in (b" ", b"\t") or not is_field:
            is_field = FIELD.match(line) is not None
            if not is_field:
                return True
        if is_field and not line.strip():
            return True
    return False


def has_message_in_base64(text):
    """Both fields stand in one block of lines."""
    return any(b"message/rfc822" in block and re.search(rb"transfer-encoding:\s*base64", block)
               for block in text.replace(b"\r", b"").lower().split(b"\n\n"))


def without_mbox_line(octets):
    return octets.split(b"\r\n", 1)[-1] if octets.startswith(b"From ") else None


def one_blank(value):
    return re.sub(rb"\s+", b" ", value).strip() if isinstance(value, bytes) else value


def is_envelope(d):
    return "ENVELOPE" in d.path or "envelope" in d.path


def item(d):
    return d.path[0] if isinstance(d.path[0], str) else ""


def is_octets(d):
    return isinstance(d.mine, bytes) and isinstance(d.other, bytes)


def is_section(d):
    return item(d).startswith(("BODY[", "BINARY["))


def is_parameter(d):
    return "parameters" in d.path or "extensions" in d.path


def named(*names):
    return lambda d: d.name in names


def placeholders(d):
    return is_envelope(d) and re.search(rb"MISSING_DOMAIN|MISSING_MAILBOX|SYNTAX_ERROR", repr(d.other).encode()) is not None


def sees_recent(d):
    if item(d) == "FLAGS":
        return d.mine ^ d.other == {b"\\Recent"}
    return d.path[-1] == b"RECENT" or (item(d) == "SEARCH" and re.search(rb" (OLD|NEW|RECENT)$", d.command))


def line_end_of_delimiter(d):
    if d.path[-1] in ("octets", "lines") or item(d).startswith("BINARY.SIZE"):
        return d.mine is not None and d.other is not None and d.other - d.mine == (1 if d.path[-1] == "lines" else 2)
    return is_octets(d) and is_section(d) and d.mine + b"\r\n" == d.other


def lines_of_text(d):
    if item(d).startswith("BINARY.SIZE"):
        return d.mine and d.other and d.mine > d.other and re.search(rb"(?i)encoding:\s*(base64|quoted)", d.text)
    return item(d).startswith("BINARY[") and is_octets(d) and (
        d.mine.replace(b"\r\n", b"\n") == d.other.replace(b"\r\n", b"\n") or ("<" in item(d) and b"\r\n" in d.mine and b"\r\n" not in d.other))


CLASSES = [
    Class("the header ends where a line is no field", "RFC 5322 section 2.2", lambda d: d.number and has_foreign_line(d.text)),
    Class("an mbox's line is no field of the header", "RFC 5322 section 2.2",
          lambda d: is_section(d) and is_octets(d) and without_mbox_line(d.other) == d.mine),
    Class("a part that is not there is NIL, not empty", "RFC 3501 section 4.5",
          lambda d: is_section(d) and d.mine is None and d.other == b""),
    Class("a part that is no multipart has no parts", "RFC 3501 section 6.4.5",
          lambda d: is_section(d) and d.mine is None and re.search(r"\[[\d.]*\.1\b", item(d))),
    Class("what was found in cur/ is not recent", "RFC 3501 section 2.3.2", sees_recent),
    Class("a message without a date was sent before no day", "RFC 3501 section 6.4.4",
          lambda d: d.command.startswith(b"SEARCH SENTBEFORE") and not d.mine and d.other),
    Class("unfolding takes line ends away, and no blanks", "RFC 5322 section 2.2.3",
          lambda d: is_envelope(d) and is_octets(d) and one_blank(d.mine) == one_blank(d.other)),
    Class("a search sees what unfolding leaves", "RFC 5322 section 2.2.3", named("a folded subject")),
    Class("what an address has not is empty", "RFC 3501 section 7.4.2", placeholders),
    Class("of a broken address what can be read is told", "RFC 5322 section 3.4", named(
        "no domain", "an open quote in From", "an open angle in From", "./spam-2/00130.1ad579dc65cd646549fe87f565bdec5c.txt",
        "./spam-2/00080.2dda9e4297c6b66bff478c9d2d3756f1.txt")),
    Class("the name of who has none is the address as it is told", "RFC 5957 section 3",
          lambda d: b"(DISPLAY" in d.command and re.search(rb"(?m)^(From|To):[^@\n]*$", d.text)),
    Class("of fields that may stand once the first counts", "RFC 5322 section 4.5", named("two subjects", "two dates")),
    Class("what has no valid type is text/plain", "RFC 2045 section 5.2",
          lambda d: (d.path[-1] in ("type", "subtype") and d.other == b"") or (d.path[-1] == "lines" and d.other is None)),
    Class("what has no valid type is text/plain in us-ascii", "RFC 2045 section 5.2", lambda d: d.path[-1] == "parameters" and
          d.mine == ((b"charset", b"us-ascii"),) and d.other is None),
    Class("no charset is told of a type that has other parameters", "RFC 3501 section 7.4.2", lambda d:
          "parameters" in d.path and isinstance(d.other, tuple) and d.other[-1:] == ((b"charset", b"us-ascii"),)),
    Class("a multipart without a boundary is octets", "RFC 2046 section 5.1.1", named("no boundary", "an empty boundary")),
    Class("semicolons may repeat", "RFC 2045 section 5.1", named("mimetools-testmsgs/double-semicolon.msg")),
    Class("a line end before a delimiter ends an empty header, too", "departs from RFC 2046 section 5.1.1",
          lambda d: re.search(r"MIME\]|HEADER\]", item(d)) and is_octets(d) and d.mine == d.other + b"\r\n"),
    Class("message/global is opened by its numbers", "RFC 9051 section 6.4.5.1", named("message/global")),
    Class("no more than 70 octets of a boundary tell it from others", "RFC 2046 section 5.1.1", lambda d: d.name and "long-boundary" in d.name),
    Class("a message in base64 is octets", "RFC 2046 section 5.2.1", lambda d: d.number and has_message_in_base64(d.text)),
    Class("the line end before a delimiter is the delimiter's", "RFC 2046 section 5.1.1", line_end_of_delimiter),
    Class("the parameters are those of the field", "RFC 3501 section 7.4.2", lambda d: is_parameter(d) and d.number and b"*" in d.text),
    Class("a parameter without a value is none", "RFC 2045 section 5.1", named("a parameter without a value")),
    Class("a value without its quotes is whole", "RFC 2045 section 5.1", named("a parameter that is not quoted")),
    Class("a disposition without a type is none", "RFC 2183 section 2", named("a broken disposition")),
    Class("no empty line where the message has none", "RFC 9051 section 6.4.5.1", lambda d: "HEADER.FIELDS" in item(d) and
          d.number and b"\n\n" not in d.text.replace(b"\r", b"") and d.name != "nothing but a line end"),
    Class("NUL is an octet that is no NUL", "RFC 3501 section 4.3.1", named("a NUL in the header")),
    Class("CR alone is no line end", "RFC 5322 section 2.3", named("bare CR in the header")),
    Class("8-bit text without a charset is UTF-8, or else Latin 1", "RFC 3501 section 6.4.4",
          lambda d: item(d) in ("SEARCH", "SORT", "THREAD") and d.number and
          (re.search(rb"(?m)^(Subject|From):.*[\x80-\xff]", d.text) or "8-bit header" in d.name)),
    Class("a day that is none is an invalid argument", "RFC 3501 section 6.4.4", lambda d: b"31-Feb" in d.command),
    Class("dates in other forms are understood", "RFC 5322 section 4.3", named(
        "a date in another order", "./spam-1/00187.efd97ab2034b3384606e21db00014ecb.txt")),
    Class("an encoded word that can't be decoded stands as it is", "RFC 2047 section 6.2", named("a broken encoded word")),
    Class("what is no message-id refers to nothing", "RFC 5256 section 3", named("thread 9")),
    Class("folders tell their use in a plain LIST, too", "RFC 6154 section 2", lambda d: item(d) == "" and
          d.path[0][0] == "LIST" and d.mine - d.other == {b"\\Sent"}),
    Class("LSUB says what LIST says, with children", "RFC 3501 section 6.3.9",
          lambda d: d.path[0][0] == "LSUB" and d.other <= d.mine and all(flag.startswith((b"\\Has", b"\\Sent", b"\\Noselect"))
                                                                        for flag in d.mine - d.other)),
    Class("of a multipart its own encoding is decoded, not those in it", "RFC 9051 section 6.4.5", lambda d: is_octets(d) and
          item(d) == "BINARY[2]" and d.mine.startswith(d.other[:50]) and re.search(rb"(?i)\ncontent-transfer-encoding", d.mine)),
    Class("text has CRLF line ends in BINARY", "RFC 2046 section 4.1.1", lines_of_text),
    Class("what is broken in an encoding does not make it unknown", "RFC 3516 section 4.3", lambda d: b"BINARY" in d.command and
          (d.mine, d.other) == ("OK", "NO")),
    Class("what can be decoded is told", "RFC 3516 section 4.3", lambda d: item(d).startswith("BINARY") and d.other is None),
    Class("no UID is told that nobody asked for", "RFC 3501 section 7.4.2", lambda d: item(d) == "UID" and d.mine is None),
    Class("Dovecot ends the connection", "RFC 3501 section 7.1.5", lambda d: d.other == "gone"),
]
