// SPDX-License-Identifier: ISC
#include "imap/grammar/search.hpp"

#include "support/catch.hpp"
#include "support/imap_command.hpp"

using namespace mailpipe;
using imap::SearchReturn;
using imap::SortKey;
using imap::Utf8;
using Algorithm = imap::ThreadRequest::Algorithm;
using Filter = imap::MailboxFilter;

TEST_CASE("SEARCH says what to return", "[imap][rfc4731-3.1][rfc5182-2.1][rfc5267-4.3][rfc9394-3.1]") {
    struct Case { std::string_view line; SearchReturn wanted; };
    const auto c = GENERATE(values<Case>({
        {"a SEARCH ALL", {.all = true}},
        {"a SEARCH RETURN () ALL", {.is_given = true, .all = true}},
        {"a UID SEARCH RETURN (MIN max COUNT) ALL", {.is_given = true, .min = true, .max = true, .count = true}},
        {"a SEARCH RETURN (ALL) ALL", {.is_given = true, .all = true}},
        {"a SEARCH RETURN (SAVE) ALL", {.is_given = true, .save = true}},
        {"a SEARCH RETURN (PARTIAL 23500:24000) ALL", {.is_given = true, .partial = imap::PartialRange{23500, 24000, false}}},
        {"a SEARCH RETURN (COUNT PARTIAL -1:-100 SAVE) ALL", {.is_given = true, .count = true, .save = true, .partial = imap::PartialRange{1, 100, true}}},
        {"a SEARCH RETURN (UPDATE CONTEXT COUNT) ALL", {.is_given = true, .count = true, .context = true, .update = true}},
        {"a SEARCH RETURN (UPDATE(UID)) ALL", {.is_given = true, .update = true, .update_items = {{imap::FetchItem::Kind::uid}}}},
        {"a SEARCH RETURN (UPDATE (UID) COUNT) ALL", {.is_given = true, .count = true, .update = true, .update_items = {{imap::FetchItem::Kind::uid}}}},
    }));
    CAPTURE(c.line);
    const auto request = imap::parse_search(command(c.line)).value();
    CHECK(request.wanted == c.wanted);
    CHECK(request.program.size() == 2);
}

TEST_CASE("SEARCH may name a charset; that nobody knows it is no syntax error", "[imap][rfc9051-6.4.4]") {
    struct Case { std::string_view line, charset; bool is_known; std::size_t keys; };
    const auto c = GENERATE(values<Case>({
        {"a SEARCH CHARSET UTF-8 TEXT {2}\r\n\xc3\xa4", "UTF-8", true, 2},
        {"a SEARCH charset \"us-ascii\" ALL", "us-ascii", true, 2},
        {"a SEARCH RETURN (ALL) CHARSET KOI8-R ALL", "KOI8-R", true, 2},
        {"a SEARCH CHARSET X-Unknown TEXT {1}\r\n\xff", "X-Unknown", false, 0},
        {"a SEARCH CHARSET UTF-7 ALL", "UTF-7", false, 0},
        {"a SEARCH CHARSET \"utf-8//translit\" ALL", "utf-8//translit", false, 0},
    }));
    CAPTURE(c.line);
    const auto request = imap::parse_search(command(c.line)).value();
    CHECK(request.charset == c.charset);
    CHECK(request.is_charset_known == c.is_known);
    CHECK(request.program.size() == c.keys);
}

TEST_CASE("What is no SEARCH is BAD", "[imap][rfc9051-6.4.4]") {
    const auto line = GENERATE(values<std::string_view>({
        "a SEARCH", "a SEARCH RETURN", "a SEARCH RETURN ()", "a SEARCH RETURN (FOO) ALL", "a SEARCH RETURN ALL", "a SEARCH RETURN (MIN ALL", "a SEARCH RETURN (MIN) ",
        "a SEARCH RETURN (ALL PARTIAL 1:2) ALL", "a SEARCH RETURN (PARTIAL 1:2 PARTIAL 3:4) ALL", "a SEARCH RETURN (PARTIAL 1:*) ALL", "a SEARCH RETURN (PARTIAL 0:1) ALL",
        "a SEARCH RETURN (PARTIAL) ALL", "a SEARCH RETURN (UPDATE ()) ALL", "a SEARCH CHARSET", "a SEARCH CHARSET UTF-8", "a SEARCH CHARSET UTF-8 ", "a SEARCH ALL CHARSET UTF-8",
        "a SEARCH RETURN (SAVE)(MIN) ALL",
    }));
    CAPTURE(line);
    CHECK_FALSE(imap::parse_search(command(line)));
}

