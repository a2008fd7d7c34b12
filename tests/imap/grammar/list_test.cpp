// SPDX-License-Identifier: ISC
#include "imap/grammar/list.hpp"

#include "support/catch.hpp"
#include "support/imap_command.hpp"

using namespace mailpipe;
using imap::ListRequest;
using imap::StatusItem;
using imap::Utf8;

namespace {

ListRequest plain(std::string reference, std::string pattern) {
    ListRequest request;
    request.reference = std::move(reference);
    request.patterns = {std::move(pattern)};
    return request;
}

ListRequest extended(void (*change)(ListRequest&)) {
    auto request = plain("", "*");
    request.is_extended = true;
    change(request);
    return request;
}

}  // namespace

TEST_CASE("LIST has options, patterns and return options", "[imap][rfc9051-6.3.9][rfc5258-3][rfc5819-2][rfc6154-2]") {
    struct Case { std::string_view line; ListRequest request; };
    const auto c = GENERATE(values<Case>({
        {"a LIST \"\" *", plain("", "*")},
        {"a LIST \"\" \"\"", plain("", "")},
        {"a list ~/Mail/ %", plain("~/Mail/", "%")},
        {"a LIST \"\" {3}\r\na*%", plain("", "a*%")},
        {"a LIST \"\" inbox", plain("", "INBOX")},
        {"a LIST \"\" \"Entw&APw-*\"", plain("", "Entwü*")},
        {"a LIST () \"\" *", extended([](auto&) {})},
        {"a LIST \"\" (*)", extended([](auto&) {})},
        {"a LIST \"\" * RETURN ()", extended([](auto&) {})},
        {"a LIST \"\" (\"INBOX\" Drafts Sent/%)", extended([](auto& r) { r.patterns = {"INBOX", "Drafts", "Sent/%"}; })},
        {"a LIST (SUBSCRIBED) \"\" *", extended([](auto& r) { r.only_subscribed = r.return_subscribed = true; })},
        {"a LIST (subscribed recursivematch remote) \"\" *",
         extended([](auto& r) { r.only_subscribed = r.return_subscribed = r.recursive_match = true; })},
        {"a LIST (SPECIAL-USE) \"\" *", extended([](auto& r) { r.only_special_use = true; })},
        {"a LIST \"\" \"*\" RETURN (SPECIAL-USE STATUS (UNSEEN))",  // what iOS sends
         extended([](auto& r) { r.return_status = {StatusItem::unseen}; })},
        {"a LIST \"\" * RETURN (STATUS (MESSAGES SIZE) CHILDREN subscribed)",
         extended([](auto& r) { r.return_status = {StatusItem::messages, StatusItem::size}; r.return_subscribed = true; })},
    }));
    CAPTURE(c.line);
    CHECK(imap::parse_list(command(c.line), Utf8::off).value() == c.request);
}

TEST_CASE("What is no LIST is BAD", "[imap][rfc5258-3]") {
    const auto line = GENERATE(values<std::string_view>({
        "a LIST", "a LIST \"\"", "a LIST \"\" * x", "a LIST (FOO) \"\" *", "a LIST (RECURSIVEMATCH) \"\" *", "a LIST (RECURSIVEMATCH REMOTE) \"\" *",
        "a LIST \"\" ()", "a LIST \"\" (a", "a LIST \"\" * RETURN", "a LIST \"\" * RETURN (FOO)", "a LIST \"\" * RETURN (MYRIGHTS)",
        "a LIST \"\" * RETURN (STATUS)", "a LIST \"\" * RETURN (STATUS ())", "a LIST \"\" * RETURN SPECIAL-USE", "a LIST \"\" * (RETURN)", "a LIST * \"\"",
        "a LIST (SUBSCRIBED)\"\" *",
    }));
    CAPTURE(line);
    CHECK_FALSE(imap::parse_list(command(line), Utf8::off));
}

TEST_CASE("LIST has max_list_patterns patterns at most", "[imap]") {
    std::string line = "a LIST \"\" (x";
    for (std::size_t i = 1; i <= imap::max_list_patterns; ++i) line += " x";
    line += ")";
    CHECK_FALSE(imap::parse_list(command(line), Utf8::off));
}

TEST_CASE("LSUB lists what is subscribed", "[imap][rfc3501-6.3.9]") {
    auto request = plain("#news.", "comp.mail.*");
    request.only_subscribed = true;
    CHECK(imap::parse_lsub(command("a LSUB \"#news.\" \"comp.mail.*\""), Utf8::off).value() == request);
    CHECK_FALSE(imap::parse_lsub(command("a LSUB \"\" (a b)"), Utf8::off));
    CHECK_FALSE(imap::parse_lsub(command("a LSUB \"\" * RETURN ()"), Utf8::off));
}
