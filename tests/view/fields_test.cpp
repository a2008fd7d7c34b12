// SPDX-License-Identifier: ISC
#include "view/fields.hpp"

#include "support/catch.hpp"

using namespace mailpipe::view;

namespace {

constexpr std::string_view message =
    "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n =?utf-8?q?_!?=\r\nfrom: a@b\r\nX-Odd: \x1b[2J\r\n\r\nFrom: body\r\n";

}  // namespace

TEST_CASE("fields come decoded, one line each", "[view][rfc2047]") {
    CHECK(list_fields(message, "", false) == "Subject: Gr\xc3\xbc\xc3\x9f" "e !\nfrom: a@b\nX-Odd: ?[2J\n");
    CHECK(list_fields(message, "From, x-odd", false) == "from: a@b\nX-Odd: ?[2J\n");
    CHECK(list_fields(message, "Cc", false).empty());
}

TEST_CASE("raw fields are what stands there", "[view]") {
    CHECK(list_fields(message, "subject", true) == message.substr(0, message.find("from:")));
}

TEST_CASE("one field is one value, the first", "[view]") {
    CHECK(field_value("A: 1\n 2\nA: 3\n\n", "a", false) == "1 2");
    CHECK(field_value("A: 1\r\n\t2\n\n", "a", false) == "1 2");
    CHECK(field_value("From x Thu Jan 1 00:00:00 1970\nA: 1\n\n", "A", false) == "1");
    CHECK(field_value("A: =?utf-8?q?x?=\n\n", "A", true) == "=?utf-8?q?x?=");
    CHECK_FALSE(field_value("A: 1\n\nB: 2\n", "B", false));
    CHECK_FALSE(field_value("From ", "B", false));
}
