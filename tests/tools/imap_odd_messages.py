# SPDX-License-Identifier: ISC
"""Messages that servers see differently: each is named for what is odd in it. As they stand on disk."""
import base64

PLAIN = b"From: a@example.net\nSubject: inner\n\ninner body\n"


def message(*fields, body=b"body\n"):
    return b"".join(field + b"\n" for field in fields) + b"\n" + body


def multipart(boundary, *parts, fields=(), end=True, preamble=b"", epilogue=b"", subtype=b"mixed"):
    lines = preamble + b"".join(b"--%s\n%s\n" % (boundary, part) for part in parts)
    return message(b"From: a@example.net", b"MIME-Version: 1.0", *fields,
                   b'Content-Type: multipart/%s; boundary="%s"' % (subtype, boundary),
                   body=lines + (b"--%s--\n" % boundary if end else b"") + epilogue)


def deep(depth):
    """Multiparts in multiparts."""
    text = b"Content-Type: text/plain\n\ndeepest"
    for level in range(depth):
        text = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n%s\n--b%d--" % (level, level, text, level)
    return b"Subject: deep %d\nMIME-Version: 1.0\n" % depth + text + b"\n"


def wrapped(depth):
    """Messages in messages."""
    text = PLAIN
    for level in range(depth):
        text = b"Subject: wrapped %d\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\n" % level + text
    return text


def typed(*fields, body=b"body\n"):
    return message(b"Subject: typed", b"MIME-Version: 1.0", *fields, body=body)


