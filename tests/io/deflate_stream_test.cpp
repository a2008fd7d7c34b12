// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <zlib.h>

#include <string>

#include "io/channel.hpp"
#include "io/deflate_stream.hpp"
#include "support/memory_stream.hpp"

using namespace mailpipe;
using namespace std::chrono_literals;
using io::DeflateStream;
using io::Woken;
using test::MemoryStream;

namespace {

io::Deadline soon() { return io::Deadline::after(10s); }

/// The client's deflate, one stream over all calls.
class Deflate {
public:
    Deflate() { REQUIRE(deflateInit2(&zlib_, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) == Z_OK); }
    ~Deflate() { deflateEnd(&zlib_); }
    std::string operator()(std::string text, int flush = Z_SYNC_FLUSH) {
        std::string out(text.size() + 1000, '\0');
        zlib_.next_in = reinterpret_cast<Bytef*>(text.data());
        zlib_.avail_in = static_cast<uInt>(text.size());
        zlib_.next_out = reinterpret_cast<Bytef*>(out.data());
        zlib_.avail_out = static_cast<uInt>(out.size());
        ::deflate(&zlib_, flush);
        out.resize(out.size() - zlib_.avail_out);
        return out;
    }

private:
    z_stream zlib_{};
};

/// The client's inflate.
std::string inflated(std::string data) {
    z_stream zlib{};
    REQUIRE(inflateInit2(&zlib, -15) == Z_OK);
    std::string text;
    zlib.next_in = reinterpret_cast<Bytef*>(data.data());
    zlib.avail_in = static_cast<uInt>(data.size());
    char piece[4096];
    do {
        zlib.next_out = reinterpret_cast<Bytef*>(piece);
        zlib.avail_out = sizeof piece;
        ::inflate(&zlib, Z_SYNC_FLUSH);
        text.append(piece, sizeof piece - zlib.avail_out);
    } while (zlib.avail_out == 0);
    inflateEnd(&zlib);
    return text;
}

std::string read_all(io::Stream& stream, std::size_t piece) {
    std::string text, buffer(piece, '\0');
    for (;;) {
        const auto n = stream.read(buffer, soon());
        REQUIRE(n);
        if (*n == 0) return text;
        text.append(buffer, 0, *n);
    }
}

std::string mixed_text(std::size_t octets) {
    std::string text;
    for (unsigned x = 1; text.size() < octets; x = x * 1103515245U + 12345U) {
        text += x % 3 == 0 ? "FETCH (FLAGS (\\Seen) UID " : std::to_string(x);
    }
    return text;
}

}  // namespace

