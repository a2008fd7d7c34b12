// SPDX-License-Identifier: ISC
#include "mta/outcome/remote_reply.hpp"
#include "mta/remote/host_session.hpp"

#include <future>

#include "support/loopback_host.hpp"
#include "support/spooled.hpp"

using namespace std::chrono_literals;
using namespace mailpipe;
using mta::HostSession;
using mta::remote_reply;
using mta::Security;
using test::envelope_to;
using test::Host;
using test::says;
using test::Server;
using Step = mta::HostFailure::Step;
using Numbers = std::vector<std::size_t>;

namespace {

mta::HostRules rules() { return {.hostname = "here.example", .tls = &test::trusting(), .connect_timeout = 5s, .timeouts = {5s, 5s, 5s}}; }

mta::RemoteHost remote(const Host& host, Security security, const std::string& name = "mx.example") {
    return {.name = name, .address = host.address, .security = security, .expectation = {{name}, {}}};
}

std::string mx(const Host& host) { return "mx.example[127.0.0.1]:" + std::to_string(host.address.port()); }

std::vector<smtp::Reply> send(HostSession& session, const queue::Message& message, const Numbers& numbers) {
    return session.send(mta::transfer_of(message, numbers), message.file());
}

}  // namespace

TEST_CASE("Messages go to a host one after another, under TLS", "[mta][remote][rfc3207]") {
    test::SpoolSite site;
    const auto first = site.take(envelope_to({"bob@there.example", "unknown@there.example", "later@there.example"}), "Received: x\nSubject: 1\n\n.dot\n");
    const auto second = site.take(envelope_to({"bob@there.example"}), "Received: x\nSubject: 2\n\nGr\xc3\xbc\xc3\x9f" "e\n");
    Server server;
    {
        const Host host{{server.with_tls()}};
        const auto use = rules();
        const auto session = HostSession::open(remote(host, Security::verified), use);
        REQUIRE(session);
        CHECK((*session)->trust() == tls::Trust::pkix);
        CHECK((*session)->tls_description().starts_with("TLSv1.3"));

        const auto replies = send(**session, first, Numbers{0, 1, 2});
        REQUIRE(replies.size() == 3);
        CHECK(replies[0].code == 250);
        CHECK(replies[1].code == 550);
        CHECK(replies[1].enhanced == "5.1.1");
        CHECK(replies[1].text == mx(host) + " to RCPT: no such user");
        CHECK(replies[2].code == 451);
        REQUIRE((*session)->is_usable());
        CHECK(send(**session, second, Numbers{0}).at(0).code == 250);
        (*session)->quit();
    }
    REQUIRE(server.mailroom.messages.size() == 2);
    CHECK(server.mailroom.messages[0].text == "Received: x\nSubject: 1\n\n.dot\n");
    CHECK(server.mailroom.messages[0].envelope.recipients.size() == 1);
    CHECK(server.mailroom.messages[1].text == "Received: x\nSubject: 2\n\nGr\xc3\xbc\xc3\x9f" "e\n");
}

TEST_CASE("Who has to prove himself and can't gets nothing", "[mta][remote][rfc7672-2.2]") {
    struct Case { Security security; std::string name; bool offers_tls; std::string enhanced; };
    const auto c = GENERATE(values<Case>({
        {Security::verified, "other.example", true, "4.7.5"},
        {Security::dane, "mx.example", true, "4.7.5"},
        {Security::encrypted, "mx.example", false, "4.7.10"},
        {Security::verified, "mx.example", false, "4.7.10"},
        {Security::encrypted, "other.example", true, ""},
        {Security::opportunistic, "other.example", true, ""},
        {Security::opportunistic, "mx.example", false, ""},
    }));
    Server server;
    const Host host{{c.offers_tls ? server.with_tls() : server.without_tls()}};
    const auto use = rules();
    const auto session = HostSession::open(remote(host, c.security, c.name), use);
    REQUIRE(session.has_value() == c.enhanced.empty());
    if (session) return (*session)->quit();
    CHECK(session.error().step == Step::security);
    CHECK(session.error().reply.code == 451);
    CHECK(session.error().reply.enhanced == c.enhanced);
}