ODD = {
    "nothing but a line end": b"\n",
    "a header only": b"Subject: header only\n",
    "a header without an empty line": b"Subject: no end\nFrom: a@example.net",
    "no header": b"\nOnly a body.\n",
    "a body where the header should be": b"This is no header field\nnor is this\n\nbody\n",
    "a field, then no field": b"Subject: first\nthis is none\nTo: b@example.net\n\nbody\n",
    "NULs in the body": message(b"Subject: nul body", body=b"a\0b\0\0c\n"),
    "a NUL in the header": message(b"Subject: nul\0header", b"From: a@example.net"),
    "bare CR in the body": message(b"Subject: bare cr", body=b"one\rtwo\r\rthree\n"),
    "bare CR in the header": message(b"Subject: bare\rcr header", b"From: a@example.net"),
    "CRLF line ends": message(b"Subject: crlf", b"From: a@example.net").replace(b"\n", b"\r\n"),
    "both line ends": b"Subject: mixed ends\r\nFrom: a@example.net\n\r\nbody\r\nmore\n",
    "no line end at the end": message(b"Subject: unended", body=b"last line"),
    "8-bit header in UTF-8": message("Subject: Grüße aus Köln".encode(), "From: Jürgen <j@example.net>".encode()),
    "8-bit header in Latin 1": message("Subject: Grüße aus Köln".encode("latin-1"), "From: Jürgen <j@example.net>".encode("latin-1")),
    "encoded words": message(b"Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= =?iso-8859-1?B?S/ZsbgA=?=", b"From: =?utf-8?B?SsO8cmdlbg==?= <j@example.net>"),
    "a broken encoded word": message(b"Subject: =?utf-8?B?!!!?= =?nowhere?Q?x?= =?utf-8?Q?open"),
    "an empty subject": message(b"Subject:", b"From: a@example.net", b"To:", b"Cc: "),
    "two subjects": message(b"Subject: one", b"Subject: two", b"From: a@example.net", b"From: b@example.net"),
    "a folded subject": message(b"Subject: a\n  folded\n\tsubject", b"To: a@example.net,\n b@example.net"),
    "a subject of blanks": message(b"Subject:    ", b"Date:  "),
    "a quote and a backslash in the subject": message(b'Subject: say "hi" \\ there', b'Message-ID: <"a\\"b"@example.net>'),
    "a long header": message(b"Subject: " + b"long " * 4000, b"From: a@example.net"),
    "a long header of many lines": message(*(b"X-Field-%d: value %d" % (n, n) for n in range(500))),
    "many addresses": message(b"To: " + b",\n ".join(b"user%d@example.net" % n for n in range(300))),
    "a group": message(b"To: friends: a@example.net, B <b@example.net>;, c@example.net", b"From: undisclosed-recipients:;"),
    "a route": message(b"From: <@a.example,@b.example:c@example.net>", b"To: D <@e.example:d@example.net>"),
    "comments in addresses": message(b"From: a@example.net (The (nested) Name)", b"To: (first) B (second) <b@example.net> (third)"),
    "quoted names": message(b'From: "Last, First" <a@example.net>', b'To: "a b"@example.net, "x\\"y" <z@example.net>'),
    "no domain": message(b"From: root", b"To: <postmaster>, a@, @example.net", b"Cc: <>"),
    "an open quote in From": message(b'From: "open <a@example.net>', b"To: a@example.net"),
    "an open angle in From": message(b"From: A <a@example.net", b"To: ,,, ;"),
    "dots in a name": message(b"From: John Q. Public <jqp@example.net>", b"To: J.Q. <a..b@example.net>, .c.@example.net"),
    "a domain literal": message(b"From: a@[192.0.2.1]", b"To: <b@[IPv6:2001:db8::1]>"),
    "no From but a Sender": message(b"Sender: s@example.net", b"Reply-To: r@example.net"),
    "an empty From, a Sender": message(b"From: ", b"Sender: s@example.net"),
    "a date with an obsolete zone": message(b"Subject: zone", b"Date: Tue, 3 Jun 2003 08:09:10 EDT"),
    "a date of two digits": message(b"Subject: year", b"Date: 3 Jun 03 08:09 +0200"),
    "a date that is none": message(b"Subject: broken date", b"Date: yesterday evening"),
    "a date without a zone": message(b"Subject: no zone", b"Date: Tue, 3 Jun 2003 23:59:59"),
    "a date of a wrong day": message(b"Subject: wrong day", b"Date: Mon, 31 Feb 2003 25:61:61 +9999"),
    "a date with a comment": message(b"Subject: comment", b"Date: Tue (what) , 3 Jun 2003 23:30:00 -0800 (PST)"),
    "a date in another order": message(b"Subject: ctime", b"Date: Tue Jun  3 08:09:10 2003"),
    "two dates": message(b"Date: Tue, 3 Jun 2003 08:09:10 +0000", b"Date: Tue, 4 Jun 2002 08:09:10 +0000"),
    "an mbox line first": b"From a@example.net Tue Jun  3 08:09:10 2003\n" + message(b"Subject: mbox"),
    "blanks before the colon": message(b"Subject : blank", b"From\t: a@example.net", b"Content-Type : text/html"),
    "a field without a name": message(b": nameless", b"Subject: after nameless"),
    "a header that begins folded": b" folded first\nSubject: after\n\nbody\n",
    "deep multiparts": deep(12),
    "messages in messages": wrapped(8),
    "no boundary": typed(b"Content-Type: multipart/mixed", body=b"--x\n\npart\n--x--\n"),
    "an empty boundary": typed(b'Content-Type: multipart/mixed; boundary=""', body=b"--\n\npart\n----\n"),
    "a boundary that never comes": typed(b"Content-Type: multipart/mixed; boundary=x", body=b"no part\n"),
    "an empty multipart": multipart(b"x"),
    "a multipart without an end": multipart(b"x", b"\none", b"\ntwo", end=False),
    "a multipart with an empty part": multipart(b"x", b"", b"\n", b"\ntext"),
    "preamble and epilogue": multipart(b"x", b"\none", preamble=b"before\n", epilogue=b"after\n"),
    "a boundary within another": multipart(b"x", b"Content-Type: multipart/mixed; boundary=xx\n\n--xx\n\none\n--xx--", b"\ntwo"),
    "the outer end in the inner part": multipart(b"out", b"Content-Type: multipart/mixed; boundary=in\n\n--in\n\nopen", b"\nnext"),
    "blanks behind a boundary": multipart(b"x", b"\none", b"\ntwo").replace(b"--x\n", b"--x  \t\n"),
    "a digest": multipart(b"x", b"\n" + PLAIN, b"Content-Type: text/plain\n\nplain", subtype=b"digest"),
    "alternative": multipart(b"x", b"Content-Type: text/plain\n\nplain", b"Content-Type: text/html\n\n<p>html", subtype=b"alternative"),
    "a report": multipart(b"x", b"\nfailed", b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; a",
                          b"Content-Type: text/rfc822-headers\n\nSubject: was", subtype=b"report"),
    "a message in a part": multipart(b"x", b"\nsee", b"Content-Type: message/rfc822\n\n" + multipart(b"y", b"\none", b"\ntwo")),
    "an empty message in a part": multipart(b"x", b"Content-Type: message/rfc822\n", b"Content-Type: message/rfc822\n\n"),
    "message/rfc822 in base64": multipart(b"x", b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" +
                                          base64.encodebytes(PLAIN)),
    "message/partial": typed(b'Content-Type: message/partial; id="a"; number=1; total=2', body=PLAIN),
    "message/external-body": typed(b"Content-Type: message/external-body; access-type=local-file; name=x", body=b"Content-Type: image/gif\n\n"),
    "message/global": typed(b"Content-Type: message/global", body=PLAIN),
    "a type without a subtype": typed(b"Content-Type: text"),
    "an empty type": typed(b"Content-Type:"),
    "a broken type": typed(b"Content-Type: ///;;=x; a"),
    "a type without MIME-Version": message(b"Content-Type: text/html; charset=utf-8"),
    "two types": typed(b"Content-Type: text/html", b"Content-Type: text/plain"),
    "comments in a type": typed(b'Content-Type: (a) text (b) / (c) html (d) ; (e) charset (f) = (g) "utf-8" (h)'),
    "parameters that repeat": typed(b"Content-Type: text/plain; charset=a; charset=b; x=1; X=2"),
    "a parameter without a value": typed(b"Content-Type: text/plain; charset=; format; name=\"\""),
    "a parameter that is not quoted": typed(b"Content-Type: application/pdf; name=my file (1).pdf; x=a/b"),
    "an 8-bit parameter": typed("Content-Type: application/pdf; name=\"Köln.pdf\"".encode()),
    "RFC 2231 parameters": typed(b"Content-Type: application/pdf;\n name*0*=utf-8'de'K%C3%B6ln;\n name*1=\" und\";\n name*2=.pdf"),
    "an RFC 2231 parameter": typed(b"Content-Disposition: attachment; filename*=utf-8''K%C3%B6ln.pdf; size=12"),
    "RFC 2231 parameters with a gap": typed(b"Content-Type: text/plain; name*0=a; name*2=c; x*=broken; y*0*=utf-8'en"),
    "encoded words in a parameter": typed(b'Content-Disposition: attachment; filename="=?utf-8?Q?K=C3=B6ln.pdf?="'),
    "a broken disposition": typed(b"Content-Disposition: ; filename=x", b"Content-Language: de, en", b"Content-Location: a b\n c"),
    "languages": typed(b"Content-Language: de", b"Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==", b"Content-ID: <id@example.net>",
                       b"Content-Description: a\n folded description", b"Content-Location: http://example.net/a"),
    "an unknown encoding": typed(b"Content-Transfer-Encoding: x-unknown", body=b"abc\n"),
    "an empty encoding": typed(b"Content-Transfer-Encoding:", body=b"abc\n"),
    "an encoding with a comment": typed(b"Content-Transfer-Encoding: (a) base64 (b)", body=b"YWJj\n"),
    "base64": typed(b"Content-Type: text/plain; charset=utf-8", b"Content-Transfer-Encoding: base64",
                    body=base64.encodebytes("Füße im Körper\n".encode() * 30)),
    "broken base64": typed(b"Content-Transfer-Encoding: base64", body=b"YWJj!ZGVm\n=YQ\n"),
    "base64 of NULs": typed(b"Content-Type: application/octet-stream", b"Content-Transfer-Encoding: base64",
                            body=base64.encodebytes(bytes(range(256)))),
    "quoted-printable": typed(b"Content-Type: text/plain; charset=iso-8859-1", b"Content-Transfer-Encoding: quoted-printable",
                              body=b"F=FC=DFe =\nim K=F6rper   \n=XY =\n"),
    "Latin 1 in the body": typed(b"Content-Type: text/plain; charset=iso-8859-1", b"Content-Transfer-Encoding: 8bit",
                                 body="Füße im Körper\n".encode("latin-1")),
    "8-bit body without a charset": message(b"Subject: 8-bit body", body="Füße im Körper\n".encode()),
    "lines of dots": message(b"Subject: dots", body=b".\n..\n.a\n"),
    "an encoded multipart": typed(b"Content-Type: multipart/mixed; boundary=x", b"Content-Transfer-Encoding: base64",
                                  body=b"--x\n\none\n--x--\n"),
}