TEST_CASE("What a client has deflated is read, however the packets fall", "[io][rfc4978-3]") {
    const auto packet = GENERATE(std::size_t{1}, 7, 100'000);
    const auto buffer = GENERATE(std::size_t{1}, 100, 65536);
    const std::string text = mixed_text(40'000);
    Deflate deflate;
    std::string sent = deflate(text.substr(0, 10));
    sent += deflate(text.substr(10, 30'000));
    sent += deflate(text.substr(30'010));
    MemoryStream below{sent, packet};
    DeflateStream stream{below};
    CHECK(read_all(stream, buffer) == text);
}

TEST_CASE("Each write comes out whole at the peer", "[io][rfc4978-4]") {
    MemoryStream below;
    DeflateStream stream{below};
    std::string text;
    for (const std::size_t octets : {1, 20, 100'000, 3}) {
        const auto piece = mixed_text(octets);
        REQUIRE(stream.write(piece, soon()));
        text += piece;
        CHECK(inflated(below.output) == text);
        if (octets == 20) stream.release_memory();
    }
    CHECK(below.output.size() < text.size() / 2);
    const auto before = below.writes;
    REQUIRE(stream.write("", soon()));
    CHECK(below.writes == before);
    below.fail_writes = true;
    CHECK_FALSE(stream.write("x", soon()));
}

TEST_CASE("A line goes on where its memory was released, with all that the peer refers to", "[io]") {
    const std::string text = mixed_text(50'000);
    Deflate deflate;
    MemoryStream below;
    below.silent_at_end = true;
    DeflateStream stream{below};
    std::string got(text.size(), '\0');
    for (int i = 0; i < 3; ++i) {
        below.input += deflate(text);
        for (std::size_t at = 0; at < text.size();) at += stream.read(std::span{got}.subspan(at), soon()).value();
        CHECK(got == text);
        stream.release_memory();
        CHECK(below.releases == static_cast<std::size_t>(i) + 1);
    }
    const auto whole = deflate("A1 NOOP\r\n");
    below.input += whole.substr(0, 4);
    CHECK(stream.wait({}, soon()).value() != Woken::other);
    stream.release_memory();  // in the middle of a block nothing can be left out
    below.input += whole.substr(4);
    io::Channel channel{stream};
    CHECK((*channel.read_line(100, soon()))->text == "A1 NOOP");
}

TEST_CASE("A wait is woken by text, not by deflate's own octets", "[io]") {
    const std::string empty_block("\x00\x00\x00\xff\xff", 5);
    Deflate deflate;
    MemoryStream below{empty_block + empty_block};
    below.silent_at_end = true;
    DeflateStream stream{below};
    CHECK(stream.wait({}, soon()).value() == Woken::deadline);

    below.input += deflate("DONE\r\nNOOP\r\n");
    CHECK(stream.wait({}, soon()).value() == Woken::peer);
    char data[64];
    CHECK(stream.read({data, 1}, soon()).value() == 1);
    const auto waits = below.waits;
    CHECK(stream.wait({}, soon()).value() == Woken::peer);  // inflated or not: it has come
    CHECK(below.waits == waits);
    REQUIRE(stream.read({data + 1, 60}, soon()).value() == 11);
    CHECK(std::string_view(data, 12) == "DONE\r\nNOOP\r\n");
    CHECK(stream.wait({}, soon()).value() == Woken::deadline);

    SECTION("the peer's end") { below.silent_at_end = false; }
    SECTION("its error") { below.fail_at = 0; }
    SECTION("its last block") { below.input += deflate("", Z_FINISH); }
    SECTION("what is no deflate") { below.input += "\xff\xff\xff"; }
    CHECK(stream.wait({}, soon()).value() == Woken::peer);
    CHECK(stream.wait({}, soon()).value() == Woken::peer);
    CHECK(stream.read(data, soon()).value_or(0) == 0);
}

TEST_CASE("Octets that never become text end no wait late", "[io]") {
    std::string blocks;
    for (int i = 0; i < 5000; ++i) blocks += std::string("\x00\x00\x00\xff\xff", 5);
    MemoryStream below{blocks, 5};
    DeflateStream stream{below};
    CHECK(stream.wait({}, io::Deadline::after(0s)).value() == Woken::deadline);
    CHECK(below.waits == 1);
}

TEST_CASE("What is no deflate is an error that stays", "[io]") {
    MemoryStream below{std::string("\x07 garbage", 9)};
    DeflateStream stream{below};
    char data[64];
    for (int i = 0; i < 2; ++i) {
        const auto n = stream.read(data, soon());
        REQUIRE_FALSE(n);
        CHECK(n.error().what == "COMPRESS: the peer sends no deflate");
        CHECK(n.error().fault == Fault::transient);
    }
}

TEST_CASE("What swells is not inflated before it is asked for", "[io]") {
    Deflate deflate;
    MemoryStream below{deflate(std::string(50'000'000, 'x'))};
    below.silent_at_end = true;
    DeflateStream stream{below};
    char data[16];
    std::size_t got = 0;
    for (int i = 0; i < 1000; ++i) got += stream.read(data, soon()).value();
    CHECK(got == 16'000);
    CHECK(stream.wait({}, soon()).value() == Woken::peer);
}
