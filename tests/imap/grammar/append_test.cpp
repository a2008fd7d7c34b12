// SPDX-License-Identifier: ISC
#include "imap/grammar/append.hpp"

#include <fmt/format.h>

#include "support/catch.hpp"
#include "support/imap_command.hpp"

using namespace mailpipe;
using imap::AppendStep;
using imap::Utf8;
using Kind = imap::AppendStep::Kind;

namespace {

std::string spelt(const AppendStep& step) {
    std::string out;
    switch (step.kind) {
        case Kind::destination: return fmt::format("to {} {}|", step.text, step.number);
        case Kind::message:
            out = fmt::format("message ({})", fmt::join(step.flags.flags, " "));
            if (step.date) out += fmt::format(" {}", unix_seconds(*step.date));
            return out + "|";
        case Kind::url: return "url " + step.text + "|";
        case Kind::literal: return fmt::format("{}{}{}|", step.literal.is_binary ? "~" : "", step.literal.octets, step.literal.is_sync ? "" : "+");
        case Kind::message_end: return "end|";
        case Kind::command_end: return "done";
        case Kind::more: return fmt::format("more {}|", step.literal.octets);
    }
    return out;
}

/// The steps of a command whose lines are `lines`: each but the first is what stands behind a literal, an argument's with it.
std::string steps(std::string_view first, const std::vector<std::string>& lines) {
    const auto parsed = command(first);
    imap::AppendReader reader{parsed, Utf8::off};
    std::string text{parsed.arguments};
    std::string_view left = text;
    std::string out;
    for (std::size_t line = 0; out.size() < 1000;) {
        const auto step = reader.next(left);
        if (!step) return out + step.error().what;
        out += spelt(*step);
        if (step->kind == Kind::command_end) return out;
        if (step->kind != Kind::literal && step->kind != Kind::more) continue;
        REQUIRE(line < lines.size());
        text = step->kind == Kind::more ? std::string(left) + "\r\n" + lines[line] : lines[line];
        left = text;
        ++line;
    }
    return out;
}

}  // namespace

TEST_CASE("APPEND is read in steps", "[imap][rfc9051-6.3.12][rfc3502-6.3.11][rfc4469-3][rfc6855-4]") {
    struct Case { std::string_view first; std::vector<std::string> lines; std::string_view steps; };
    const auto c = GENERATE(values<Case>({
        {"a APPEND inbox {310}", {""}, "to INBOX 0|message ()|310|end|done"},
        {"a APPEND x (\\seen $Junk) {310+}", {""}, "to x 0|message (\\Seen $Junk)|310+|end|done"},
        {"a APPEND x () {3}", {" "}, "to x 0|message ()|3|end|done"},
        {"a APPEND x \" 1-Jan-1970 00:01:00 +0000\" {3}", {""}, "to x 0|message () 60|3|end|done"},
        {"a APPEND x \"1-Jan-1970 00:01:00\" {3}", {""}, "to x 0|message () 60|3|end|done"},
        {"a APPEND \"a b\" (\\Draft) \"01-Jan-1970 00:00:00 +0000\" ~{3}", {""}, "to a b 0|message (\\Draft) 0|~3|end|done"},
        {"a APPEND {3}", {"a b {5}", ""}, "more 3|to a b 0|message ()|5|end|done"},
        {"a APPEND {3+}", {"a b (\\Seen) {5+}", ""}, "more 3|to a b 0|message (\\Seen)|5+|end|done"},
        {"a APPEND x UTF8 (~{5+}", {")"}, "to x 0|message ()|~5+|end|done"},
        {"a APPEND x (\\Seen) utf8 ({5}", {")"}, "to x 0|message (\\Seen)|5|end|done"},
        {"a APPEND x {1}", {" (\\Seen) {2}", " {3}", ""}, "to x 0|message ()|1|end|message (\\Seen)|2|end|message ()|3|end|done"},
        {"a APPEND x UTF8 (~{1}", {") {2}", ""}, "to x 0|message ()|~1|end|message ()|2|end|done"},
        {"a APPEND x CATENATE (URL \"/y/;UID=1\")", {}, "to x 0|message ()|url /y/;UID=1|end|done"},
        {"a APPEND x (\\Seen) CATENATE (URL a URL b TEXT {5}", {" TEXT {6+}", " URL c)"}, "to x 0|message (\\Seen)|url a|url b|5|6+|url c|end|done"},
        {"a APPEND x catenate (text {5}", {")"}, "to x 0|message ()|5|end|done"},
        {"a APPEND x CATENATE (UTF8 (~{5}", {") URL b)"}, "to x 0|message ()|~5|url b|end|done"},
        {"a APPEND x CATENATE (URL {2}", {"ab URL {1}", "c TEXT {7}", ") {8}", ""}, "to x 0|message ()|more 2|url ab|more 1|url c|7|end|message ()|8|end|done"},
        {"a APPEND x CATENATE (UTF8 (~{5}", {") URL {1}", "b)"}, "to x 0|message ()|~5|more 1|url b|end|done"},
        {"a APPEND x {1}", {" CATENATE (URL a) (\\Draft) {2}", ""}, "to x 0|message ()|1|end|message ()|url a|end|message (\\Draft)|2|end|done"},
        {"a APPEND x {0}", {""}, "to x 0|message ()|0|end|done"},
    }));
    CAPTURE(c.first);
    CHECK(steps(c.first, c.lines) == c.steps);
}