TEST_CASE("Where TLS breaks and nobody asks for it the host is tried without", "[mta][remote]") {
    const auto security = GENERATE(Security::opportunistic, Security::encrypted);
    Server server;
    const Host host{{says("220 mx\r\n250-mx\r\n250 STARTTLS\r\n220 go on\r\nno TLS at all\r\n"), server.without_tls()}};
    const auto use = rules();
    const auto session = HostSession::open(remote(host, security), use);
    REQUIRE(session.has_value() == (security == Security::opportunistic));
    if (session) {
        CHECK((*session)->tls_description().empty());
        (*session)->quit();
    } else {
        CHECK(session.error().step == Step::security);
    }
}

TEST_CASE("A host that wants the TLS that it could not do is asked again later", "[mta][remote]") {
    test::SpoolSite site;
    const auto message = site.take(envelope_to({"bob@there.example"}));
    const Host host{{test::answers({"220 mx", "250-mx\r\n250 STARTTLS", "454 4.7.0 not now", "530 5.7.0 Must issue a STARTTLS command first"})}};
    const auto use = rules();
    const auto session = HostSession::open(remote(host, Security::opportunistic), use);
    REQUIRE(session);
    const auto reply = send(**session, message, Numbers{0}).at(0);
    CHECK(reply.code == 451);
    CHECK(reply.text.find("Must issue") != std::string::npos);
    CHECK(reply.text.find("not now") != std::string::npos);
    CHECK(remote_reply({0, 1, queue::Event::deferred, 451, "4.7.5", reply.text}).command == "MAIL");
}

TEST_CASE("What a server says to a password is not told: it may be the password", "[mta][remote]") {
    const std::string said = GENERATE("535 5.7.8 user s3cret is wrong", "334 s3cret", "454 4.7.0 s3cret", "nonsense s3cret");
    const Host host{{test::answers({"220 mx", "250-mx\r\n250 AUTH PLAIN", said, said, said})}};
    const auto use = rules();
    auto there = remote(host, Security::none);
    there.login = smtp::Login{"user", "s3cret"};
    const auto session = HostSession::open(there, use);
    REQUIRE_FALSE(session);
    CHECK(session.error().step == Step::login);
    CHECK(session.error().reply.code == 451);
    CHECK(session.error().reply.text.find("s3cret") == std::string::npos);
    CHECK(session.error().reply.text.find(" at AUTH: login") != std::string::npos);
}

TEST_CASE("That there is no AUTH for us is told in our own words", "[mta][remote]") {
    const Host host{{test::answers({"220 mx", "250-mx\r\n250 AUTH CRAM-MD5 XOAUTH2"})}};
    const auto use = rules();
    auto there = remote(host, Security::none);
    there.login = smtp::Login{"user", "s3cret"};
    const auto session = HostSession::open(there, use);
    REQUIRE_FALSE(session);
    CHECK(session.error().step == Step::login);
    CHECK(session.error().reply.enhanced == "4.7.8");
    CHECK(session.error().reply.text == mx(host) + " at AUTH: login of user: the next host offers no AUTH that is known here: CRAM-MD5 XOAUTH2");
}

TEST_CASE("What a host says instead of a greeting is told", "[mta][remote][rfc5321-3.1]") {
    const Host host{{says("554 5.7.1 go away\r\n"), says("")}};
    const auto use = rules();
    const auto refused = HostSession::open(remote(host, Security::opportunistic), use);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().step == Step::greeting);
    CHECK(refused.error().reply.code == 554);
    CHECK(refused.error().reply.enhanced == "5.7.1");
    CHECK(refused.error().reply.text == mx(host) + ": go away");
}

TEST_CASE("Where a conversation breaks before any mail is told", "[mta][remote]") {
    struct Case { std::vector<std::string> replies; Security security; std::string text, code = ""; };
    const auto c = GENERATE(values<Case>({
        {{}, Security::none, ": peer closed the connection"},
        {{"220 mx"}, Security::none, " at EHLO: peer closed the connection"},
        {{"220 mx", "421 4.3.2 not now"}, Security::none, " to EHLO: not now"},
        {{"220 mx", "502 what?", "554 5.3.2 never"}, Security::none, " to HELO: never"},
        {{"220 mx", "502 what?"}, Security::none, " at HELO: peer closed the connection"},
        {{"220 mx", "250-mx\r\n250 STARTTLS"}, Security::encrypted, " at STARTTLS: peer closed the connection"},
        {{"220 mx", "250-mx\r\n250 STARTTLS", "454 4.7.0 not now"}, Security::encrypted, " to STARTTLS: not now", "454 4.7.0 "},
        {{"220 mx", "250 mx"}, Security::encrypted, ": TLS is needed here, and was not offered"},
    }));
    const Host host{{test::answers(c.replies)}};
    const auto use = rules();
    const auto session = HostSession::open(remote(host, c.security), use);
    REQUIRE_FALSE(session);
    CHECK(session.error().reply.text == c.code + mx(host) + c.text);
}

