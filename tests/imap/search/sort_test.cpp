// SPDX-License-Identifier: ISC
#include "imap/search/sort.hpp"

#include <algorithm>
#include <random>

#include "support/catch.hpp"
#include "support/summarized_mailbox.hpp"

using namespace mailpipe::imap;
using Kind = SortKey;
using Numbers = std::vector<std::uint32_t>;

namespace {

Numbers sort(const SummarizedMailbox& mailbox, std::vector<SortCriterion> criteria) {
    Numbers numbers;
    for (const auto place : sorted(mailbox.messages(), criteria)) numbers.push_back(mailbox.messages()[place].number);
    return numbers;
}

}  // namespace

TEST_CASE("messages are sorted by each criterion, and stay in order where they are alike", "[imap][rfc5256-3]") {
    SummarizedMailbox mailbox;
    mailbox.add("From: Zoe <b@x>\nTo: c@x\nSubject: beta\nDate: 3 Jan 2020 00:00:00 +0000\n", {.arrival = 10, .octets = 300});
    mailbox.add("From: Adam <c@x>\nSubject: re: Alpha\nDate: 1 Jan 2020 00:00:00 +0000\n", {.arrival = 30, .octets = 100});
    mailbox.add("From: b@y\nCc: z@x\nSubject: alpha\nDate: 2 Jan 2020 00:00:00 +0000\n", {.arrival = 20, .octets = 200});
    mailbox.add("To: B@x\nSubject: alpha\n", {.arrival = 1577836801, .octets = 200});  // a second after the second one
    struct Case { std::vector<SortCriterion> criteria; Numbers order; };
    const auto c = GENERATE(values<Case>({
        {{{Kind::arrival}}, {1, 3, 2, 4}},
        {{{Kind::date}}, {2, 4, 3, 1}},
        {{{Kind::date, true}}, {1, 3, 4, 2}},
        {{{Kind::size}}, {2, 3, 4, 1}},
        {{{Kind::size, true}}, {1, 3, 4, 2}},
        {{{Kind::subject}}, {2, 3, 4, 1}},
        {{{Kind::subject, true}}, {1, 2, 3, 4}},
        {{{Kind::subject}, {Kind::date, true}}, {3, 4, 2, 1}},
        {{{Kind::from}}, {4, 1, 3, 2}},
        {{{Kind::from, true}}, {2, 1, 3, 4}},
        {{{Kind::to}}, {2, 3, 4, 1}},
        {{{Kind::cc}}, {1, 2, 4, 3}},
        {{{Kind::display_from}}, {4, 2, 3, 1}},
        {{{Kind::display_to}, {Kind::arrival, true}}, {2, 3, 4, 1}},
        {{{Kind::subject}, {Kind::subject, true}, {Kind::date}}, {2, 4, 3, 1}},
    }));
    CHECK(sort(mailbox, c.criteria) == c.order);
}

TEST_CASE("nothing and one are sorted", "[imap][rfc5256-3]") {
    CHECK(sorted({}, std::vector<SortCriterion>{{Kind::date}}).empty());
    SummarizedMailbox mailbox;
    mailbox.add("", {});
    CHECK(sort(mailbox, {{Kind::subject}}) == Numbers{1});
}

TEST_CASE("keys compare as their octets do, however long they are alike", "[imap][rfc5051-2]") {
    std::mt19937 random{5256};
    SummarizedMailbox mailbox;
    std::vector<std::string> subjects;
    for (int i = 0; i < 500; ++i) {
        subjects.emplace_back(random() % 40, 'X');
        if (!subjects.back().empty()) subjects.back()[random() % subjects.back().size()] = "XY\xc2"[random() % 2];
        mailbox.add("Subject: " + subjects.back() + "\n", {});
    }
    Numbers expected(subjects.size());
    for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = static_cast<std::uint32_t>(i + 1);
    std::ranges::stable_sort(expected, {}, [&](std::uint32_t number) { return subjects[number - 1]; });
    CHECK(sort(mailbox, {{Kind::subject}}) == expected);
    std::ranges::sort(expected);
    std::ranges::stable_sort(expected, std::greater{}, [&](std::uint32_t number) { return subjects[number - 1]; });
    CHECK(sort(mailbox, {{Kind::subject, true}}) == expected);
}

TEST_CASE("messages with one long subject are sorted by what comes behind", "[imap][rfc5256-3]") {
    SummarizedMailbox mailbox;
    const auto text = "Subject: " + std::string(900, 'x') + "\n";
    mailbox.add_copies(text, 10'000);
    const auto order = sort(mailbox, {{Kind::subject}, {Kind::arrival, true}});
    CHECK(order.front() == 10'000);
    CHECK(std::ranges::is_sorted(order, std::greater{}));
}

TEST_CASE("Subjects that differ behind what is marked of them are sorted by the rest", "[imap][rfc5256-3]") {
    const std::string beginning(24, 'x');
    SummarizedMailbox mailbox;
    for (const auto* rest : {"b", "", "a", "b", "ab"}) mailbox.add("Subject: " + beginning + rest + "\n", {});
    CHECK(sort(mailbox, {{Kind::subject}}) == Numbers{2, 3, 5, 1, 4});
    CHECK(sort(mailbox, {{Kind::subject, true}}) == Numbers{1, 4, 5, 3, 2});
}

TEST_CASE("Only what a mark does not decide is asked for", "[imap][rfc5256-3]") {
    const auto message = [](std::string_view subject) { return Sortable{0, 0, 0, mark_of(subject)}; };
    const std::vector<std::string> keys{"b", "a", "b", "a long subject that goes on, and on", "a long subject that goes on", "b"};
    std::vector<Sortable> messages;
    for (const auto& key : keys) messages.push_back(message(key));
    Numbers asked;
    const auto order = sorted(messages, std::vector<SortCriterion>{{Kind::subject}}, [&](std::uint32_t place, Summary::Key) {
        asked.push_back(place);
        return std::string_view{keys[place]};
    });
    CHECK(order == Numbers{1, 4, 3, 0, 2, 5});
    std::ranges::sort(asked);
    CHECK(Numbers(asked.begin(), std::unique(asked.begin(), asked.end())) == Numbers{3, 4});
}

TEST_CASE("What SORT wants is found in a header as a summary has it", "[imap][rfc5256-2.1]") {
    for (const std::string_view header : {
             "Subject: Re: one\nSubject: two\nDate: 1 Jan 2020 00:00:00 +0000\nDate: 2 Jan 2020 00:00:00 +0000\n\nDate: 3\n",
             "From x Thu Jan  1 00:00:00 1970\nsubject:\n =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\n", "Date: never\n\n", "\nSubject: body\n", ""}) {
        CAPTURE(header);
        const auto text = make_summary(header);
        const auto summary = read_summary(text).value();
        const auto fields = read_sort_fields(header);
        CHECK(fields.sent == summary.sent());
        CHECK(fields.subject == summary.key(Summary::Key::subject));
    }
}
