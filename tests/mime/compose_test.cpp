// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mime/compose.hpp"

using namespace mailpipe;
using mime::compose;
using mime::Composition;

namespace {

Composition report() {
    return {{{"From", "a@b.example"}, {"Subject", "x"}}, "report", {{"report-type", "delivery-status"}},
            {{"text/plain; charset=utf-8", "Notification", "hi\n"}, {"message/rfc822", "", "Subject: \xc3\xa4\n\n.\n"}}};
}

}  // namespace

TEST_CASE("A multipart is composed with its bodies as they are", "[mime]") {
    CHECK(compose(report(), "B0").value() ==
          "From: a@b.example\n"
          "Subject: x\n"
          "MIME-Version: 1.0\n"
          "Content-Type: multipart/report; report-type=\"delivery-status\"; boundary=\"B0\"\n"
          "Content-Transfer-Encoding: 8bit\n"
          "\n--B0\n"
          "Content-Type: text/plain; charset=\"utf-8\"\n"
          "Content-Transfer-Encoding: 7bit\n"
          "Content-Description: Notification\n"
          "\n"
          "hi\n"
          "\n--B0\n"
          "Content-Type: message/rfc822\n"
          "Content-Transfer-Encoding: 8bit\n"
          "\n"
          "Subject: \xc3\xa4\n\n.\n"
          "\n--B0--\n");
}

TEST_CASE("No value can begin a field or a part of its own", "[mime]") {
    auto composition = report();
    const auto evil = GENERATE(as<std::string>{}, "x\r\nBcc: y", "x\nBcc: y", "x\ry", std::string("x\0y", 3));
    SECTION("value") { composition.fields[0].second = evil; }
    SECTION("name") { composition.fields[0].first = evil; }
    SECTION("parameter") { composition.parameters[0].second = evil; }
    SECTION("type") { composition.parts[0].type = evil; }
    SECTION("description") { composition.parts[0].description = evil; }
    SECTION("file name") { composition.parts[0].file_name = evil; }
    SECTION("boundary") { composition.parts[1].body = "a\n--B0--\n"; }
    const auto text = compose(composition, "B0");
    REQUIRE_FALSE(text);
    CHECK(text.error().fault == Fault::permanent);
}

TEST_CASE("No two boundaries are the same, and none comes in an encoded body", "[mime][rfc2046-5.1.1]") {
    const auto boundary = mime::new_boundary();
    CHECK(boundary != mime::new_boundary());
    CHECK(boundary.starts_with("=_"));
    CHECK(boundary.size() >= 34);
    CHECK(boundary.size() <= 70);
}
