// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "mta/piped_text.hpp"

using namespace mailpipe;
using namespace mailpipe::mta;

namespace {

struct Read {
    std::optional<std::string> from;
    std::string text;
};

/// Through packets of `piece` octets.
Read read(std::string_view text, std::size_t piece) {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0);
    const Fd ours{ends[0]};
    std::thread writer([&, theirs = Fd{ends[1]}] {
        for (std::size_t at = 0; at < text.size(); at += piece) {
            const auto part = text.substr(at, piece);
            (void)!::write(theirs.number(), part.data(), part.size());
        }
    });
    PipedText piped{ours};
    Read got{piped.from_line().value(), {}};
    for (;;) {
        const auto next = piped.next().value();
        if (next.empty()) break;
        got.text += next;
    }
    writer.join();
    return got;
}

}  // namespace

TEST_CASE("Of a file only the part is read that was asked for, wherever it stands", "[mta]") {
    const Fd file{::memfd_create("text", MFD_CLOEXEC)};
    REQUIRE(::write(file.number(), "one\r\ntwo\nthree\n", 15) == 15);
    for (const auto& [octets, text] : std::vector<std::pair<std::uint64_t, std::string>>{
             {0, ""}, {4, "one\r"}, {5, "one\n"}, {9, "one\ntwo\n"}, {15, "one\ntwo\nthree\n"}, {99, "one\ntwo\nthree\n"}}) {
        CAPTURE(octets);
        PipedText part{file, octets};
        std::string got;
        for (std::string_view piece; !(piece = part.next().value()).empty();) got += piece;
        CHECK(got == text);
    }
    CHECK(::lseek(file.number(), 0, SEEK_CUR) == 15);
}

TEST_CASE("CRLF becomes LF and nothing else changes, however the pipe cuts it", "[mta]") {
    struct Case { std::string_view in, out; };
    const auto c = GENERATE(values<Case>({
        {"a\r\nb\r\n", "a\nb\n"}, {"a\nb", "a\nb"}, {"a\rb\r", "a\rb\r"}, {"a\r\r\n\r\n", "a\r\n\n"}, {"", ""}, {"\r", "\r"},
        {">From x\n", ">From x\n"}, {"From: x\n", "From: x\n"}, {"F", "F"}, {"From ", "From "},
    }));
    const auto piece = GENERATE(std::size_t{1}, 2, 3, 1000);
    CAPTURE(c.in, piece);
    const auto got = read(c.in, piece);
    CHECK(got.text == c.out);
    CHECK_FALSE(got.from);
}

TEST_CASE("A From_ line tells the sender and goes", "[mta]") {
    const auto piece = GENERATE(std::size_t{1}, 2, 3, 1000);
    const auto got = read("From joe@x.example  Tue Jan  1 00:00:00 2026\r\nSubject: x\r\n\r\nFrom y\r\n", piece);
    CHECK(got.from == "joe@x.example");
    CHECK(got.text == "Subject: x\n\nFrom y\n");
    CHECK(read("From \n\n", piece).from == "");
}

TEST_CASE("A From_ line has at most 8191 octets", "[mta]") {
    const std::string longest = "From x" + std::string(PipedText::max_from_line - 7, ' ') + "\n";
    CHECK(read(longest + "a", 1000).text == "a");
    CHECK(read("From x " + longest.substr(6) + "a", 1000).text.starts_with("From x"));
}
