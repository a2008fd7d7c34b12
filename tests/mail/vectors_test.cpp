// SPDX-License-Identifier: ISC
// Vectors made by others, where they are at hand (../shared/data).
#include "support/catch.hpp"

#include <fstream>
#include <iostream>
#include <map>

#include <nlohmann/json.hpp>

#include "mail/date.hpp"
#include "mail/mailbox.hpp"

using namespace mailpipe;
using nlohmann::json;

namespace {

constexpr const char* addresses = MAILPIPE_SOURCE "/../shared/data/addr-isemail/tests.jsonl";
constexpr const char* dates = MAILPIPE_SOURCE "/../shared/data/header-vectors/date.json";

bool skipped(const std::ifstream& file, std::string_view what) {
    if (file) return false;
    std::cout << "skipped: " << what << " is not there\n";
    return true;
}

/// Is it a Mailbox of RFC 5321, as isemail sees it? Comments, folding and RFC 5322's other forms are not.
bool is_mailbox(const std::string& category) {
    return category == "ISEMAIL_VALID_CATEGORY" || category == "ISEMAIL_DNSWARN" || category == "ISEMAIL_RFC5321";
}

/// Where we differ from isemail, by number.
const std::map<std::string, std::string> address_departures = {
    {"26", "65 octets of local-part: RFC 5321 section 4.5.3.1 names what has to be taken at least"},
    {"59", "65 octets of local-part"},
    {"60", "65 octets of local-part"},
    {"71", "\"::\" for one group: RFC 4291 section 2.2 allows it, RFC 5321 section 4.1.3 asks for two at least"},
};

/// Where we differ from mail-parser, by place in the file.
const std::map<std::size_t, std::string> date_departures = {
    {10, "a month by its number: no form of RFC 5322"},
    {12, "seven numbers: no form of RFC 5322"},
    {14, "a line end without a blank behind it: HeaderReader has ended the field there already"},
    {28, "a whole Received field"},
    {30, "zone EST5EDT: RFC 5322 section 4.3 makes -0000 of unknown names"},
};

std::int64_t seconds(const json& date) {
    using namespace std::chrono;
    const auto number = [&](const char* key) { return date.at(key).get<int>(); };
    const sys_days day{year{number("year")} / number("month") / number("day")};
    const auto zone = hours{number("tz_hour")} + minutes{number("tz_minute")};
    const auto time = hours{number("hour")} + minutes{number("minute")} + std::chrono::seconds{number("second")};
    return (day.time_since_epoch() + time - (date.at("tz_before_gmt").get<bool>() ? -zone : zone)).count();
}

}  // namespace

TEST_CASE("isemail's addresses are mailboxes or not as it says", "[mail][vectors]") {
    std::ifstream file{addresses};
    if (skipped(file, addresses)) return;
    std::size_t count = 0;
    for (std::string line; std::getline(file, line); ++count) {
        const auto test = json::parse(line);
        const auto id = test.at("id").get<std::string>();
        CAPTURE(id, line);
        const bool expected = is_mailbox(test.at("category")) != address_departures.contains(id);
        CHECK(mail::parse_mailbox(test.at("address").get<std::string>()).has_value() == expected);
    }
    CHECK(count == 164);
}

TEST_CASE("mail-parser's dates are read as it says", "[mail][vectors]") {
    std::ifstream file{dates};
    if (skipped(file, dates)) return;
    const auto tests = json::parse(file);
    for (std::size_t i = 0; i < tests.size(); ++i) {
        const auto text = tests[i].at("header").get<std::string>();
        CAPTURE(i, text);
        const auto& expected = tests[i].at("expected");
        const auto got = mail::parse_date(text);
        const bool agrees = got.has_value() == !expected.is_null() && (!got || unix_seconds(*got) == seconds(expected));
        CHECK(agrees != date_departures.contains(i));
    }
}