# Threads and sorting: subjects, ids and dates.
THREADS = [
    message(b"Message-ID: <%s@t.example>" % name, *([b"References: " + refs] if refs else []), b"Subject: " + subject,
            b"Date: %d Mar 2004 10:00:00 %s" % (1 + n, zone), b"From: %s@example.net" % name, b"To: all@example.net")
    for n, (name, refs, subject, zone) in enumerate([
        (b"a", b"", b"topic", b"+0000"), (b"b", b"<a@t.example>", b"Re: topic", b"+0500"),
        (b"c", b"<a@t.example> <b@t.example>", b"RE: [list] Re: topic", b"-0700"),
        (b"d", b"<missing@t.example>", b"topic (fwd)", b"GMT"), (b"e", b"<missing@t.example>", b"Fwd: topic", b"+0000"),
        (b"f", b"<f@t.example>", b"[fwd: topic]", b"EST"), (b"g", b"<h@t.example>", b"loop", b"+0000"),
        (b"h", b"<g@t.example>", b"Re: loop", b"+0000"), (b"a", b"", b"the same id", b"+0000"),
        (b"i", b"not an id <<a@t.example>> <b", b"", b"+0000"), (b"j", b"<c@t.example> <a@t.example>", b"Re:", b"+0000"),
        (b"k", b"", b"=?utf-8?Q?T=C3=96PIC?=", b"+0000"), (b"l", b"", "Re: töpic".encode(), b"+0000"),
    ])]
