// SPDX-License-Identifier: ISC
// LMTP sessions with real Maildirs.
#include "support/catch.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include <boost/filesystem.hpp>

#include "base/files.hpp"
#include "io/descriptors.hpp"
#include "mta/local/local_delivery.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using namespace mailpipe::mta;

namespace {

/// Whose the mailboxes are: ours, or where root runs the tests, nobody's.
const uid_t owner = ::geteuid() == 0 ? 65534 : ::geteuid();

void give(const std::string& path) { REQUIRE(::chown(path.c_str(), owner, static_cast<gid_t>(-1)) == 0); }

struct Host : test::TempDir {
    LocalStore store{"mx.example"};
    smtp::Settings settings;

    Host() {
        give(path());
        write_users(user("ann") + user("bob") + "userdb_quota_rule=*:storage=100B\n");
        settings.hostname = "mx.example";
        settings.protocol = smtp::Protocol::lmtp;
    }
    std::string user(const std::string& name) const {
        return (name == "ann" ? "" : "\n") + name + "::" + std::to_string(owner) + ":65534::" + *this / name + "::";
    }
    store::Maildir make(const std::string& name) const {
        const auto acting = ActingAs::begin({owner, 65534});
        return store::Maildir::open(*this / name).value();
    }
    void write_users(const std::string& text) const { std::ofstream(*this / "users") << text; }
    Mailboxes mailboxes() const {
        return Mailboxes::open({{*this / "users"}, {{"a.example"}, {}, "+", "ann"}}).value();
    }
    std::vector<std::string> files(const std::string& path) const {
        std::vector<std::string> names;
        const auto directory = open_directory(*this / path);
        if (!directory) return names;
        (void)scan_directory(*directory, [&](const auto& entry) { names.emplace_back(entry.name); return true; });
        return names;
    }
    std::string only(const std::string& path) const {
        const auto names = files(path);
        REQUIRE(names.size() == 1);
        return read_file(*this / path + "/" + names.front(), 10'000'000).value();
    }
};

/// The client's end: the whole conversation is written ahead, a descriptor goes with the octets at `at`.
struct Client {
    Fd theirs, ours;
    std::string replies;

