// SPDX-License-Identifier: ISC
#include "imap/search/thread.hpp"

#include <fmt/format.h>

#include "support/catch.hpp"
#include "support/summarized_mailbox.hpp"

using namespace mailpipe::imap;

namespace {

struct Mail {
    std::uint32_t number;  ///< and when it was sent
    std::string id;
    std::vector<std::string> references{};
    std::string subject{};
};

/// Identifiers are single words: <a@x>.
SummarizedMailbox mailbox_of(const std::vector<Mail>& mails) {
    SummarizedMailbox mailbox;
    for (const auto& mail : mails) {
        std::string header = mail.id.empty() ? "" : "Message-ID: <" + mail.id + "@x>\n";
        header += mail.references.empty() ? "" : "References:";
        for (const auto& reference : mail.references) header += " <" + reference + "@x>";
        header += mail.references.empty() ? "" : "\n";
        header += "Subject: " + mail.subject + "\n";
        mailbox.add(header, {.arrival = mail.number}, mail.number);
    }
    return mailbox;
}

std::string thread(const std::vector<Mail>& mails, ThreadAlgorithm algorithm = ThreadAlgorithm::references) {
    const auto mailbox = mailbox_of(mails);
    return threads(mailbox.messages(), algorithm);
}

}  // namespace

TEST_CASE("the RFC's own threads have the RFC's own answers", "[imap][rfc5256-4]") {
    CHECK(thread({{2, "2"}, {3, "3"}, {4, "4", {"3", "6"}}, {6, "6", {"3"}}, {7, "7", {"3", "6", "44"}},
                  {23, "23", {"3", "6", "4"}}, {44, "44", {"3", "6"}}, {96, "96", {"44", "7"}}}) ==
          "(2)(3 6 (4 23)(44 7 96))");
    CHECK(thread({{3, "3", {"gone"}}, {5, "5", {"gone"}}}) == "((3)(5))");
    CHECK(thread({}) == "");
}

TEST_CASE("ORDEREDSUBJECT knows no grandchildren", "[imap][rfc5256-3]") {
    const std::vector<Mail> mails{{1, "a", {}, "one"}, {2, "b", {}, "two"}, {3, "c", {"a"}, "Re: two"},
                                  {4, "d", {"c"}, "re: ONE (fwd)"}, {5, "e", {}, "[x] two"}};
    CHECK(thread(mails, ThreadAlgorithm::ordered_subject) == "(1 4)(2 (3)(5))");
}

TEST_CASE("REFERENCES follows references, whoever tells them", "[imap][rfc5256-3]") {
    struct Case { std::vector<Mail> mails; std::string_view answer; };
    const auto c = GENERATE(values<Case>({
        {{{1, "a"}, {2, "b", {"a"}}, {3, "c", {"a", "b"}}}, "(1 2 3)"},
        {{{1, "c", {"a", "b"}}, {2, "b", {"a"}}, {3, "a"}}, "(3 2 1)"},           // replies come first
        {{{1, "c", {"a", "b"}}, {2, "a"}}, "(2 1)"},                              // "b" is not there
        {{{1, "c", {"a", "b"}}, {2, "d", {"a", "b"}}, {3, "a"}}, "(3 (1)(2))"},   // nor a dummy below a message
        {{{1, "d", {"a", "b", "c"}}}, "(1)"},
        {{{1, "d", {"a", "b"}}, {2, "e", {"a", "c"}}}, "((1)(2))"},
        {{{1, "", {"a"}}, {2, ""}, {3, "a"}}, "(2)(3 1)"},                        // no identifiers
        {{{1, "a"}, {2, "a"}, {3, "b", {"a"}}}, "(1 3)(2)"},                      // one identifier twice
        {{{1, "b", {"a"}}, {2, "c", {"x", "b"}}, {3, "a"}, {4, "x"}}, "(3 1 2)(4)"},  // a message knows its parent best
        {{{1, "b"}, {2, "c", {"a", "b"}}, {3, "a"}}, "(3 1 2)"},                  // told of "b" afterwards
        {{{1, "c", {"a", "b"}}, {2, "b"}, {3, "a"}}, "(2 1)(3)"},                 // told before: "b" tells of none
    }));
    CHECK(thread(c.mails) == c.answer);
}