TEST_CASE("Where a conversation breaks with a message under way is told, and to what a reply was", "[mta][remote]") {
    struct Case { std::vector<std::string> replies; std::string first, second; };
    const auto c = GENERATE(values<Case>({
        {{"250 m", "250 r", "452 4.2.2 full", "354 d", "250 taken"}, " to mail data: taken", " to RCPT: full"},
        {{"250 m", "250 r", "250 r", "451 4.3.0 busy"}, " to DATA: busy", " to DATA: busy"},
        {{"550 5.7.1 not you"}, " to MAIL: not you", " to MAIL: not you"},
        {{}, " at MAIL: peer closed the connection", " at MAIL: peer closed the connection"},
        {{"250 m"}, " at RCPT: peer closed the connection", " at RCPT: peer closed the connection"},
        {{"250 m", "250 r", "550 5.1.1 who?"}, " at DATA: peer closed the connection", " to RCPT: who?"},
        {{"250 m", "250 r", "550 5.1.1 who?", "354 d"}, " at mail data: peer closed the connection", " to RCPT: who?"},
    }));
    test::SpoolSite site;
    const auto message = site.take(envelope_to({"bob@there.example", "eve@there.example"}));
    std::vector<std::string> replies{"220 mx", "250 mx"};
    replies.insert(replies.end(), c.replies.begin(), c.replies.end());
    const Host host{{test::answers(replies)}};
    const auto use = rules();
    const auto session = HostSession::open(remote(host, Security::none), use);
    REQUIRE(session);
    const auto got = send(**session, message, Numbers{0, 1});
    REQUIRE(got.size() == 2);
    CHECK(got[0].text == mx(host) + c.first);
    CHECK(got[1].text == mx(host) + c.second);
    CHECK(remote_reply({0, 1, queue::Event::deferred, 451, "4.4.2", got[0].text}).host == mx(host));
}

TEST_CASE("What a host can't take it was not asked about", "[mta][remote]") {
    test::SpoolSite site;
    const auto message = site.take(envelope_to({"b\xc3\xa4r@there.example"}));
    const Host host{{test::answers({"220 mx", "250 mx"})}};
    const auto use = rules();
    const auto session = HostSession::open(remote(host, Security::none), use);
    REQUIRE(session);
    CHECK(send(**session, message, Numbers{0}).at(0).text == mx(host) + ": the next host does not offer SMTPUTF8");
    (*session)->quit();
}

TEST_CASE("A host that refuses in the middle of a text and closes is heard, under TLS, too", "[mta][remote][rfc5321-4.2.5]") {
    const bool with_tls = GENERATE(false, true);
    const bool says_why = GENERATE(true, false);
    test::SpoolSite site;
    const auto message = site.take(envelope_to({"bob@there.example"}), "Received: x\n\n" + std::string(16'000'000, 'x'));
    const auto context = tls::Context::server(test::certificates().dir / "server", "").value();
    const Host host{{[&](int peer) {
        io::FdStream below{peer, peer};
        io::Channel channel{below};
        std::unique_ptr<tls::TlsStream> tls;
        const auto deadline = io::Deadline::after(10s);
        channel.write("220 mx\r\n");
        for (;;) {
            const auto line = channel.read_line(4096, deadline);
            if (!line || !*line) return;
            const std::string command{(*line)->text};
            if (command.starts_with("EHLO")) channel.write(with_tls && !tls ? "250-mx\r\n250 STARTTLS\r\n" : "250 mx\r\n");
            else channel.write(command == "DATA" ? "354 go\r\n" : "250 ok\r\n");
            if (command == "DATA") break;
            if (command != "STARTTLS") continue;
            (void)channel.flush();
            tls = tls::TlsStream::accept(context, below, deadline).value();
            channel.replace(*tls);
        }
        (void)channel.peek(deadline);
        if (says_why) channel.write("552 5.3.4 too big\r\n");
        (void)channel.flush();
        (void)below.wait({}, deadline);  // there is more, which nobody reads: a reset
    }}};
    const auto use = rules();
    const auto session = HostSession::open(remote(host, with_tls ? Security::encrypted : Security::none), use);
    REQUIRE(session);
    const auto reply = send(**session, message, Numbers{0}).at(0);
    CHECK(reply.code == (says_why ? 552 : 451));
    if (says_why) CHECK(reply.text == mx(host) + " to mail data: too big");
    else CHECK(reply.text.starts_with(mx(host) + " at mail data: "));
    CHECK_FALSE((*session)->is_usable());
    CHECK_FALSE((*session)->broke_before_text());
}

