// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>
#include <vector>

#include "io/channel.hpp"
#include "support/memory_stream.hpp"

using namespace mailpipe;
using namespace std::chrono_literals;
using io::Channel;
using io::LineEnd;
using mailpipe::test::MemoryStream;

namespace {

io::Deadline soon() { return io::Deadline::after(10s); }

struct ReadLine {
    std::string text;
    LineEnd end;
    bool operator==(const ReadLine&) const = default;
};

std::vector<ReadLine> lines(const std::string& input, std::size_t piece, std::size_t limit) {
    MemoryStream stream{input, piece};
    Channel channel{stream};
    std::vector<ReadLine> all;
    for (;;) {
        const auto line = channel.read_line(limit, soon());
        REQUIRE(line);
        if (!*line) return all;
        all.push_back({std::string{(*line)->text}, (*line)->end});
    }
}

}  // namespace

TEST_CASE("Lines come one by one, however the packets fall", "[io]") {
    const auto piece = GENERATE(std::size_t{1}, 2, 3, 1000);
    CHECK(lines("EHLO a\r\n\r\nQUIT\r\n", piece, 100) ==
          std::vector<ReadLine>{{"EHLO a", LineEnd::crlf}, {"", LineEnd::crlf}, {"QUIT", LineEnd::crlf}});
    CHECK(lines("a\nb\r\r\n\n", piece, 100) ==
          std::vector<ReadLine>{{"a", LineEnd::bare_lf}, {"b\r", LineEnd::crlf}, {"", LineEnd::bare_lf}});
}

TEST_CASE("A line's limit counts its end, too", "[io][rfc5321-4.5.3.1]") {
    const auto piece = GENERATE(std::size_t{1}, 5, 1000);
    CHECK(lines("12345678\r\nx\r\n", piece, 10) ==
          std::vector<ReadLine>{{"12345678", LineEnd::crlf}, {"x", LineEnd::crlf}});
    CHECK(lines("123456789\r\nx\r\n", piece, 10) ==
          std::vector<ReadLine>{{"", LineEnd::too_long}, {"x", LineEnd::crlf}});
}

