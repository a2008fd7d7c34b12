// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <unistd.h>

#include <string>

#include "base/fd.hpp"
#include "base/log.hpp"

using namespace mailpipe;

namespace {

/// What `line` puts on descriptor 2.
std::string written(const LogLine& line) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const Fd reader{ends[0]};
    const Fd standard_error{::dup(STDERR_FILENO)};
    ::dup2(ends[1], STDERR_FILENO);
    ::close(ends[1]);
    line.write();
    ::dup2(standard_error.number(), STDERR_FILENO);
    char text[4096];
    const auto n = ::read(reader.number(), text, sizeof text);
    return {text, static_cast<std::size_t>(n)};
}

/// Without the time at its front.
std::string logged(const LogLine& line) {
    const auto text = written(line);
    return text.substr(text.find(' ') + 1);
}

}  // namespace

TEST_CASE("A log line has time, tool and event before its own fields", "[base]") {
    open_log("smtpd", LogTarget::standard_error);
    const auto text = written(LogLine("received").add("id", "1.M2P3Q4.mx").add("size", std::uint64_t{42}));
    CHECK(text.starts_with("ts=20"));
    CHECK(text.ends_with("Z tool=smtpd event=received id=1.M2P3Q4.mx size=42\n"));
}

TEST_CASE("A log that leads nowhere writes nothing", "[base]") {
    open_log("smtpd", LogTarget::nowhere);
    CHECK(written(LogLine("received")).empty());
}

TEST_CASE("Whatever a peer says, a log line stays one line with its own keys", "[base]") {
    open_log("t", LogTarget::standard_error);
    struct Case { std::string value, text; };
    const auto c = GENERATE(values<Case>({
        {"plain@example", "plain@example"},
        {"", "\"\""},
        {"two words", "\"two words\""},
        {"a=b", "\"a=b\""},
        {"say \"hi\"", R"("say \"hi\"")"},
        {"back\\slash", R"("back\\slash")"},
        {"line\r\nevent=forged", R"("line\x0d\x0aevent=forged")"},
        {"\xc2\x9b" "2J", R"("\xc2\x9b2J")"},  // what ESC [ is for a terminal
        {"\xff", R"("\xff")"},
        {std::string("nul\0", 4), R"("nul\x00")"},
        {"\x7f", R"("\x7f")"},
        {"m\xc3\xbcller", "m\xc3\xbcller"},
    }));
    CHECK(logged(LogLine("x").add("value", c.value).add("n", "1")) == "tool=t event=x value=" + c.text + " n=1\n");
}
