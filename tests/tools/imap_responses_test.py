# SPDX-License-Identifier: ISC
"""imap_responses.py takes what RFC 3501 section 9 allows and refuses what it forbids."""
import io
import unittest

from imap_responses import Malformed, Parser, read_answer

ENVELOPE = b"(NIL {3}\r\n\xe4\xf6\xfc ((NIL NIL \"a\" \"b\")(NIL NIL \"c\" \"d\")) NIL NIL NIL NIL NIL NIL \"<x>\")"
TEXT = b'("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 6 1%s)'
TAKEN = [
    b"* 1 FETCH (ENVELOPE " + ENVELOPE + b")\r\n",
    b"* 1 FETCH (UID 7 FLAGS (\\Seen $Work) RFC822.SIZE 0 INTERNALDATE \" 9-Sep-2001 01:46:40 +0000\")\r\n",
    b"* 1 FETCH (BODY " + TEXT % b"" + b")\r\n",
    b"* 1 FETCH (BODYSTRUCTURE " + TEXT % b' NIL ("inline" NIL) ("de" "en") NIL (1 "x" (NIL))' + b")\r\n",
    b"* 1 FETCH (BODY (" + TEXT % b"" + TEXT % b"" + b' "mixed"))\r\n',
    b'* 1 FETCH (BODY ("message" "rfc822" NIL NIL NIL "7bit" 1 ' + ENVELOPE + b" " + TEXT % b"" + b" 3))\r\n",
    b'* 1 FETCH (BODY[1.2.HEADER.FIELDS (To "Cc")]<0> {2}\r\n\r\n BODY[] NIL BINARY[1] ~{1}\r\n\0 BINARY.SIZE[1] 1)\r\n',
    b'* LIST (\\HasNoChildren) "/" INBOX\r\n', b'* LIST () NIL "a b"\r\n', b'* STATUS a (MESSAGES 1 UNSEEN 0)\r\n',
    b"* SEARCH\r\n", b"* SORT 3 1 2\r\n", b"* THREAD (1)(2 3 (4)(5 6))((7)(8))\r\n", b"* OK [UIDNEXT 2] next\r\n",
]
REFUSED = {
    b"an 8-bit octet in a quoted string": b'* 1 FETCH (BODY[] "\xe4")\r\n',
    b"a NUL in a literal": b"* 1 FETCH (BODY[] {1}\r\n\0)\r\n",
    b"a literal8 that is no BINARY": b"* 1 FETCH (BODY[] ~{1}\r\na)\r\n",
    b"CR in a quoted string": b'* 1 FETCH (BODY[] "a\rb")\r\n',
    b"a backslash before a letter": b'* 1 FETCH (BODY[] "\\a")\r\n',
    b"an empty address list": b"* 1 FETCH (ENVELOPE (NIL NIL () NIL NIL NIL NIL NIL NIL NIL))\r\n",
    b"a blank between addresses": b'* 1 FETCH (ENVELOPE (NIL NIL ((NIL NIL "a" "b") (NIL NIL "c" "d")) NIL NIL NIL NIL NIL NIL NIL))\r\n',
    b"an envelope of nine": b"* 1 FETCH (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL))\r\n",
    b"a text without lines": b'* 1 FETCH (BODY ("text" "plain" NIL NIL NIL "7bit" 6))\r\n',
    b"lines of what is no text": b'* 1 FETCH (BODY ("image" "gif" NIL NIL NIL "7bit" 6 1))\r\n',
    b"NIL as an encoding": b'* 1 FETCH (BODY ("image" "gif" NIL NIL NIL NIL 6))\r\n',
    b"an empty parameter list": b'* 1 FETCH (BODY ("image" "gif" () NIL NIL "7bit" 6))\r\n',
    b"NIL as a parameter's value": b'* 1 FETCH (BODY ("image" "gif" ("a" NIL) NIL NIL "7bit" 6))\r\n',
    b"extension data in BODY": b"* 1 FETCH (BODY " + TEXT % b" NIL" + b")\r\n",
    b"a multipart without parts": b'* 1 FETCH (BODY ("mixed"))\r\n',
    b"an envelope in message/global": b'* 1 FETCH (BODY ("message" "global" NIL NIL NIL "7bit" 1 ' + ENVELOPE + b"))\r\n",
    b"an empty FETCH": b"* 1 FETCH ()\r\n", b"two blanks": b"* 1 FETCH (UID 1  FLAGS ())\r\n", b"UID 0": b"* 1 FETCH (UID 0)\r\n",
    b"a size of 33 bits": b"* 1 FETCH (RFC822.SIZE 4294967296)\r\n", b"a day of one digit": b'* 1 FETCH (INTERNALDATE "9-Sep-2001 01:46:40 +0000")\r\n',
    b"part 0": b"* 1 FETCH (BODY[0] NIL)\r\n", b"a message 0": b"* SEARCH 0\r\n", b"a blank at the end": b"* SEARCH 1 \r\n",
    b"one thread in parentheses": b"* THREAD (1 (2))\r\n", b"an empty thread": b"* THREAD ()\r\n", b"LF alone": b"* SEARCH 1\n",
    b"8-bit in a text": b"* OK \xe4\r\n", b"an atom with a blank": b"* LIST () NIL a b\r\n",
    b"an unknown response": b"* FOO\r\n",
}


class ResponsesTest(unittest.TestCase):
    def test_taken(self):
        for text in TAKEN:
            with self.subTest(text):
                Parser(text).response("a")

    def test_refused(self):
        for what, text in REFUSED.items():
            with self.subTest(what), self.assertRaises(Malformed):
                Parser(text).response("a")

    def test_answer(self):
        answer = b"* 1 FETCH (BODY[] {8}\r\na OK b\r\n)\r\n* OK a {3}\r\na1 OK done\r\n"
        found = read_answer(io.BytesIO(answer), "a1")
        self.assertEqual([response.kind for response in found], ["FETCH", "OK", "tagged"])
        self.assertEqual(found[0].value, {"BODY[]": b"a OK b\r\n"})
        with self.assertRaises(Malformed):
            read_answer(io.BytesIO(b"* 1 FETCH (BODY[] {9}\r\nshort"), "a1")


if __name__ == "__main__":
    unittest.main()
