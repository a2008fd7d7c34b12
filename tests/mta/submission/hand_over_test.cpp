// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "mta/submission/hand_over.hpp"
#include "net/listener.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using namespace mailpipe::mta;

namespace {

const mail::Recipient bob{{"bob", "x"}, {.failure = true}, {}};
const mail::Recipient eve{{"eve", "x"}};
const std::string greeting = "220 smtpd\r\n250-smtpd\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 DSN\r\n";

GatheredText gather(std::string_view text) {
    const Fd file{::memfd_create("text", MFD_CLOEXEC)};
    REQUIRE(::write(file.number(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    REQUIRE(::lseek(file.number(), 0, SEEK_SET) == 0);
    return GatheredText::read(file, LoneDot::is_text, {"/tmp"}).value();
}

/// One that says `replies` to whoever comes, and hears all that is said to it.
class Server {
public:
    Server(const std::string& path, std::string replies)
        : listener_(net::listen_on(net::parse_socket_address("unix:" + path).value(), 0600).value()),
          thread_([this, replies = std::move(replies)] { talk(replies); }) {}
    std::string heard() {
        thread_.join();
        return heard_;
    }

private:
    void talk(const std::string& replies) {
        int peer = -1;
        while ((peer = ::accept(listener_.socket.number(), nullptr, nullptr)) < 0) std::this_thread::yield();
        const Fd socket{peer};
        (void)::send(peer, replies.data(), replies.size(), MSG_NOSIGNAL);
        ::shutdown(peer, SHUT_WR);
        char piece[4096];
        for (ssize_t n = 0; (n = ::read(peer, piece, sizeof piece)) > 0;) heard_.append(piece, static_cast<std::size_t>(n));
    }

    net::Listener listener_;
    std::string heard_;
    std::thread thread_;
};

struct Outcome {
    ExitStatus status;
    std::string what, heard;
};

/// The message, of whose text only "Body" is not its header's, to bob and eve.
Outcome hand_over_to(const std::string& replies, std::string_view body = "body\n") {
    const test::TempDir directory;
    Server server{directory / "socket", replies};
    const auto text = gather("Old: header\n\n" + std::string{body});
    const SubmittedHeader header{"New: header\nA: b\n\n", 13};
    const mail::Envelope envelope{mail::Mailbox{"joe", "y"}, "id", mail::Return::full, false, false, {bob, eve}};
    const auto done = hand_over({envelope, header, text}, {"me.example", directory / "socket", directory / "no-spool"});
    return {done ? ExitStatus::ok : exit_status(done.error()), done ? "" : done.error().what, server.heard()};
}

}  // namespace

TEST_CASE("A message goes to smtpd with all that MAIL and RCPT can say", "[mta][sendmail][rfc3461-4]") {
    const auto outcome = hand_over_to(greeting + "250 m\r\n250 r\r\n250 r\r\n354 go\r\n250 2.0.0 queued\r\n221 bye\r\n");
    CHECK(outcome.status == ExitStatus::ok);
    CHECK(outcome.heard == "EHLO me.example\r\nMAIL FROM:<joe@y> SIZE=27 RET=FULL ENVID=id\r\nRCPT TO:<bob@x> NOTIFY=FAILURE\r\n"
                           "RCPT TO:<eve@x>\r\nDATA\r\nNew: header\r\nA: b\r\n\r\nbody\r\n.\r\nQUIT\r\n");
}

TEST_CASE("8BITMIME is said of what has 8 bits", "[mta][sendmail][rfc6152-3]") {
    CHECK(hand_over_to(greeting + "550 no\r\n221 bye\r\n", "\xe9\n").heard.find(" BODY=8BITMIME ") != std::string::npos);
    CHECK(hand_over_to(greeting + "550 no\r\n221 bye\r\n").heard.find("BODY=") == std::string::npos);
}

TEST_CASE("All get the message or nobody does", "[mta][sendmail]") {
    const auto outcome = hand_over_to(greeting + "250 m\r\n250 r\r\n550 5.1.1 no such user\r\n221 bye\r\n");
    CHECK(outcome.status == ExitStatus::no_user);
    CHECK(outcome.what == "eve@x: 550 5.1.1 no such user");
    CHECK(outcome.heard.ends_with("RCPT TO:<eve@x>\r\nQUIT\r\n"));
}

TEST_CASE("What smtpd refuses makes the exit status", "[mta][sendmail]") {
    struct Case { std::string replies; ExitStatus status; std::string what; };
    const auto c = GENERATE(values<Case>({
        {"452 4.3.1 no room\r\n503 r\r\n503 r\r\n", ExitStatus::try_again, "bob@x: 452 4.3.1 no room"},
        {"250 m\r\n250 r\r\n452 4.5.3 too many\r\n", ExitStatus::data, "eve@x: 452 4.5.3 too many"},
        {"250 m\r\n451 4.3.0 later\r\n550 5.1.1 who?\r\n", ExitStatus::no_user, "eve@x: 550 5.1.1 who?"},
        {"250 m\r\n451 4.3.0 later\r\n452 4.2.2 full\r\n", ExitStatus::try_again, "bob@x: 451 4.3.0 later"},
        {"250 m\r\n550 5.7.1 not you\r\n250 r\r\n", ExitStatus::no_permission, "bob@x: 550 5.7.1 not you"},
        {"250 m\r\n550 what?\r\n250 r\r\n", ExitStatus::data, "bob@x: 550 what?"},
        {"250 m\r\n450 what?\r\n250 r\r\n", ExitStatus::try_again, "bob@x: 450 what?"},
        {"250 m\r\n250 r\r\n250 r\r\n354 d\r\n552 5.3.4 too big\r\n", ExitStatus::data, "bob@x: 552 5.3.4 too big"},
        {"250 m\r\n250 r\r\n250 r\r\n354 d\r\n451 4.3.0 disk\r\n", ExitStatus::try_again, "bob@x: 451 4.3.0 disk"},
        {"250 m\r\n250 r\r\n250 r\r\n354 d\r\n", ExitStatus::try_again, "smtpd: "},
        {"250 m\r\n250 r\r\n", ExitStatus::try_again, "smtpd: "},
        {"421 4.3.2 bye\r\n", ExitStatus::try_again, "bob@x: 421 4.3.2 bye"},
    }));
    CAPTURE(c.replies);
    const auto outcome = hand_over_to(greeting + c.replies);
    CHECK(outcome.status == c.status);
    CHECK(outcome.what.starts_with(c.what));
}

TEST_CASE("A server that does not greet is no server", "[mta][sendmail]") {
    const auto* replies = GENERATE("", "421 4.3.2 too many\r\n", "554 no\r\n", "hello\r\n", "220 hi\r\n421 no\r\n");
    CAPTURE(replies);
    CHECK(hand_over_to(replies).status == ExitStatus::try_again);
}

TEST_CASE("What is too big is known before it is sent", "[mta][sendmail][rfc1870-5]") {
    const auto outcome = hand_over_to(greeting + "221 bye\r\n", std::string(980, 'x'));
    CHECK(outcome.status == ExitStatus::data);
    CHECK(outcome.heard == "EHLO me.example\r\nQUIT\r\n");
}

TEST_CASE("Where nobody listens it is a temporary failure", "[mta][sendmail]") {
    const test::TempDir directory;
    const auto text = gather("\n");
    const SubmittedHeader header{"\n", 1};
    const mail::Envelope envelope{.recipients = {bob}};
    const auto done = hand_over({envelope, header, text}, {"me.example", directory / "socket", directory / "no-spool"});
    REQUIRE_FALSE(done);
    CHECK(exit_status(done.error()) == ExitStatus::try_again);
    CHECK(done.error().what == "connect to smtpd at " + (directory / "socket") + ": No such file or directory");
    CHECK(exit_status(hand_over({envelope, header, text}, {"me.example", "", directory / "no-spool"}).error()) == ExitStatus::try_again);
}

TEST_CASE("The spool is for its owner; root's is nobody's", "[mta][sendmail]") {
    const test::TempDir directory;
    CHECK_FALSE(may_write_spool(directory / "missing"));
    CHECK(may_write_spool(directory.path()) == (::geteuid() != 0));
    if (::geteuid() != 0) return;
    REQUIRE(::chown(directory.path().c_str(), 65534, 65534) == 0);
    CHECK(may_write_spool(directory.path()));
}
