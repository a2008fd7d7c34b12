// SPDX-License-Identifier: ISC
#include "mta/remote/host_session.hpp"

#include "support/loopback_host.hpp"
#include "support/spooled.hpp"

using namespace std::chrono_literals;
using namespace mailpipe;
using mta::HostSession;
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
        CHECK(replies[1].text == "mx.example[127.0.0.1]:" + std::to_string(host.address.port()) + ": no such user");
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
}

TEST_CASE("What a host says instead of a greeting is told", "[mta][remote][rfc5321-3.1]") {
    const Host host{{says("554 5.7.1 go away\r\n"), says("")}};
    const auto use = rules();
    const auto refused = HostSession::open(remote(host, Security::opportunistic), use);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().step == Step::greeting);
    CHECK(refused.error().reply.code == 554);
    CHECK(refused.error().reply.enhanced == "5.7.1");
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
    const std::string taken = "220 mx\r\n250 mx\r\n250 m\r\n250 r\r\n354 d\r\n250 taken\r\n";
    const Host host{{says(taken + "421 bye\r\n"), says("220 mx\r\n250 mx\r\n250 m\r\n421 bye\r\n")}};
    const auto use = rules();
    const auto farewell = HostSession::open(remote(host, Security::none), use);
    REQUIRE(farewell);
    CHECK(send(**farewell, message, Numbers{0}).at(0).code == 250);
    CHECK_FALSE((*farewell)->is_usable());
}
