// SPDX-License-Identifier: ISC
// Lines of more than 65,536 octets: what is refused, and where the next command begins.
#include "support/catch.hpp"

#include "support/imap_site.hpp"
#include "support/memory_stream.hpp"

using namespace mailpipe;

namespace {

/// What the server says to this after the login.
std::string answers(const std::string& said, std::size_t piece) {
    const test::ImapSite site;
    test::MemoryStream stream{"0 LOGIN alice \"wonder land\"\r\n" + said, piece};
    io::Channel channel{stream};
    REQUIRE(imap::serve(channel, {.address = "local", .is_loopback = true}, {.hostname = "mail.example"}, site.world()));
    const auto begin = stream.output.find("\r\n", stream.output.find("\r\n0 OK") + 2) + 2;
    return stream.output.substr(begin);
}

/// `begin`, blanks, and `end`, with CRLF one octet more than a line may have.
std::string long_line(std::string_view begin, std::string_view end = {}) {
    return std::string{begin} + std::string(io::Channel::input_octets - 1 - begin.size() - end.size(), ' ') + std::string{end} + "\r\n";
}

const std::string refused = "BAD a line may have 65536 octets\r\n";
const std::string message = "A: 1\r\n\r\n";

}  // namespace

TEST_CASE("A line has 65,536 octets with its end, and one more is BAD with its tag", "[imap][rfc9051-7.1.3]") {
    const auto piece = GENERATE(std::size_t{1}, 4096, SIZE_MAX);
    CAPTURE(piece);
    auto longest = long_line("1 NOOP");
    longest.erase(10, 1);
    REQUIRE(longest.size() == 65'536);
    CHECK(answers(longest + "2 NOOP\r\n", piece) == "1 OK done\r\n2 OK done\r\n");
    CHECK(answers(long_line("1 NOOP") + "2 NOOP\r\n", piece) == "1 " + refused + "2 OK done\r\n");
    const std::string endless_tag(100'000, 'x');
    CHECK(answers(endless_tag + " NOOP\r\n2 NOOP\r\n", piece) == "* " + refused + "2 OK done\r\n");
}

TEST_CASE("What a line that is too long announces is swallowed, or not asked for", "[imap][rfc7888-4]") {
    const auto piece = GENERATE(std::size_t{1}, 4096, SIZE_MAX);
    CAPTURE(piece);
    const std::string end = "1 " + refused + "3 OK done\r\n";
    CHECK(answers(long_line("1 SEARCH", "{10+}") + "2 LOGOUT\r\n\r\n3 NOOP\r\n", piece) == end);
    CHECK(answers(long_line("1 SEARCH", "~{10+}") + "2 LOGOUT\r\n {8+}\r\n2 NOOP\r\n\r\n3 NOOP\r\n", piece) == end);
    CHECK(answers(long_line("1 SEARCH", "{10+}") + "2 LOGOUT\r\n" + long_line("", "{8+}") + "2 NOOP\r\n\r\n3 NOOP\r\n", piece) == end);
    CHECK(answers(long_line("1 SEARCH", "{10}") + "3 NOOP\r\n", piece) == end);
}

TEST_CASE("A command is not obeyed without the line behind its literal", "[imap][rfc9051-4.3]") {
    const auto piece = GENERATE(std::size_t{1}, 4096, SIZE_MAX);
    CAPTURE(piece);
    const std::string nothing_made = "2 NO [NONEXISTENT]";
    CHECK(answers("1 CREATE {1+}\r\na" + long_line("") + "2 SELECT a\r\n", piece).starts_with("1 " + refused + nothing_made));
    CHECK(answers("1 CREATE {1+}\r\na" + long_line("", "{8+}") + "2 NOOP\r\n\r\n2 SELECT a\r\n", piece).starts_with("1 " + refused + nothing_made));
    const std::string status = "2 STATUS INBOX (MESSAGES)\r\n", none = "* STATUS INBOX (MESSAGES 0)\r\n2 OK done\r\n";
    CHECK(answers("1 APPEND INBOX {8+}\r\n" + message + long_line("") + status, piece) == "1 " + refused + none);
    CHECK(answers("1 APPEND INBOX {8+}\r\n" + message + long_line("", "{8+}") + message + "\r\n" + status, piece) == "1 " + refused + none);
    CHECK(answers("1 APPEND {5+}\r\nINBOX" + long_line("", "{8+}") + message + "\r\n" + status, piece) == "1 " + refused + none);
}
