// SPDX-License-Identifier: ISC
#include "imap/serve.hpp"

#include "support/catch.hpp"
#include "support/imap_site.hpp"
#include "support/memory_stream.hpp"

using namespace mailpipe;

TEST_CASE("Whose Maildir can't be had is told so, once, and sent away", "[imap][rfc9051-7.1]") {
    const test::ImapSite site;
    const bool is_entered = GENERATE(true, false);
    test::MemoryStream stream{"a LOGIN alice \"wonder land\"\r\nb NOOP\r\n"};
    io::Channel channel{stream};
    auto world = site.world();
    const auto nowhere = site.home / "tmp/no/Maildir";
    world.enter = [&](const auto&) -> Result<imap::Home> {
        if (is_entered) return imap::Home{.maildir = nowhere, .index = {}};
        return failure({Fault::transient, "no such user now"});
    };
    site.put("tmp/no", "a file\n");
    REQUIRE(imap::serve(channel, {.address = "local", .is_loopback = true}, {}, world));
    const auto answer = stream.output.substr(stream.output.find("\r\n") + 2);
    CHECK(answer == "a NO [UNAVAILABLE] your mail is not to be had now\r\n* BYE try again later\r\n");
}