TEST_CASE("REFERENCES joins threads by their subjects", "[imap][rfc5256-3]") {
    struct Case { std::vector<Mail> mails; std::string_view answer; };
    const auto c = GENERATE(values<Case>({
        {{{1, "a", {}, "s"}, {2, "b", {}, "Re: s"}}, "(1 2)"},
        {{{1, "a", {}, "Re: s"}, {2, "b", {}, "s"}}, "(2 1)"},
        {{{1, "a", {}, "s"}, {2, "b", {}, "s"}, {3, "c", {}, "Re: S"}}, "((1)(2)(3))"},
        {{{1, "a", {}, "Re: s"}, {2, "b", {}, "Re: s"}}, "((1)(2))"},
        {{{1, "a", {}, ""}, {2, "b", {}, "Re: "}}, "(1)(2)"},
        {{{1, "a", {"x"}, "s"}, {2, "b", {"x"}, "t"}, {3, "c", {"y"}, "s"}, {4, "d", {"y"}, "u"}}, "((1)(2)(3)(4))"},
        {{{1, "a", {"x"}, "s"}, {2, "b", {"x"}, "t"}, {3, "c", {}, "s"}}, "((1)(2)(3))"},
        {{{1, "c", {}, "s"}, {2, "a", {"x"}, "s"}, {3, "b", {"x"}, "t"}}, "((1)(2)(3))"},
        {{{1, "a", {}, "s"}, {2, "b", {"a"}, "t"}, {3, "c", {}, "Re: s"}}, "(1 (2)(3))"},
    }));
    CHECK(thread(c.mails) == c.answer);
}

TEST_CASE("REFS joins no subjects, and has what is new last", "[imap][rfc5256-3]") {
    const std::vector<Mail> mails{{1, "a", {}, "s"}, {2, "b", {}, "s"}, {3, "c", {"x"}}, {4, "d", {"x"}}, {5, "e", {"a"}}};
    CHECK(thread(mails, ThreadAlgorithm::refs) == "(2)((3)(4))(1 5)");
    CHECK(thread({{3, "a"}, {2, "b", {"a"}}, {1, "c", {"a"}}}, ThreadAlgorithm::refs) == "(3 (1)(2))");
}

TEST_CASE("references in a loop end somewhere", "[imap][rfc5256-3]") {
    struct Case { std::vector<Mail> mails; std::string_view answer; };
    const auto c = GENERATE(values<Case>({
        {{{1, "a", {"a"}}}, "(1)"},
        {{{1, "a", {"b"}}, {2, "b", {"a"}}}, "(2 1)"},
        {{{1, "a", {"c"}}, {2, "b", {"a"}}, {3, "c", {"b"}}}, "(3 1 2)"},
        {{{1, "a", {"x", "y", "x", "y"}}, {2, "b", {"y", "x"}}}, "(1)(2)"},
        {{{1, "a", {"b", "a", "b", "a"}}, {2, "b", {"a", "b"}}}, "(1)(2)"},
    }));
    const auto answer = thread(c.mails);
    for (const auto& mail : c.mails) {
        const auto number = std::to_string(mail.number);
        CHECK(answer.find(number) == answer.rfind(number));
        CHECK(answer.find(number) != std::string::npos);
    }
    if (c.answer != "(1)(2)") CHECK(answer == c.answer);
}

TEST_CASE("a chain of 100,000 replies is one thread, in whatever order it comes", "[imap][rfc5256-3]") {
    const auto [length, step] = GENERATE(table<std::uint32_t, std::uint32_t>({{100'000, 99'999}, {3'000, 1}, {3'000, 773}}));
    SummarizedMailbox mailbox;
    for (std::uint64_t i = 0; i < length; ++i) {
        const auto place = i * step % length;  // they have no factor in common
        mailbox.add(fmt::format("Message-ID: <{}@x>\nIn-Reply-To: <{}@x>\n", place, place - 1), {.arrival = static_cast<std::int64_t>(place)},
                    static_cast<std::uint32_t>(place + 1));
    }
    std::string chain = "(1";
    for (std::uint32_t number = 2; number <= length; ++number) chain += ' ' + std::to_string(number);
    CHECK((threads(mailbox.messages(), ThreadAlgorithm::references) == chain + ")"));
    CHECK((threads(mailbox.messages(), ThreadAlgorithm::refs) == chain + ")"));
}

TEST_CASE("what hangs long chains below long chains takes no square of time", "[imap][rfc5256-3]") {
    SummarizedMailbox mailbox;
    constexpr int length = 2'000;
    for (int i = 1; i < length; ++i) mailbox.add(fmt::format("Message-ID: <a{}@x>\nReferences: <a{}@x>\n", i, i - 1), {.arrival = i});
    for (int i = 0; i < length; ++i) {
        mailbox.add(fmt::format("References: <b{}@x> <c{}@x>\n", i, i), {.arrival = length + i});
        mailbox.add(fmt::format("References: <a{}@x> <b{}@x> <c{}@x>\n", length - 1, i, i), {.arrival = length + i});
    }
    const auto answer = threads(mailbox.messages(), ThreadAlgorithm::references);
    CHECK(answer.size() > 3 * length);
}
