// SPDX-License-Identifier: ISC
// What a session leaves behind on the disk, and what it does when others are at work there too.
#include "support/catch.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "support/memory_stream.hpp"
#include "support/pop3_site.hpp"

using namespace mailpipe;
using namespace mailpipe::pop3;
using namespace std::chrono_literals;

namespace {

struct FixedClock final : Clock {
    explicit FixedClock(std::int64_t seconds) : seconds_(seconds) {}
    Time now() const override { return Time{std::chrono::seconds{seconds_}}; }
    std::int64_t seconds_;
};

const Client local{.address = "local", .is_loopback = true};

/// Everything that the server says to `commands`, after the login.
std::string replies(World world, const std::string& commands, const Settings& settings = {}) {
    test::MemoryStream stream{"USER alice\r\nPASS wonder land\r\n" + commands};
    io::Channel channel{stream};
    (void)serve(channel, local, settings, world);
    const auto login = stream.output.find("\r\n", stream.output.find("PASS")) + 2;
    return stream.output.substr(login);
}

std::string replies(const test::Pop3Site& site, const std::string& commands, const Settings& settings = {}) {
    return replies(site.world(), commands, settings);
}

}  // namespace

TEST_CASE("What is marked goes at QUIT, and the rest is no longer new", "[pop3][rfc1939-6]") {
    const test::Pop3Site site;
    site.fill();
    replies(site, "DELE 1\r\nRETR 2\r\nQUIT\r\n");
    CHECK_FALSE(site.has("cur/1700000001.M1P1.mx,S=49,W=56:2,S"));
    CHECK(site.has("cur/1700000002.M1P1.mx:2,S"));
    CHECK(site.has("cur/1700000003.M1P1.mx,S=28,W=31:2,"));
    CHECK_FALSE(site.has("pop3d.lock"));
    CHECK_FALSE(site.has("dovecot-uidlist.lock"));
}

TEST_CASE("A session that breaks off deletes nothing and has seen nothing", "[pop3][rfc1939-3]") {
    const test::Pop3Site site;
    site.fill();
    replies(site, "DELE 1\r\nDELE 2\r\nRETR 3\r\n");
    CHECK(site.has("cur/1700000001.M1P1.mx,S=49,W=56:2,S"));
    CHECK(site.has("cur/1700000002.M1P1.mx:2,"));
    CHECK(site.has("cur/1700000003.M1P1.mx,S=28,W=31:2,"));
    CHECK_FALSE(site.has("pop3d.lock"));
}

TEST_CASE("Who has no Maildir yet gets one, as by deliver", "[pop3]") {
    const test::Pop3Site site;
    const auto enter = [&](const std::string& name) {
        auto world = site.world();
        world.enter = [path = site.home / name](const auto&) { return Result<std::string>{path}; };
        return replies(world, "STAT\r\nQUIT\r\n");
    };
    const std::string welcome = "+OK logged in\r\n+OK 0 0\r\n+OK goodbye\r\n";
    const std::string refusal = "-ERR [SYS/PERM] the mailbox can't be used\r\n";
    CHECK(enter("ann/Maildir") == welcome);
    CHECK(site.has("ann/Maildir/new"));
    CHECK(site.has("ann/Maildir/tmp"));
    CHECK(status_at(*open_directory(site.home.path()), "ann/Maildir/cur")->st_mode == (S_IFDIR | 0700));
    REQUIRE(make_directories(site.home / "half-made"));
    CHECK(enter("half-made") == welcome);
    site.put("file", "");
    CHECK(enter("file") == refusal);
    CHECK(enter("file/Maildir") == refusal);
    REQUIRE(::symlink("nowhere", (site.home / "link").c_str()) == 0);
    CHECK(enter("link") == refusal);
}

TEST_CASE("STAT answers from names alone and leaves new mail new", "[pop3]") {
    const test::Pop3Site site;
    site.put("new/1700000003.M1P1.mx,S=28,W=31", "");
    const auto before = site.text("dovecot-uidlist");
    CHECK(replies(site, "STAT\r\nQUIT\r\n") == "+OK logged in\r\n+OK 1 31\r\n+OK goodbye\r\n");
    CHECK(site.has("new/1700000003.M1P1.mx,S=28,W=31"));
    CHECK(site.text("dovecot-uidlist") == before);
}

