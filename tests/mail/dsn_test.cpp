// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mail/date.hpp"
#include "mail/dsn.hpp"

using namespace mailpipe;
using mail::DeliveryStatus;
using mail::DsnAction;
using mail::DsnRecipient;

namespace {

const Time then{std::chrono::seconds{1'700'000'000}};

DeliveryStatus status_of(DsnRecipient recipient) { return {"mx.example", {}, {}, {}, {std::move(recipient)}}; }

}  // namespace

TEST_CASE("A delivery report's fields stand as RFC 3464 has them", "[mail][rfc3464-2]") {
    const DsnRecipient failed{{"bob", "b.example"}, "rfc822;Bob+2Bx@b.example", DsnAction::failed, "5.1.1",
                              "550 5.1.1 no such user", "mx.b.example", then, {}};
    const DsnRecipient delayed{{"c d", "b.example"}, {}, DsnAction::delayed, "4.4.1", {}, {}, {}, then};
    const auto date = mail::format_date(then);
    CHECK(mail::format_delivery_status({"mx.example", "QQ+3D1", then, "1.h", {failed, delayed}}) ==
          "Original-Envelope-Id: QQ=1\n"
          "Reporting-MTA: dns; mx.example\n"
          "Arrival-Date: " + date + "\n"
          "\n"
          "Original-Recipient: rfc822; Bob+x@b.example\n"
          "Final-Recipient: rfc822; bob@b.example\n"
          "Action: failed\n"
          "Status: 5.1.1\n"
          "Remote-MTA: dns; mx.b.example\n"
          "Diagnostic-Code: smtp; 550 5.1.1 no such user\n"
          "Last-Attempt-Date: " + date + "\n"
          "Final-Log-ID: 1.h\n"
          "\n"
          "Final-Recipient: rfc822; \"c d\"@b.example\n"
          "Action: delayed\n"
          "Status: 4.4.1\n"
          "Final-Log-ID: 1.h\n"
          "Will-Retry-Until: " + date + "\n");
}

TEST_CASE("A UTF-8 address makes a UTF-8 report", "[mail][rfc6533-4]") {
    const auto utf8 = status_of({{"b\xc3\xb6" "b", "b.example"}, {}, DsnAction::failed, "5.1.1", "550 k\xc3\xb6nnte"});
    CHECK(needs_utf8(utf8));
    CHECK_THAT(mail::format_delivery_status(utf8), Catch::Matchers::Contains("Final-Recipient: utf-8; b\xc3\xb6" "b@b.example\n"));
    CHECK_THAT(mail::format_delivery_status(utf8), Catch::Matchers::Contains("550 k\xc3\xb6nnte\n"));

    const auto ascii = status_of({{"bob", "b.example"}, {}, DsnAction::failed, "5.1.1", "550 k\xc3\xb6nnte"});
    CHECK_FALSE(needs_utf8(ascii));
    CHECK_THAT(mail::format_delivery_status(ascii), Catch::Matchers::Contains("550 k??nnte\n"));
}

TEST_CASE("Nothing that came over the wire can add a field to a report", "[mail]") {
    const auto text = mail::format_delivery_status({"mx.example", "a+0D+0Ab", {}, {},
        {{{"bob", "b.example"}, "rfc822;a+0Ab", DsnAction::failed, "5.0.0", "550 a\nAction: delivered"}}});
    CHECK_THAT(text, Catch::Matchers::Contains("Original-Envelope-Id: a+0D+0Ab\n"));
    CHECK_THAT(text, Catch::Matchers::Contains("Original-Recipient: rfc822; a+0Ab\n"));
    CHECK_THAT(text, Catch::Matchers::Contains("smtp; 550 a Action: delivered\n"));
}

TEST_CASE("Not even the type of an original recipient can", "[mail]") {
    const auto text = mail::format_delivery_status(status_of({{"bob", "b.example"}, "rfc\nX: 1\xc3\xa9;bob", DsnAction::failed, "5.1.1"}));
    CHECK(text.find("\nOriginal-Recipient: rfc X: 1") != text.npos);
    CHECK(text.find("\nX:") == text.npos);
}
