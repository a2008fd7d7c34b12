# SPDX-License-Identifier: ISC
"""Messages as people get them, the same ones every time: plain text, text and HTML, attachments, forwarded messages."""
import base64
import quopri
import random
import urllib.parse

WORDS = ("the of a to and in that we will for is on this with please your report meeting invoice Grüße naïve café déjà "
         "project attached version regards schedule tomorrow customer server update release question answer").split()
NAMES = ("report.pdf", "photo.jpg", "Übersicht 2026.pdf", "minutes.docx", "data.csv", "archive.zip")
BINARY = 20_000  # octets of an attachment, on average


class Generator:
    def __init__(self, seed=1):
        self.random = random.Random(seed)
        self.boundaries = 0

    def paragraphs(self, count):
        return "\n\n".join("\n".join(" ".join(self.random.choice(WORDS) for _ in range(self.random.randint(6, 12)))
                                     for _ in range(self.random.randint(2, 8))) for _ in range(count)) + "\n"

    def header(self, number):
        return (f"Return-Path: <ann{number}@client.example>\nReceived: from client.example (client.example [192.0.2.7])\n"
                f"\tby mx.example.org (Postfix) with ESMTPS id 4ABC{number:05}\n\tfor <bob@example.org>; Sun, 22 Nov 2026 10:11:12 +0100\n"
                f"Date: Sun, 22 Nov 2026 10:11:{number % 60:02} +0100\nFrom: Ann Example <ann{number}@client.example>\n"
                "To: Bob Example <bob@example.org>, =?utf-8?q?J=C3=BCrgen?= <juergen@example.org>\n"
                f"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= number {number}\nMessage-ID: <{number}.bench@client.example>\n"
                "MIME-Version: 1.0\n")

    def text(self, subtype, paragraphs=4):
        words = self.paragraphs(paragraphs)
        if subtype == "html":
            words = "<html><body>" + "".join(f"<p>{one}</p>\n" for one in words.split("\n\n")) + "</body></html>\n"
        body = quopri.encodestring(words.encode()).decode()
        return f"Content-Type: text/{subtype}; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n{body}"

    def attachment(self, number, octets):
        """Each has a name of its own: what happens to equal ones is each tool's business."""
        name = f"{number:05} " + self.random.choice(NAMES)
        encoded = base64.encodebytes(self.random.randbytes(octets)).decode()
        quoted = f'filename="{name}"' if name.isascii() else "filename*=utf-8''" + urllib.parse.quote(name)
        return ("Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n"
                f"Content-Disposition: attachment; {quoted}\n\n{encoded}")

    def multipart(self, subtype, parts):
        self.boundaries += 1
        boundary = f"----=_Part_{self.boundaries:08}"
        body = "".join(f"--{boundary}\n{part}\n" for part in parts)
        return f"Content-Type: multipart/{subtype}; boundary=\"{boundary}\"\n\n{body}--{boundary}--\n"

    def message(self, number):
        kind = number % 10
        octets = self.random.randint(BINARY // 10, BINARY * 2 - BINARY // 10)
        if kind < 4:
            return self.header(number) + self.text("plain")
        if kind < 7:
            return self.header(number) + self.multipart("alternative", [self.text("plain"), self.text("html")])
        if kind < 9:
            return self.header(number) + self.multipart("mixed", [self.text("plain"), self.attachment(number, octets)])
        inner = "Content-Type: message/rfc822\n\n" + self.header(number) + self.text("plain")
        return self.header(number) + self.multipart("mixed", [self.text("plain"), inner, self.attachment(number, octets)])

    def large(self, octets):
        """With one attachment of so many octets."""
        return self.header(0) + self.multipart("mixed", [self.text("plain"), self.attachment(0, octets)])


def write(directory, count):
    """So many messages as files in the directory; their paths."""
    directory.mkdir()
    generator = Generator()
    paths = [directory / f"{number:05}.eml" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_text(generator.message(number), encoding="utf-8")
    return paths
