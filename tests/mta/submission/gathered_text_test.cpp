// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "mta/submission/gathered_text.hpp"
#include "support/file_size_limit.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using namespace mailpipe::mta;

namespace {

Fd file_of(std::string_view text) {
    Fd file{::memfd_create("text", MFD_CLOEXEC)};
    REQUIRE(::write(file.number(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    REQUIRE(::lseek(file.number(), 0, SEEK_SET) == 0);
    return file;
}

std::string all_of(const GatheredText& text, std::size_t from = 0) {
    std::string all;
    REQUIRE(text.read_from(from, [&](std::string_view piece) {
        all += piece;
        return Result<void>{};
    }));
    return all;
}

GatheredText gather(std::string_view text, LoneDot dot) { return GatheredText::read(file_of(text), dot, {"/tmp"}).value(); }

/// Through packets of `piece` octets.
std::string gather_pieces(std::string_view text, LoneDot dot, std::size_t piece) {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0);
    const Fd ours{ends[0]};
    std::thread writer([&, theirs = Fd{ends[1]}] {
        for (std::size_t at = 0; at < text.size(); at += piece) {
            const auto part = text.substr(at, piece);
            if (::send(theirs.number(), part.data(), part.size(), MSG_NOSIGNAL) < 0) return;
        }
    });
    const auto gathered = GatheredText::read(ours, dot, {"/tmp"});
    writer.join();
    REQUIRE(gathered);
    return all_of(*gathered);
}

}  // namespace

TEST_CASE("A line with a dot alone ends a message, however it is cut", "[mta][sendmail]") {
    struct Case { std::string_view in, out; };
    const auto c = GENERATE(values<Case>({
        {"a\n.\nb\n", "a\n"}, {"a\r\n.\r\nb\r\n", "a\n"}, {".\na\n", ""}, {"a\n.", "a\n"}, {"a\n..\n.b\n", "a\n..\n.b\n"},
        {"a.\n.\n", "a.\n"}, {"a\n. \n", "a\n. \n"}, {"a\n.\r", "a\n.\r"}, {"", ""}, {"a", "a"}, {"\n.\n", "\n"}, {"..\n.", "..\n"},
        {"a.", "a."}, {"a\n.\n.\n", "a\n"},
    }));
    const auto piece = GENERATE(std::size_t{1}, 2, 3, 1000);
    CAPTURE(c.in, piece);
    CHECK(gather_pieces(c.in, LoneDot::ends, piece) == c.out);
}

TEST_CASE("With -i it is text", "[mta][sendmail]") {
    const auto piece = GENERATE(std::size_t{1}, 2, 1000);
    CHECK(gather_pieces("a\r\n.\r\nb\n.", LoneDot::is_text, piece) == "a\n.\nb\n.");
    CHECK(gather_pieces("From joe Tue\n.\nb\n", LoneDot::is_text, piece) == ".\nb\n");
}

TEST_CASE("It knows its size, on the wire too, and whether it is ASCII", "[mta][sendmail]") {
    const auto text = gather("a\r\nb\nc", LoneDot::is_text);
    CHECK(text.octets() == 5);
    CHECK(text.wire_octets() == 7);
    CHECK_FALSE(text.is_eight_bit());
    CHECK(gather("a\n\xe9\n", LoneDot::ends).is_eight_bit());
    CHECK_FALSE(gather("a\n.\n\xe9\n", LoneDot::ends).is_eight_bit());
}

TEST_CASE("What does not fit into memory stands in a file, and comes back whole", "[mta][sendmail]") {
    const auto size = GENERATE(GatheredText::head_octets - 1, GatheredText::head_octets, GatheredText::head_octets + 1,
                               GatheredText::head_octets + 200'000);
    std::string text;
    while (text.size() < size) text += std::to_string(text.size()) + "\n";
    text.resize(size);
    const auto gathered = gather(text, LoneDot::is_text);
    CHECK(gathered.octets() == size);
    CHECK(gathered.head().size() == std::min(size, GatheredText::head_octets));
    CHECK(all_of(gathered) == text);
    CHECK(all_of(gathered, 12345) == text.substr(12345));
    CHECK(all_of(gathered, gathered.head().size()) == text.substr(gathered.head().size()));
}

TEST_CASE("A disk without room for it is a temporary failure", "[mta][sendmail]") {
    const test::TempDir directory;
    const auto input = file_of(std::string(GatheredText::head_octets + 200'000, 'x'));
    const test::FileSizeLimit limit{100'000};
    const auto gathered = GatheredText::read(input, LoneDot::is_text, {directory.path()});
    REQUIRE_FALSE(gathered);
    CHECK(exit_status(gathered.error()) == ExitStatus::try_again);
}

TEST_CASE("Where a file is needed the first directory that allows one has it", "[mta][sendmail]") {
    const test::TempDir directory;
    const std::string text(GatheredText::head_octets + 1, 'x');
    CHECK(GatheredText::read(file_of(text), LoneDot::is_text, {directory / "missing", directory.path()}));
    CHECK(GatheredText::read(file_of(text.substr(1)), LoneDot::is_text, {directory / "missing"}));
    const auto none = GatheredText::read(file_of(text), LoneDot::is_text, {directory / "missing"});
    REQUIRE_FALSE(none);
    CHECK(exit_status(none.error()) == ExitStatus::try_again);
    CHECK(none.error().what.find(directory / "missing") != std::string::npos);
}

TEST_CASE("Whoever takes it may stop it", "[mta][sendmail]") {
    const auto gathered = gather(std::string(GatheredText::head_octets + 1, 'x'), LoneDot::is_text);
    int pieces = 0;
    const auto stopped = gathered.read_from(0, [&](std::string_view) -> Result<void> {
        ++pieces;
        return failure({Fault::transient, "enough"});
    });
    CHECK_FALSE(stopped);
    CHECK(pieces == 1);
}
