// SPDX-License-Identifier: ISC
// Who leaves COMPRESS by UNAUTHENTICATE: what is said from then on is not compressed (RFC 8437 section 4.1).
#include <algorithm>
#include <cstring>

#include "io/deflate_stream.hpp"
#include "support/catch.hpp"
#include "support/imap_site.hpp"
#include "support/memory_stream.hpp"

using namespace mailpipe;

namespace {

/// Gives one packet after the other.
struct Packets : io::Stream {
    explicit Packets(std::vector<std::string> texts) : packets(std::move(texts)) {}

    Result<std::size_t> read(std::span<char> buffer, io::Deadline) override {
        if (next == packets.size()) return std::size_t{0};
        const auto& packet = packets[next++];
        REQUIRE(packet.size() <= buffer.size());
        std::memcpy(buffer.data(), packet.data(), packet.size());
        ends.push_back(output.size());
        return packet.size();
    }
    Result<void> write(std::string_view data, io::Deadline) override {
        output.append(data);
        return {};
    }
    Result<io::Woken> wait(std::span<io::Watched>, io::Deadline) override { return io::Woken::peer; }

    std::vector<std::string> packets;
    std::size_t next = 0;
    std::string output;
    std::vector<std::size_t> ends;  // of what had been said before each packet
};

std::string deflated(const std::string& text) {
    test::MemoryStream below{""};
    io::DeflateStream stream{below};
    REQUIRE(stream.write(text, io::Deadline::after(std::chrono::seconds{1})));
    return below.output;
}

std::string inflated(const std::string& octets) {
    test::MemoryStream below{octets};
    io::DeflateStream stream{below};
    std::string text(10'000, '\0');
    text.resize(stream.read(text, io::Deadline::after(std::chrono::seconds{1})).value());
    return text;
}

}  // namespace

TEST_CASE("UNAUTHENTICATE ends COMPRESS", "[imap][rfc8437-4.1]") {
    const test::ImapSite site;
    const std::string login = "LOGIN alice \"wonder land\"\r\n";
    Packets stream{{"a " + login, "b COMPRESS DEFLATE\r\n", deflated("c UNAUTHENTICATE\r\n"), "d " + login, "e COMPRESS DEFLATE\r\n",
                    deflated("f LOGOUT\r\n")}};
    io::Channel channel{stream};
    auto world = site.world();
    world.enter = [&](const auto&) { return Result<imap::Home>{{site.home.path(), {}, {}, {}, /*keeps_rights=*/true}}; };
    const imap::Settings settings{.hostname = "mx"};
    REQUIRE(imap::serve(channel, {.address = "local", .is_loopback = true}, settings, world));
    REQUIRE(stream.ends.size() == 6);
    const auto said = [&](std::size_t i) { return stream.output.substr(stream.ends[i], (i < 5 ? stream.ends[i + 1] : stream.output.size()) - stream.ends[i]); };
    CHECK(said(1).starts_with("b OK "));
    CHECK(inflated(said(2)).starts_with("c OK "));
    CHECK(said(3).starts_with("d OK [CAPABILITY "));
    CHECK(said(3).find(" COMPRESS=DEFLATE") != std::string::npos);
    CHECK(said(4).starts_with("e OK "));
    CHECK(inflated(said(5)).starts_with("* BYE "));
}