TEST_CASE("A line without end is swallowed, and the next one is read", "[io]") {
    const std::string flood(200'000, 'x');
    CHECK(lines(flood + "\r\nQUIT\r\n", 1000, 512) ==
          std::vector<ReadLine>{{"", LineEnd::too_long}, {"QUIT", LineEnd::crlf}});
    CHECK(lines(flood, 1000, 512) == std::vector<ReadLine>{{"", LineEnd::too_long}});
}

TEST_CASE("Of a line that is too long the ends are known, and of the next one nothing", "[io]") {
    struct Case { std::string line; std::string head, tail; };
    const std::string long_head(Channel::kept_octets, 'h'), long_tail(Channel::kept_octets - 1, 't');
    const auto c = GENERATE_REF(values<Case>({
        {"a1 LOGIN {5+}\r\n", "a1 LOGIN {5+}\r", "a1 LOGIN {5+}"},
        {"a1 LOGIN {5+}\n", "a1 LOGIN {5+}", "a1 LOGIN {5+}"},
        {long_head + std::string(100'000, 'x') + long_tail + "\r\n", long_head, long_tail},
        {long_head + std::string(100'000, 'x') + long_tail, long_head, "x" + long_tail},
    }));
    const auto piece = GENERATE(std::size_t{1}, 7, 100'000);
    MemoryStream stream{c.line + "QUIT\r\n", piece};
    if (!c.line.ends_with('\n')) stream.input = c.line;
    Channel channel{stream};
    const auto line = channel.read_line(10, soon());
    REQUIRE(line);
    REQUIRE(*line);
    CHECK((*line)->end == LineEnd::too_long);
    CHECK((*line)->head == c.head);
    CHECK((*line)->tail == c.tail);
}

TEST_CASE("The longest line fills the buffer to its last octet", "[io]") {
    const std::string longest(Channel::input_octets - 2, 'x');
    const auto got = lines("a\r\n" + longest + "\r\nx" + longest + "\r\n", 7777, SIZE_MAX);
    REQUIRE(got.size() == 3);
    CHECK(got[1].text == longest);
    CHECK(got[2].end == LineEnd::too_long);
}

TEST_CASE("A peer that goes in mid-line has sent no line", "[io]") {
    CHECK(lines("QUI", 1, 100).empty());
    CHECK(lines("a\r\nQUI", 1, 100) == std::vector<ReadLine>{{"a", LineEnd::crlf}});
}

TEST_CASE("Errors and silence of the peer come out of the read", "[io]") {
    MemoryStream stream{"NOOP\r\nNO"};
    SECTION("failing") { stream.fail_at = 8; }
    SECTION("silent") { stream.silent_at_end = true; }
    Channel channel{stream};
    REQUIRE(channel.read_line(100, soon()));
    const auto line = channel.read_line(100, soon());
    REQUIRE_FALSE(line);
    CHECK(line.error().fault == Fault::transient);
    CHECK(timed_out(line.error()) == stream.silent_at_end);
}

TEST_CASE("peek shows what has come and consume takes it", "[io]") {
    MemoryStream stream{"abcdef", 4};
    Channel channel{stream};
    auto seen = channel.peek(soon());
    REQUIRE(seen);
    CHECK(std::string_view{seen->data(), seen->size()} == "abcd");
    channel.consume(3);
    seen = channel.peek(soon());
    CHECK(std::string_view{seen->data(), seen->size()} == "d");
    CHECK(channel.has_input());
    channel.consume(1);
    CHECK_FALSE(channel.has_input());
    seen = channel.peek(soon());
    CHECK(std::string_view{seen->data(), seen->size()} == "ef");
    channel.consume(2);
    CHECK(channel.peek(soon())->empty());
}

TEST_CASE("What came ahead can be thrown away", "[io][rfc3207-4.2]") {
    MemoryStream stream{"STARTTLS\r\nMAIL FROM:<a@example>\r\n"};
    Channel channel{stream};
    REQUIRE(channel.read_line(100, soon()));
    CHECK(channel.has_input());
    channel.discard_input();
    CHECK_FALSE(channel.has_input());
    CHECK_FALSE(channel.read_line(100, soon())->has_value());
}

TEST_CASE("Replies are gathered until the channel has to wait", "[io]") {
    MemoryStream stream{"A\r\nB\r\nC\r\n"};
    Channel channel{stream};
    for (int i = 0; i < 3; ++i) {
        REQUIRE(channel.read_line(100, soon())->has_value());
        channel.write("250 ok\r\n");
    }
    CHECK(stream.writes == 0);
    CHECK_FALSE(channel.read_line(100, soon())->has_value());
    CHECK(stream.writes == 1);
    CHECK(stream.output == "250 ok\r\n250 ok\r\n250 ok\r\n");
}

TEST_CASE("Much output goes out without being asked to", "[io]") {
    MemoryStream stream;
    Channel channel{stream};
    channel.write(std::string(Channel::output_octets - 1, 'x'));
    CHECK(stream.writes == 0);
    channel.write("y");
    CHECK(stream.output.size() == Channel::output_octets);
    REQUIRE(channel.flush());
    CHECK(stream.writes == 1);
}

TEST_CASE("What is taken comes after what was gathered, and leaves an empty string", "[io]") {
    const std::size_t large = Channel::output_octets;
    for (const std::size_t octets : {std::size_t{0}, std::size_t{1}, large - 1, large, 3 * large}) {
        for (const std::string before : {"", "before"}) {
            MemoryStream stream{""};
            Channel channel{stream};
            std::string data(octets, 'd');
            channel.write(before);
            channel.take(data);
            CHECK(data.empty());
            channel.write("after");
            REQUIRE(channel.flush());
            CHECK(stream.output == before + std::string(octets, 'd') + "after");
        }
    }
}

TEST_CASE("A failed write is told by every later flush and read, and nothing more is sent", "[io]") {
    MemoryStream stream{"A\r\n"};
    stream.fail_writes = true;
    Channel channel{stream};
    channel.write(std::string(Channel::output_octets, 'x'));
    stream.fail_writes = false;
    channel.write(std::string(Channel::output_octets, 'y'));
    CHECK_FALSE(channel.flush());
    CHECK_FALSE(channel.flush());
    CHECK_FALSE(channel.read_line(100, soon()));
    CHECK(stream.output.empty());
}

TEST_CASE("A channel goes on through another stream", "[io]") {
    MemoryStream plain{"STARTTLS\r\n"};
    MemoryStream secret{"QUIT\r\n"};
    Channel channel{plain};
    REQUIRE(channel.read_line(100, soon()));
    channel.write("220 go ahead\r\n");
    REQUIRE(channel.flush());
    channel.replace(secret);
    CHECK((*channel.read_line(100, soon()))->text == "QUIT");
    channel.write("221 bye\r\n");
    REQUIRE(channel.flush());
    CHECK(plain.output == "220 go ahead\r\n");
    CHECK(secret.output == "221 bye\r\n");
}

TEST_CASE("A wait sends what was gathered, and sees what has been read already", "[io]") {
    MemoryStream stream{"DONE\r\nNOOP\r\n"};
    Channel channel{stream};
    channel.write("+ idling\r\n");
    CHECK(channel.wait({}, soon()).value() == io::Woken::peer);
    CHECK(stream.output == "+ idling\r\n");
    CHECK(stream.waits == 1);
    CHECK((*channel.read_line(100, soon()))->text == "DONE");
    CHECK(channel.wait({}, soon()).value() == io::Woken::peer);
    CHECK(stream.waits == 1);

    stream.fail_writes = true;
    channel.write("x");
    CHECK_FALSE(channel.wait({}, soon()));
}

TEST_CASE("Memory goes back before a long wait, and comes again with the next octets", "[io]") {
    MemoryStream stream{"A\r\n"};
    stream.silent_at_end = true;
    Channel channel{stream};
    REQUIRE(channel.read_line(100, soon())->has_value());
    CHECK(channel.wait({}, io::Deadline::after(500ms)).value() == io::Woken::deadline);
    CHECK(stream.releases == 0);
    CHECK(channel.wait({}, soon()).value() == io::Woken::deadline);
    CHECK(stream.releases == 1);
    stream.input += "B\r\n";
    CHECK(channel.wait({}, soon()).value() == io::Woken::peer);
    CHECK((*channel.read_line(100, soon()))->text == "B");
    channel.write("x");
    CHECK(channel.flush());
}
