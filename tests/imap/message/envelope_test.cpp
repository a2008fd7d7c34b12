// SPDX-License-Identifier: ISC
#include "imap/message/envelope.hpp"

#include "support/catch.hpp"

namespace {

std::string envelope(std::string_view header) {
    std::string out;
    mailpipe::imap::append_envelope(out, header);
    return out;
}

}  // namespace

TEST_CASE("the RFC's own message has the RFC's own envelope", "[imap][rfc3501-8]") {
    CHECK(envelope("Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\r\n"
                   "From: Terry Gray <gray@cac.washington.edu>\r\n"
                   "Subject: IMAP4rev1 WG mtg summary and minutes\r\n"
                   "To: imap@cac.washington.edu\r\n"
                   "cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>\r\n"
                   "Message-Id: <B27397-0100000@cac.washington.edu>\r\n\r\n") ==
          R"x(("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)" "IMAP4rev1 WG mtg summary and minutes" )x"
          R"((("Terry Gray" NIL "gray" "cac.washington.edu")) (("Terry Gray" NIL "gray" "cac.washington.edu")) )"
          R"((("Terry Gray" NIL "gray" "cac.washington.edu")) ((NIL NIL "imap" "cac.washington.edu")) )"
          R"(((NIL NIL "minutes" "CNRI.Reston.VA.US")("John Klensin" NIL "KLENSIN" "MIT.EDU")) NIL NIL )"
          R"("<B27397-0100000@cac.washington.edu>"))");
}

TEST_CASE("what is not there is NIL, what is empty is empty", "[imap][rfc3501-7.4.2]") {
    CHECK(envelope("") == "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)");
    CHECK(envelope("Subject:\nFrom:\nMessage-ID: \n\n") == R"((NIL "" NIL NIL NIL NIL NIL NIL NIL ""))");
}

TEST_CASE("a mbox's line is none of the header", "[imap]") {
    CHECK(envelope("From a@b Tue Aug 6 12:00:00 2002\nSubject: s\n\n") == R"((NIL "s" NIL NIL NIL NIL NIL NIL NIL NIL))");
}

TEST_CASE("sender and reply-to are the author where they do not say otherwise", "[imap][rfc3501-7.4.2]") {
    CHECK(envelope("From: a@b\nSender: c@d\nReply-To:\n") ==
          R"((NIL NIL ((NIL NIL "a" "b")) ((NIL NIL "c" "d")) ((NIL NIL "a" "b")) NIL NIL NIL NIL NIL))");
}

TEST_CASE("destination fields are one list, of others the first counts", "[imap][rfc5322-4.5.3]") {
    CHECK(envelope("Cc: a@b\nCc:\nSubject: s\nCc: c@d\nSubject: t\n") ==
          R"((NIL "s" NIL NIL NIL NIL ((NIL NIL "a" "b")(NIL NIL "c" "d")) NIL NIL NIL))");
}

TEST_CASE("groups have marks, and 8-bit text is a literal", "[imap][rfc3501-7.4.2]") {
    CHECK(envelope("To: friends: a@b, c@d;, undisclosed:;\nSubject: \xc3\xa4\n") ==
          "(NIL {2}\r\n\xc3\xa4 NIL NIL NIL ((NIL NIL \"friends\" NIL)(NIL NIL \"a\" \"b\")(NIL NIL \"c\" \"d\")(NIL NIL NIL NIL)"
          "(NIL NIL \"undisclosed\" NIL)(NIL NIL NIL NIL)) NIL NIL NIL NIL)");
}

TEST_CASE("folds go, encoded-words stay, quotes are escaped", "[imap][rfc3501-7.4.2]") {
    CHECK(envelope("Subject: =?utf-8?q?a?=\r\n =?utf-8?q?b?=\r\nMessage-ID: <\"a\"@b>\r\n") ==
          R"((NIL "=?utf-8?q?a?= =?utf-8?q?b?=" NIL NIL NIL NIL NIL NIL NIL "<\"a\"@b>"))");
}