TEST_CASE("A host that can't be reached", "[mta][remote]") {
    mta::RemoteHost nobody{.name = "mx.example", .address = net::parse_socket_address("127.0.0.1:0").value()};
    {
        const Host gone{{says("")}};
        nobody.address = gone.address;
    }
    const auto use = rules();
    const auto session = HostSession::open(nobody, use);
    REQUIRE_FALSE(session);
    CHECK(session.error().step == Step::connection);
    CHECK(session.error().reply.enhanced == "4.4.1");
    CHECK(session.error().reply.text.starts_with("mx.example[127.0.0.1]:"));
}

TEST_CASE("A host that closes, or says farewell, between two messages is not used again", "[mta][remote]") {
    test::SpoolSite site;
    const auto message = site.take(envelope_to({"bob@there.example"}));
    const Host host{{test::answers({"220 mx", "250 mx", "250 m", "250 r", "354 d", "250 taken\r\n421 bye"})}};
    const auto use = rules();
    const auto farewell = HostSession::open(remote(host, Security::none), use);
    REQUIRE(farewell);
    CHECK(send(**farewell, message, Numbers{0}).at(0).code == 250);
    CHECK_FALSE((*farewell)->is_usable());
}

TEST_CASE("A host that has spoken unasked gets no message", "[mta][remote]") {
    struct Case { std::string said, text; };
    const auto c = GENERATE(values<Case>({
        {"250 2.0.0 once more", ": peer speaks unasked: 250 2.0.0 once more"},
        {"421 4.3.2 bye", ": peer speaks unasked: 421 4.3.2 bye"},
    }));
    const bool is_first = GENERATE(true, false);
    test::SpoolSite site;
    const auto message = site.take(envelope_to({"bob@there.example"}));
    std::promise<void> may_speak;
    const Host host{{[&](int peer) {
        std::vector<std::string> replies{"220 mx", "250 mx"};
        if (!is_first) replies.insert(replies.end(), {"250 m", "250 r", "354 d", "250 taken"});
        char heard[4096];
        for (std::size_t i = 0; i < replies.size(); ++i) {
            const auto line = replies[i] + "\r\n";
            (void)::send(peer, line.data(), line.size(), MSG_NOSIGNAL);
            if (i + 1 < replies.size() && ::recv(peer, heard, sizeof heard, 0) <= 0) return;
        }
        may_speak.get_future().wait();
        const auto line = c.said + "\r\n";
        (void)::send(peer, line.data(), line.size(), MSG_NOSIGNAL);
        while (::recv(peer, heard, sizeof heard, 0) > 0) continue;
    }}};
    const auto use = rules();
    const auto session = HostSession::open(remote(host, Security::none), use);
    REQUIRE(session);
    if (!is_first) {
        CHECK(send(**session, message, Numbers{0}).at(0).code == 250);
        CHECK((*session)->is_usable());
    }
    may_speak.set_value();
    const auto deadline = io::Deadline::after(10s);
    while ((*session)->is_usable() && deadline.remaining() > 0ms) std::this_thread::yield();
    const auto reply = send(**session, message, Numbers{0}).at(0);
    CHECK(reply.code == 451);
    CHECK(reply.text == mx(host) + c.text);
    CHECK((*session)->broke_before_text());
    CHECK_FALSE((*session)->is_usable());
}

TEST_CASE("A host that confirms a text before it has ended has not got it", "[mta][remote][rfc5321-4.3.2]") {
    test::SpoolSite site;
    const auto message = site.take(envelope_to({"bob@there.example"}));
    const Host host{{test::answers({"220 mx", "250 mx", "250 m", "250 r", "354 d\r\n250 taken"})}};
    const auto use = rules();
    const auto session = HostSession::open(remote(host, Security::none), use);
    REQUIRE(session);
    const auto reply = send(**session, message, Numbers{0}).at(0);
    CHECK(reply.code == 451);
    CHECK(reply.text == mx(host) + " at mail data: peer answers before the text has ended: 250 taken");
    CHECK_FALSE((*session)->broke_before_text());
    CHECK_FALSE((*session)->is_usable());
}