TEST_CASE("REPLACE is APPEND of one message with a number", "[imap][rfc8508-3]") {
    struct Case { std::string_view first; std::vector<std::string> lines; std::string_view steps; };
    const auto c = GENERATE(values<Case>({
        {"a REPLACE 4 Drafts (\\Seen \\Draft) {312}", {""}, "to Drafts 4|message (\\Seen \\Draft)|312|end|done"},
        {"a UID REPLACE * {1}", {"x {3}", ""}, "more 1|to x 0|message ()|3|end|done"},
        {"a REPLACE 1 x CATENATE (URL a)", {}, "to x 1|message ()|url a|end|done"},
        {"a REPLACE 1 x {3}", {" {4}"}, "to x 1|message ()|3|end|REPLACE: only one message may replace another; not ' {4}'"},
        {"a REPLACE 0 x {3}", {}, "REPLACE: a number from 1 to 4294967295 expected, not '0 x {3}'"},
        {"a REPLACE x {3}", {}, "REPLACE: a number from 1 to 4294967295 expected, not 'x {3}'"},
        {"a REPLACE 1:2 x {3}", {}, "REPLACE: a blank expected, not ':2 x {3}'"},
    }));
    CAPTURE(c.first);
    CHECK(steps(c.first, c.lines) == c.steps);
}

TEST_CASE("What is no APPEND is BAD", "[imap][rfc9051-6.3.12]") {
    struct Case { std::string_view first; std::vector<std::string> lines; std::string_view steps; };
    const auto c = GENERATE(values<Case>({
        {"a APPEND", {}, "APPEND: a string or atom expected, not nothing"},
        {"a APPEND x", {}, "to x 0|APPEND: a blank expected, not nothing"},
        {"a APPEND x y", {}, "to x 0|message ()|APPEND: a literal expected, not 'y'"},
        {"a APPEND x (\\Seen)", {}, "to x 0|APPEND: a blank expected, not nothing"},
        {"a APPEND x \\Seen {3}", {}, "to x 0|message ()|APPEND: a literal expected, not '\\Seen {3}'"},
        {"a APPEND x \"yesterday\" {3}", {}, "to x 0|APPEND: a date-time like \" 1-Feb-2024 10:00:00 +0000\" expected, not '\"yesterday\" {3}'"},
        {"a APPEND x FOO {3}", {}, "to x 0|message ()|APPEND: a literal expected, not 'FOO {3}'"},
        {"a APPEND x {1} {3}", {}, "to x 0|message ()|APPEND: a literal expected, not '{1} {3}'"},
        {"a APPEND x {3}", {"x"}, "to x 0|message ()|3|end|APPEND: a blank expected, not 'x'"},
        {"a APPEND x UTF8 {3}", {}, "to x 0|message ()|APPEND: '(' expected, not '{3}'"},
        {"a APPEND x UTF8 (~{3}", {""}, "to x 0|message ()|~3|APPEND: ')' expected, not nothing"},
        {"a APPEND x CATENATE ()", {}, "to x 0|message ()|APPEND: URL, TEXT or UTF8 expected, not ')'"},
        {"a APPEND x CATENATE (FOO {3}", {}, "to x 0|message ()|APPEND: URL, TEXT or UTF8 expected, not 'FOO {3}'"},
        {"a APPEND x CATENATE (TEXT \"a\")", {}, "to x 0|message ()|APPEND: a literal expected, not '\"a\")'"},
        {"a APPEND x CATENATE (TEXT {3}", {""}, "to x 0|message ()|3|APPEND: a blank expected, not nothing"},
        {"a APPEND x CATENATE (URL a", {}, "to x 0|message ()|url a|APPEND: a blank expected, not nothing"},
        {"a APPEND {3}", {"a"}, "more 3|APPEND: a string or atom expected, not '{3}??a'"},
    }));
    CAPTURE(c.first);
    CHECK(steps(c.first, c.lines) == c.steps);
}
