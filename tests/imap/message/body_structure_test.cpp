// SPDX-License-Identifier: ISC
#include "imap/message/body_structure.hpp"

#include "support/catch.hpp"

using namespace mailpipe;

namespace {

std::string described(std::string_view message, const mime::Limits& limits = {}) {
    std::string out;
    imap::append_body_structure(out, message, mime::read_structure(message, limits));
    return out;
}

std::string body(std::string_view message) {
    std::string out;
    imap::append_body(out, message, mime::read_structure(message));
    return out;
}

}  // namespace

TEST_CASE("one part has its type's fields", "[imap][rfc3501-7.4.2]") {
    CHECK(described("\nfoo\nbar\n") ==
          R"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 10 2 NIL NIL NIL NIL))");
    CHECK(described("Content-Type: IMAGE/Gif; NAME=\"a b\"\nContent-Transfer-Encoding: BASE64\nContent-ID: <x@y>\n"
                    "Content-Description: d\nContent-MD5: m\nContent-Disposition: attachment; filename=f\n"
                    "Content-Language: en, de\nContent-Location: l\n\nQQ==\n") ==
          R"(("image" "gif" ("name" "a b") "<x@y>" "d" "BASE64" 6 "m" ("attachment" ("filename" "f")) ("en" "de") "l"))");
}

TEST_CASE("a multipart has its parts, a message its envelope and lines", "[imap][rfc3501-7.4.2]") {
    CHECK(described("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n"
                    "--b\nContent-Type: message/rfc822\n\nSubject: s\n\ny\n--b--\n") ==
          R"((("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 1 0 NIL NIL NIL NIL))"
          R"(("message" "rfc822" NIL NIL NIL "7bit" 15 (NIL "s" NIL NIL NIL NIL NIL NIL NIL NIL) )"
          R"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 1 0 NIL NIL NIL NIL) 2 NIL NIL NIL NIL) "mixed" ("boundary" "b") NIL NIL NIL))");
    CHECK(described("Content-Type: multipart/x; boundary=b\nContent-Disposition: inline\n\n--b\n\nx\n--b--\n") ==
          R"((("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 1 0 NIL NIL NIL NIL) )"
          R"("x" ("boundary" "b") ("inline" NIL) NIL NIL))");
}

TEST_CASE("what the grammar has no form for is something that it has", "[imap][rfc3501-9]") {
    CHECK(described("Content-Type: multipart/mixed; boundary=b\n\nno part\n") ==
          R"((("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0 NIL NIL NIL NIL) "mixed" ("boundary" "b") NIL NIL NIL))");
    CHECK(described("Content-Type: multipart/mixed\n\nno boundary\n") ==
          R"(("application" "octet-stream" NIL NIL NIL "7bit" 13 NIL NIL NIL NIL))");
    CHECK(described("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nQQ==\n") ==
          R"(("application" "octet-stream" NIL NIL NIL "base64" 6 NIL NIL NIL NIL))");
}

TEST_CASE("parameters in pieces come as they stand", "[imap][rfc2231-3]") {
    CHECK(described("Content-Type: a/b; name*0*=utf-8''%C3%A4; name*1=x\n\n") ==
          R"(("a" "b" ("name*0*" "utf-8''%C3%A4" "name*1" "x") NIL NIL "7bit" 0 NIL NIL NIL NIL))");
}

TEST_CASE("parts as deep as any are described", "[imap]") {
    std::string message;
    for (int i = 0; i < 300; ++i) message += "Content-Type: message/rfc822\n\n";
    const auto text = described(message);
    CHECK(std::count(text.begin(), text.end(), '(') == std::count(text.begin(), text.end(), ')'));
    CHECK(text.find("octet-stream") != std::string::npos);  // the one at mime::Limits::depth
}

TEST_CASE("an encoding is told without its comments", "[imap][rfc2045-5.1]") {
    CHECK(described("Content-Type: a/b\nContent-Transfer-Encoding: (x) base64 (y)\n\nQQ==\n") ==
          R"(("a" "b" NIL NIL NIL "base64" 6 NIL NIL NIL NIL))");
}

TEST_CASE("message/global has an envelope in IMAP4rev2 alone", "[imap][rfc3501-9][rfc9051-9]") {
    const std::string_view message =
        "Content-Type: multipart/x; boundary=b\n\n--b\nContent-Type: message/global\n\nSubject: s\n\ny\n--b\n\nz\n--b--\n";
    const auto structure = mime::read_structure(message);
    CHECK(imap::has_global_message(body(message)));
    CHECK(body(message).find(R"("message" "global" NIL NIL NIL "7bit" 15 (NIL "s")") != std::string::npos);
    std::string out;
    imap::append_body(out, message, structure, imap::MessageTypes::rfc822);
    CHECK(out == R"((("message" "global" NIL NIL NIL "7bit" 15)("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 1 0) "x"))");
}

TEST_CASE("BODY is the same without extension data", "[imap][rfc3501-7.4.2]") {
    CHECK(body("Content-Type: text/plain; charset=utf-8\nContent-Disposition: inline\nContent-MD5: m\n\nfoo\nbar\n") ==
          R"(("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 10 2))");
    CHECK(body("Content-Type: image/gif\nContent-Language: en\n\nQQ==") == R"(("image" "gif" NIL NIL NIL "7bit" 4))");
    CHECK(body("Content-Type: multipart/mixed; boundary=b\nContent-Disposition: inline\n\n--b\n\nx\n"
               "--b\nContent-Type: message/rfc822\n\nSubject: s\n\ny\n--b--\n") ==
          R"((("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 1 0))"
          R"(("message" "rfc822" NIL NIL NIL "7bit" 15 (NIL "s" NIL NIL NIL NIL NIL NIL NIL NIL) )"
          R"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 1 0) 2) "mixed"))");
    CHECK(body("Content-Type: multipart/mixed; boundary=b\n\nno part\n") ==
          R"((("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0) "mixed"))");
}
