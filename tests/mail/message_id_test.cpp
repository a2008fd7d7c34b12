// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mail/mailbox.hpp"
#include "mail/message_id.hpp"

using namespace mailpipe;

TEST_CASE("A message identifier is unique, and shaped as an address", "[mail][rfc5322-3.6.4]") {
    const Time now{};
    const auto id = mail::new_message_id(now, "mx.example");
    CHECK(id != mail::new_message_id(now, "mx.example"));
    REQUIRE(id.front() == '<');
    REQUIRE(id.back() == '>');
    const auto inside = mail::parse_mailbox(std::string_view{id}.substr(1, id.size() - 2));
    REQUIRE(inside);
    CHECK(inside->domain == "mx.example");
}