TEST_CASE("SORT has criteria, a charset and keys", "[imap][rfc5256-3][rfc5957-3][rfc5267-3]") {
    const auto request = imap::parse_sort(command("a UID SORT (REVERSE DATE subject ARRIVAL CC FROM SIZE TO reverse DISPLAYFROM DISPLAYTO DATE) UTF-8 SINCE 1-Feb-1994")).value();
    CHECK(request.criteria == std::vector<imap::SortCriterion>{{SortKey::date, true}, {SortKey::subject}, {SortKey::arrival}, {SortKey::cc}, {SortKey::from}, {SortKey::size},
                                                               {SortKey::to}, {SortKey::display_from, true}, {SortKey::display_to}});
    CHECK(request.search.charset == "UTF-8");
    CHECK(request.search.program.size() == 2);
    CHECK(request.search.wanted == SearchReturn{.all = true});
    CHECK(imap::parse_sort(command("a SORT RETURN (COUNT) (DATE) us-ascii ALL")).value().search.wanted == SearchReturn{.is_given = true, .count = true});
    CHECK_FALSE(imap::parse_sort(command("a SORT (DATE) X-Unknown ALL")).value().search.is_charset_known);
}

TEST_CASE("THREAD has an algorithm, a charset and keys", "[imap][rfc5256-3]") {
    struct Case { std::string_view line; Algorithm algorithm; };
    const auto c = GENERATE(values<Case>({
        {"a THREAD ORDEREDSUBJECT UTF-8 ALL", Algorithm::ordered_subject}, {"a UID THREAD references us-ascii ALL", Algorithm::references}, {"a THREAD REFS UTF-8 ALL", Algorithm::refs},
    }));
    const auto request = imap::parse_thread(command(c.line)).value();
    CHECK(request.algorithm == c.algorithm);
    CHECK(request.search.program.size() == 2);
}

TEST_CASE("ESEARCH may look into several mailboxes", "[imap][rfc7377-2.1][rfc7377-4]") {
    struct Case { std::string_view line; std::vector<Filter> sources; };
    const auto c = GENERATE(values<Case>({
        {"a ESEARCH UNSEEN", {}},
        {"a ESEARCH RETURN (COUNT) UNSEEN", {}},
        {"a ESEARCH IN (selected) UNSEEN", {{Filter::Kind::selected, {}}}},
        {"a UID ESEARCH in (mailboxes (inbox &AOk-) subtree-one a subtree b personal subscribed inboxes) RETURN (MIN) CHARSET UTF-8 UNSEEN",
         {{Filter::Kind::mailboxes, {"INBOX", "é"}}, {Filter::Kind::subtree_one, {"a"}}, {Filter::Kind::subtree, {"b"}}, {Filter::Kind::personal, {}},
          {Filter::Kind::subscribed, {}}, {Filter::Kind::inboxes, {}}}},
    }));
    CAPTURE(c.line);
    const auto request = imap::parse_multi_search(command(c.line), Utf8::off).value();
    CHECK(request.sources == c.sources);
    CHECK(request.search.program.size() == 2);
}

TEST_CASE("What is no SORT, THREAD or ESEARCH is BAD", "[imap][rfc5256-3][rfc7377-4]") {
    const auto line = GENERATE(values<std::string_view>({
        "a SORT", "a SORT () UTF-8 ALL", "a SORT (FOO) UTF-8 ALL", "a SORT (REVERSE) UTF-8 ALL", "a SORT (DATE) ALL", "a SORT DATE UTF-8 ALL", "a SORT (DATE) UTF-8",
        "a THREAD", "a THREAD FOO UTF-8 ALL", "a THREAD REFS ALL", "a THREAD REFS UTF-8",
        "a ESEARCH", "a ESEARCH IN () ALL", "a ESEARCH IN (foo) ALL", "a ESEARCH IN (selected-delayed) ALL", "a ESEARCH IN (personal (depth 1)) ALL", "a ESEARCH IN (mailboxes) ALL",
        "a ESEARCH IN personal ALL",
    }));
    CAPTURE(line);
    CHECK_FALSE(imap::parse_sort(command(line)));
    CHECK_FALSE(imap::parse_thread(command(line)));
    CHECK_FALSE(imap::parse_multi_search(command(line), Utf8::off));
}