    Client() {
        int ends[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
        theirs = Fd{ends[0]};
        ours = Fd{ends[1]};
        const int room = 1 << 20;
        ::setsockopt(ours.number(), SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    }
    void say(std::string_view text) const {
        REQUIRE(::write(ours.number(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    }
    void say_with(std::string_view text, int descriptor) const {
        REQUIRE(io::send_descriptor(ours.number(), text, descriptor) == text.size());
    }
    /// Runs the session over all that was said; what it answered, line by line behind the greeting and LHLO's reply.
    std::vector<std::string> finish(Host& host, uid_t uid = ::geteuid()) {
        auto mailboxes = host.mailboxes();
        ::shutdown(ours.number(), SHUT_WR);
        const net::Connection connection{theirs.number(), theirs.number(), {}, 0, uid};
        (void)serve_lmtp(connection, host.store, mailboxes, host.settings);
        theirs = {};
        char buffer[65536];
        for (ssize_t n; (n = ::read(ours.number(), buffer, sizeof buffer)) > 0;) replies.append(buffer, static_cast<std::size_t>(n));
        std::vector<std::string> lines;
        for (std::size_t at = 0; at < replies.size();) {
            const auto end = replies.find("\r\n", at);
            lines.push_back(replies.substr(at, end - at));
            at = end + 2;
        }
        const auto told = std::ranges::find_if(lines, [](const auto& line) { return line.starts_with("250 "); });
        lines.erase(lines.begin(), told == lines.end() ? told : told + 1);
        return lines;
    }
};

bool begins(const std::string& line, std::string_view with) { return line.starts_with(with); }

const std::string start = "LHLO c\r\nMAIL FROM:<joe@x.example>\r\n";
const std::string message = "Received: x\r\nSubject: y\r\n\r\n..dot\r\n.\r\n";

}  // namespace

TEST_CASE("Each recipient gets a reply and a file of its own", "[mta][rfc2033-4.2]") {
    Host host;
    Client client;
    client.say(start + "RCPT TO:<Ann@a.example>\r\nRCPT TO:<nobody@a.example>\r\nRCPT TO:<ann+x@A.Example>\r\nDATA\r\n" + message);
    const auto lines = client.finish(host);
    REQUIRE(lines.size() == 7);
    CHECK(begins(lines[2], "550 5.1.1 "));
    CHECK(begins(lines[4], "354 "));
    CHECK(begins(lines[5], "250 2.0.0 "));
    CHECK(begins(lines[6], "250 2.0.0 "));
    CHECK(host.files("ann/Maildir/new").size() == 2);
    CHECK(host.files("ann/Maildir/tmp").empty());
}

TEST_CASE("What is stored has the envelope on top", "[mta]") {
    Host host;
    Client client;
    client.say(start + "RCPT TO:<Ann@a.example>\r\nDATA\r\n" + message);
    client.finish(host);
    CHECK(host.only("ann/Maildir/new") ==
          "Return-Path: <joe@x.example>\nDelivered-To: Ann@a.example\nReceived: x\nSubject: y\n\n.dot\n");
}

TEST_CASE("A tag is a folder that exists", "[mta]") {
    Host host;
    host.make("ann/Maildir");
    host.make("ann/Maildir/.Lists");
    Client client;
    client.say(start + "RCPT TO:<ann+Lists@a.example>\r\nRCPT TO:<\"ann+../bob\"@a.example>\r\nDATA\r\n" + message);
    client.finish(host);
    CHECK(host.files("ann/Maildir/.Lists/new").size() == 1);
    CHECK(host.files("ann/Maildir/new").size() == 1);
}

TEST_CASE("A full mailbox is told at RCPT, or when the size is known", "[mta]") {
    Host host;
    host.store.full_is_permanent = GENERATE(false, true);
    const std::string full = host.store.full_is_permanent ? "552 5.2.2 " : "452 4.2.2 ";
    const auto deliver = [&](std::string body) {
        Client client;
        client.say(start + "RCPT TO:<bob@a.example>\r\nDATA\r\n" + std::move(body) + ".\r\n");
        return client.finish(host);
    };
    CHECK(begins(deliver("\r\n" + std::string(42, 'x') + "\r\n").back(), full));  // 101 octets with the envelope
    CHECK(host.files("bob/Maildir/new").empty());
    CHECK(begins(deliver("\r\n" + std::string(41, 'x') + "\r\n").back(), "250 "));
    const auto lines = deliver("\r\n");
    CHECK(begins(lines[1], full));  // 100 of 100
    CHECK(host.files("bob/Maildir/new").size() == 1);
}

TEST_CASE("A message that loops is refused for good", "[mta][rfc9228]") {
    Host host;
    Client client;
    client.say(start + "RCPT TO:<ann@a.example>\r\nRCPT TO:<ann+x@a.example>\r\nDATA\r\n"
               "Received: x\r\nDelivered-To: ann@a.example\r\n\r\n.\r\n");
    const auto lines = client.finish(host);
    REQUIRE(lines.size() == 6);
    CHECK(begins(lines[4], "554 5.4.6 "));
    CHECK(begins(lines[5], "250 "));
}

TEST_CASE("A mailbox that can't be opened is a temporary failure", "[mta]") {
    Host host;
    std::ofstream(host / "ann") << "a file";
    Client client;
    client.say(start + "RCPT TO:<ann@a.example>\r\nRCPT TO:<bob@a.example>\r\nDATA\r\n\r\nx\r\n.\r\n");
    const auto lines = client.finish(host);
    CHECK(begins(lines[4], "451 4.3.0 "));
    CHECK(begins(lines[5], "250 "));
}

TEST_CASE("A user who was added meanwhile is known", "[mta]") {
    Host host;
    auto mailboxes = host.mailboxes();
    CHECK(exit_status(mailboxes.find({"eve", "a.example"}).error()) == ExitStatus::no_user);
    host.write_users(host.user("eve") + "\n");
    CHECK(mailboxes.find({"eve", ""}).value().path == host / "eve/Maildir");
    CHECK(mailboxes.find({"ann", "a.example"}).error().status == ExitStatus::no_user);
    ::unlink((host / "users").c_str());
    CHECK_FALSE(mailboxes.find({"ann", "a.example"}));
    CHECK(mailboxes.find({"eve", "a.example"}));  // who was known stays known
}

TEST_CASE("With XID the file has the client's name, and is stored once", "[mta]") {
    Host host;
    for (int i = 0; i < 2; ++i) {
        Client client;
        client.say("LHLO c\r\nMAIL FROM:<> XID=1.M2P3Q4.mx\r\nRCPT TO:<ann@a.example>\r\nDATA\r\n" + message);
        CHECK(begins(client.finish(host).back(), "250 "));
    }
    CHECK(host.files("ann/Maildir/new") == std::vector<std::string>{"1.M2P3Q4.mx,S=73,W=79"});
}

TEST_CASE("XID and XLINK are for processes of our own user", "[mta]") {
    Host host;
    Client client;
    client.say("LHLO c\r\nMAIL FROM:<> XID=1.mx\r\nMAIL FROM:<>\r\nRCPT TO:<ann@a.example>\r\nXLINK 1.mx,S=1,W=1\r\n");
    const auto lines = client.finish(host, ::geteuid() + 1);
    CHECK(client.replies.find("XLINK\r\n") == std::string::npos);
    CHECK(begins(lines[0], "555 "));
    CHECK(begins(lines[3], "500 "));
}

namespace {

struct SpooledFile {
    Fd file;
    std::string name;

    SpooledFile(const Host& host, const std::string& id, const std::string& text) {
        std::ofstream(host / id) << text;
        ::chmod((host / id).c_str(), 0600);
        give(host / id);
        file = open_read(host / id).value();
        name = id + ",S=" + std::to_string(text.size()) + ",W=" + std::to_string(text.size() + 1);
    }
    nlink_t links() const { return status(file)->st_nlink; }
};

const std::string to_ann = "MAIL FROM:<>\r\nRCPT TO:<ann@a.example>\r\n";

}  // namespace

TEST_CASE("XLINK gives the spooled file a second name", "[mta]") {
    Host host;
    const SpooledFile one{host, "1.mx", "first\n"}, two{host, "2.mx", "second\n"};
    Client client;
    client.say("LHLO c\r\n" + to_ann);
    client.say_with("XLINK " + one.name + "\r\n", one.file.number());
    client.say(to_ann);
    client.say_with("XLINK " + two.name + "\r\n" + to_ann, two.file.number());
    client.say_with("XLINK " + one.name + "\r\n", one.file.number());  // again: stored before
    const auto lines = client.finish(host);
    REQUIRE(lines.size() == 9);
    for (const auto i : {2, 5, 8}) CHECK(begins(lines[static_cast<std::size_t>(i)], "250 2.0.0 "));
    CHECK(one.links() == 2);
    CHECK(two.links() == 2);
    CHECK(host.files("ann/Maildir/new").size() == 2);
    CHECK(read_file(host / "ann/Maildir/new/" + two.name, 100).value() == "second\n");
}

TEST_CASE("What can't be linked is copied", "[mta]") {
    Host host;
    const SpooledFile spooled{host, "1.mx", "first\n"};
    const auto how = GENERATE("no name left", "others may read it");
    CAPTURE(how);
    if (how == std::string{"no name left"}) ::unlink((host / "1.mx").c_str());
    else ::chmod((host / "1.mx").c_str(), 0644);
    Client client;
    client.say("LHLO c\r\n" + to_ann);
    client.say_with("XLINK " + spooled.name + "\r\n", spooled.file.number());
    CHECK(begins(client.finish(host).back(), "250 "));
    CHECK(host.only("ann/Maildir/new") == "first\n");
    CHECK(spooled.links() < 2);
}

TEST_CASE("Only a session with sendq lasts as long as it has to", "[mta]") {
    Host host;
    host.settings.limits.session = std::chrono::hours{-1};  // over from the beginning
    const bool ours = GENERATE(true, false);
    Client client;
    client.say("LHLO c\r\n" + to_ann);
    const auto replies = (client.finish(host, ::geteuid() + (ours ? 0 : 1)), client.replies);
    CHECK((replies.find("\r\n421 4.4.2 ") == std::string::npos) == ours);
}

TEST_CASE("XLINK takes no torn file and no name that leads elsewhere", "[mta]") {
    Host host;
    const SpooledFile spooled{host, "1.mx", "first\n"};
    const auto* name = GENERATE("1.mx,S=7,W=7", "../1.mx,S=6,W=7", "1.mx", "", "1.mx,S=6,W=7:2,", "1.mx,S=06,W=7", ".1,S=6,W=7");
    CAPTURE(name);
    Client client;
    client.say("LHLO c\r\n" + to_ann);
    client.say_with("XLINK " + std::string{name} + "\r\n", spooled.file.number());
    CHECK(begins(client.finish(host).back(), "451 "));
    CHECK(host.files("ann/Maildir/new").empty());
}

TEST_CASE("A descriptor serves its own XLINK, also behind one that is refused", "[mta]") {
    Host host;
    const SpooledFile one{host, "1.mx", "first\n"}, two{host, "2.mx", "other\n"};
    Client client;
    client.say("LHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<nobody@a.example>\r\n");
    client.say_with("X", one.file.number());
    client.say("LINK " + one.name + "\r\nRSET\r\n" + to_ann);
    client.say_with("X", two.file.number());
    client.say("LINK " + two.name + "\r\n" + to_ann + "XLINK " + two.name + "\r\n");
    const auto lines = client.finish(host);
    REQUIRE(lines.size() == 10);
    CHECK(begins(lines[2], "503 "));
    CHECK(begins(lines[6], "250 "));
    CHECK(begins(lines[9], "451 "));
    CHECK(host.only("ann/Maildir/new") == "other\n");
    CHECK(one.links() == 1);
}

TEST_CASE("Linking obeys the quota, and counts", "[mta]") {
    Host host;
    const SpooledFile fits{host, "1.mx", std::string(99, 'x') + "\n"}, more{host, "2.mx", "x\n"};
    Client client;
    const std::string to_bob = "MAIL FROM:<>\r\nRCPT TO:<bob@a.example>\r\n";
    host.make("bob/Maildir");
    client.say("LHLO c\r\n" + to_bob);
    client.say_with("XLINK " + fits.name + "\r\n", fits.file.number());
    client.say(to_bob);
    const auto lines = client.finish(host);
    CHECK(begins(lines[2], "250 "));
    CHECK(begins(lines[4], "452 4.2.2 "));
    CHECK(read_file(host / "bob/Maildir/maildirsize", 100).value() == "100S\n100 1\n");  // a "no" is counted anew
}