TEST_CASE("Flags stay as they are where the option says so", "[pop3]") {
    const test::Pop3Site site;
    site.fill();
    replies(site, "RETR 2\r\nQUIT\r\n", {.mark_seen = false});
    CHECK(site.has("cur/1700000002.M1P1.mx:2,"));
}

TEST_CASE("EXPIRE 0 removes what was retrieved, and nothing else", "[pop3][rfc2449-6.7]") {
    const test::Pop3Site site;
    site.fill();
    replies(site, "RETR 2\r\nTOP 3 10\r\nQUIT\r\n", {.expire_days = 0});
    CHECK(site.has("cur/1700000001.M1P1.mx,S=49,W=56:2,S"));
    CHECK_FALSE(site.has("cur/1700000002.M1P1.mx:2,S"));
    CHECK_FALSE(site.has("new/1700000002.M1P1.mx"));
    CHECK(site.has("cur/1700000003.M1P1.mx,S=28,W=31:2,"));
}

TEST_CASE("A login too soon after the last is refused, and does not count", "[pop3][rfc2449-8.1.1]") {
    const test::Pop3Site site;
    const auto login = [&](std::int64_t at) {
        const FixedClock clock{at};
        const auto real = site.world();
        return replies(World{real.verify, {}, real.tls_is_possible, {}, real.enter, clock}, "QUIT\r\n", {.login_delay = 60s});
    };
    const std::string refused = "-ERR [LOGIN-DELAY] too soon after the last login\r\n";
    CHECK(login(1000) == "+OK logged in\r\n+OK goodbye\r\n");
    CHECK(login(1059) == refused);
    CHECK(login(1060) == "+OK logged in\r\n+OK goodbye\r\n");
    CHECK(login(1100) == refused);
    CHECK(login(900) == "+OK logged in\r\n+OK goodbye\r\n");  // a clock was wrong
    CHECK_FALSE(site.has("pop3d.lock"));
}

TEST_CASE("A size that the name has wrong is corrected when the message is read", "[pop3]") {
    const test::Pop3Site site;
    site.put("cur/1.M1P1.mx,S=9,W=99:2,", "a\nb\nc\n");
    CHECK(replies(site, "LIST 1\r\nRETR 1\r\nLIST 1\r\nSTAT\r\nQUIT\r\n") ==
          "+OK logged in\r\n+OK 1 99\r\n+OK 9 octets\r\na\r\nb\r\nc\r\n.\r\n+OK 1 9\r\n+OK 1 9\r\n+OK goodbye\r\n");
}

TEST_CASE("A message of any size comes whole, whatever the name says of it", "[pop3]") {
    const auto size = GENERATE(std::size_t{0}, 1, Session::message_octets - 1, Session::message_octets,
                               Session::message_octets + 1, 3 * Session::message_octets + 7);
    const std::string name = GENERATE("1.M1P1.mx", "1.M1P1.mx,S=5", "1.M1P1.mx,W=5", "1.M1P1.mx,S=131072,W=1");
    CAPTURE(size, name);
    const test::Pop3Site site;
    std::string text;
    while (text.size() < size) text += text.size() % 3 == 0 ? ".\n" : "line\r\n";
    text.resize(size);
    site.put("new/" + name, text);

    std::string expected;
    bool at_line_start = true;
    for (const char c : text) {
        if (at_line_start && c == '.') expected += '.';
        if (c == '\n' && !expected.ends_with('\r')) expected += '\r';
        expected += c;
        at_line_start = c == '\n';
    }
    expected += at_line_start ? ".\r\n" : "\r\n.\r\n";
    const auto got = replies(site, "RETR 1\r\n");
    CHECK(got.substr(got.find("octets\r\n") + 8) == expected);
}

