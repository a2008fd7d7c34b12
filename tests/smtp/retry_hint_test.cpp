// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "smtp/retry_hint.hpp"

using namespace mailpipe::smtp;
using namespace std::chrono_literals;

namespace {

std::optional<std::chrono::seconds> hint(int code, std::string_view text) { return retry_hint({code, "4.7.1", std::string{text}}); }

}  // namespace

TEST_CASE("What greylisting servers say is understood", "[smtp]") {
    struct Case { std::string_view text; std::optional<std::chrono::seconds> wait; };
    const auto c = GENERATE(values<Case>({
        // postgrey, as it is and as packages set it
        {"<b@x.example>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/x.example.html", {}},
        {"<b@x.example>: Recipient address rejected: Greylisted for 300 seconds (see http://isg.ee.ethz.ch/x.html)", 300s},
        {"Greylisted, please try again in 900 seconds", 900s},
        // sqlgrey
        {"<b@x.example>: Recipient address rejected: Greylisted for 5 minutes", 300s},
        {"Greylisted for 1 minute", 60s},
        // milter-greylist
        {"Greylisting in action, please come back in 00:04:59", 299s},
        {"Greylisting in action, please come back in 12:00:00", 12h},
        {"Greylisting in action, please come back later", {}},
        // rspamd, and what stands on it
        {"Try again later", {}},
        {"Greylisted, please try again later", {}},
        // Exim's configurations
        {"Greylisted. Please try again in 5 minutes.", 300s},
        {"greylisted - please retry in 299 secs", 299s},
        {"Deferred, try again 10 minutes later", 600s},
        // others
        {"mx.example[192.0.2.1]:25: Please retry after 60s", 60s},
        {"greylisted for 00:04:59", 299s},
        {"try again in 4 mins 59 secs", 299s},
        {"Try again in 1 hour, 2 minutes and 3 seconds", 3723s},
        {"Temporarily deferred; wait at least 2m30s", 150s},
        {"Greylisted, see or wait 300 seconds", 300s},
        {"retry in 04:59", 299s},
        {"Graylisted (5 min)", 300s},
        {"greylisted,\nretry in\n90 seconds", 90s},
        {"Retry-After: 120 sec", 120s},
    }));
    CAPTURE(c.text);
    CHECK(hint(451, c.text) == c.wait);
}

TEST_CASE("A time that says something else is no hint", "[smtp]") {
    const auto* text = GENERATE("", "busy", "timed out after 300 seconds", "100 messages in 60 seconds are too many, try again later",
                                "try again. You sent 5 mails in 60 seconds", "retry in 5", "retry in 5 bananas", "retry in a few minutes",
                                "wait 12:60", "wait 00:99:00", "try again in 1234567 seconds", "greylisted at 2026-11-21 10:00:00 UTC",
                                "see http://x.example/greylist/300s", "await 300 seconds", "retry in 12:");
    CAPTURE(text);
    CHECK_FALSE(hint(451, text));
}

TEST_CASE("Only a reply that refuses for now has a hint, from ten seconds to a day", "[smtp]") {
    CHECK_FALSE(hint(399, "try again in 60 seconds"));
    CHECK(hint(400, "try again in 60 seconds") == 60s);
    CHECK(hint(499, "try again in 60 seconds") == 60s);
    CHECK_FALSE(hint(500, "try again in 60 seconds"));
    CHECK_FALSE(hint(250, "try again in 60 seconds"));

    CHECK(hint(451, "try again in 0 seconds") == 10s);
    CHECK(hint(451, "try again in 9 seconds") == 10s);
    CHECK(hint(451, "try again in 11 seconds") == 11s);
    CHECK(hint(451, "try again in 86399 seconds") == 86399s);
    CHECK(hint(451, "try again in 86401 seconds") == 86400s);
    CHECK(hint(451, "try again in 999999 days 999999 days") == 24h);
}