TEST_CASE("A message that another session removed is told apart from a broken one", "[pop3]") {
    const test::Pop3Site site;
    site.put("dovecot-uidlist", "3 V7 N2 Gbc46c14ec7be5256c36c0000b1eafc0d\n1 :1.M1P1.mx,W=3\n2 :2.M1P1.mx,W=3\n");
    site.put("cur/1.M1P1.mx,W=3:2,", "a\n");
    site.put("cur/2.M1P1.mx,W=3:2,", "b\n");
    auto world = site.world();
    auto maildrop = Maildrop::open(site.home.path(), 0s, system_clock());
    REQUIRE(maildrop);
    REQUIRE(maildrop->number());
    REQUIRE(::unlink((site.home / "cur/1.M1P1.mx,W=3:2,").c_str()) == 0);
    CHECK(maildrop->open_message(0).error().number == ENOENT);
    CHECK_FALSE(maildrop->is_listed(0));
    CHECK(maildrop->totals()->messages == 1);
    maildrop->marks(0).deleted = maildrop->marks(1).deleted = true;
    const auto removed = maildrop->remove_deleted("alice");
    CHECK(removed.messages == 1);
    CHECK(removed.failed == 0);
}

TEST_CASE("Unique-ids from another server are sent as they came", "[pop3][rfc1939-7]") {
    const test::Pop3Site site;
    site.put("dovecot-uidlist",
             "3 V7 N5 Gbc46c14ec7be5256c36c0000b1eafc0d\n1 PUID17-1234 :1.M1P1.mx,W=3\n2 P :2.M1P1.mx,W=3\n3 :3.M1P1.mx,W=3\n"
             "4 P" + std::string(71, 'x') + " :4.M1P1.mx,W=3\n");
    for (const auto* name : {"1", "2", "3", "4"}) site.put(std::string{"cur/"} + name + ".M1P1.mx,W=3:2,", "a\n");
    CHECK(replies(site, "UIDL\r\n") ==
          "+OK logged in\r\n+OK unique-ids follow\r\n1 UID17-1234\r\n2 2.M1P1.mx,W=3\r\n3 0000000300000007\r\n"
          "4 0000000400000007\r\n.\r\n");
}

TEST_CASE("When the uidlist can't be written there are no numbers, but totals", "[pop3][rfc3206]") {
    const test::Pop3Site site;
    site.put("new/1.M1P1.mx,W=3", "a\n");
    site.put("dovecot-uidlist", "1 7 1\n");
    REQUIRE(::mkdir((site.home / "dovecot-uidlist.tmp").c_str(), 0700) == 0);
    CHECK(replies(site, "STAT\r\nLIST\r\nQUIT\r\n").starts_with("+OK logged in\r\n+OK 1 3\r\n-ERR [SYS/"));
}

TEST_CASE("Quota files learn what was deleted", "[pop3]") {
    const test::Pop3Site site;
    site.fill();
    site.put("maildirsize", "1000000S\n112 3\n");
    replies(site, "DELE 1\r\nDELE 2\r\nQUIT\r\n");
    CHECK(site.text("maildirsize") == "1000000S\n112 3\n-84 -2\n");
}

TEST_CASE("Quota files learn no nonsense from names", "[pop3]") {
    const test::Pop3Site site;
    site.put("new/1.mx,S=9223372036854775807,W=1", "");
    site.put("new/2.mx,S=18446744073709551615,W=1", "");
    site.put("maildirsize", "1000S\n112 3\n");
    replies(site, "DELE 1\r\nDELE 2\r\nQUIT\r\n");
    CHECK(site.text("maildirsize") == "1000S\n112 3\n-9223372036854775807 -2\n");
}

TEST_CASE("Pipelined commands are answered in few writes", "[pop3][rfc2449-6.6]") {
    const test::Pop3Site site;
    site.fill();
    test::MemoryStream stream{"USER alice\r\nPASS wonder land\r\nSTAT\r\nUIDL\r\nRETR 1\r\nRETR 2\r\nRETR 3\r\nQUIT\r\n"};
    io::Channel channel{stream};
    REQUIRE(serve(channel, local, {}, site.world()));
    CHECK(stream.writes <= 3);
}

TEST_CASE("A peer that falls silent is sent away without a word", "[pop3][rfc1939-3]") {
    const test::Pop3Site site;
    site.fill();
    test::MemoryStream stream{"USER alice\r\nPASS wonder land\r\nDELE 1\r\n"};
    stream.silent_at_end = true;
    io::Channel channel{stream};
    const auto served = serve(channel, local, {}, site.world());
    REQUIRE_FALSE(served);
    CHECK(timed_out(served.error()));
    CHECK(stream.output.ends_with("+OK marked to be deleted\r\n"));
    CHECK(site.has("cur/1700000001.M1P1.mx,S=49,W=56:2,S"));
}
