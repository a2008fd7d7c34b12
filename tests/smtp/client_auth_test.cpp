// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>
#include <vector>

#include "sasl/scram.hpp"
#include "smtp/client.hpp"
#include "support/answering_stream.hpp"
#include "text/base64.hpp"

using namespace mailpipe;
using namespace mailpipe::smtp;

namespace {

const Login login{"user", "secret"};

/// Against a server that offers `mechanisms` and gives its answers in order.
struct Talk {
    Talk(const std::string& mechanisms, const std::vector<std::string>& answers)
        : stream("220 mx\r\n", [=, at = std::size_t{0}](const auto& line) mutable {
              if (line.starts_with("EHLO")) return "250-mx\r\n250 AUTH " + mechanisms + "\r\n";
              return at == answers.size() ? std::string{} : answers[at++] + "\r\n";
          }),
          channel(stream),
          session(channel, Protocol::smtp, "me.example") {
        REQUIRE(session.greet());
        stream.output.clear();
    }
    Result<Reply> log_in(Wire wire = Wire::guarded, const Login& who = login) { return session.authenticate(who, wire); }

    test::AnsweringStream stream;
    io::Channel channel;
    ClientSession session;
};

/// A server that knows SCRAM and one user's password; its signature is `signed_by`'s where that is not empty.
struct ScramServer {
    std::string password;
    std::string signed_by{};
    sasl::ScramWorld world{[this](std::string_view name) {
        return sasl::ScramUser{sasl::derive_scram_keys(password, "salt", 4096), sasl::User{.name = std::string{name}}};
    }};
    sasl::Scram scram{sasl::Scram::Channel::unbound, world, "nonce"};
    int step = 0;

    std::string answer(const std::string& line) {
        const auto octets = [&] { return text::base64_decode(line.substr(line.rfind(' ') + 1)).value(); };
        if (line.starts_with("EHLO")) return "250-mx\r\n250 AUTH PLAIN SCRAM-SHA-256\r\n";
        switch (step++) {
            case 0: return "334 " + text::base64_encode(scram.first(octets()).value()) + "\r\n";
            case 1: {
                const auto final = scram.final(octets()).value();
                if (!final) return "535 5.7.8 no\r\n";
                const auto shown = signed_by.empty() ? *final : "v=" + text::base64_encode(std::string(32, 'x'));
                return "334 " + text::base64_encode(shown) + "\r\n";
            }
            default: return line.empty() ? "235 2.7.0 welcome\r\n" : "501 5.5.2 what?\r\n";
        }
    }
    Result<Reply> meet(const Login& who = login) {
        test::AnsweringStream stream{"220 mx\r\n", [this](const auto& line) { return answer(line); }};
        io::Channel channel{stream};
        ClientSession session{channel, Protocol::smtp, "me.example"};
        REQUIRE(session.greet());
        auto reply = session.authenticate(who, Wire::open);
        CHECK(stream.output.find("AUTH PLAIN") == std::string::npos);
        return reply;
    }
};

}  // namespace

TEST_CASE("SCRAM comes first, and each side proves that it knows the password", "[smtp][client][rfc4954-4][rfc5802-3]") {
    CHECK(ScramServer{"secret"}.meet()->code == 235);
    CHECK(ScramServer{"other"}.meet()->code == 535);
    const auto impostor = ScramServer{"secret", "nobody"}.meet();
    REQUIRE_FALSE(impostor);
    CHECK(impostor.error().fault == Fault::transient);
    CHECK(impostor.error().what.find("proves that it does not know the password") != std::string::npos);
}

TEST_CASE("A server that says 235 without having proved anything is not believed", "[smtp][client][rfc5802-3]") {
    ScramServer server{"secret"};
    server.signed_by = "nobody";
    test::AnsweringStream stream{"220 mx\r\n", [&](const std::string& line) {
        auto reply = server.answer(line);
        return server.step == 2 ? std::string{"235 2.7.0 welcome\r\n"} : reply;
    }};
    io::Channel channel{stream};
    ClientSession session{channel, Protocol::smtp, "me.example"};
    REQUIRE(session.greet());
    CHECK_FALSE(session.authenticate(login, Wire::guarded));
}

TEST_CASE("A server that says 235 at once has shown nothing", "[smtp][client][rfc5802-3]") {
    Talk talk{"SCRAM-SHA-256 PLAIN", {"235 2.7.0 welcome"}};
    const auto reply = talk.log_in();
    REQUIRE_FALSE(reply);
    CHECK(reply.error().fault == Fault::transient);
    CHECK(reply.error().what == "AUTH: SCRAM: the server does not prove that it knows the password");
    CHECK(talk.stream.output.find("AUTH PLAIN") == std::string::npos);
}

TEST_CASE("A server whose SCRAM can't be read is told that it is over", "[smtp][client][rfc4954-4]") {
    const auto* challenge = GENERATE("334 hello", "334 cj1ub25jZSxzPWMyRnNkQT09LGk9NDA5Ng==", "334 ");
    Talk talk{"SCRAM-SHA-256", {challenge, "501 5.7.0 cancelled"}};
    const auto reply = talk.log_in();
    REQUIRE_FALSE(reply);
    CHECK(reply.error().fault == Fault::transient);
    CHECK(talk.stream.output.ends_with("\r\n*\r\n"));
}

TEST_CASE("PLAIN and LOGIN say what they have to", "[smtp][client][rfc4616-2]") {
    Talk plain{"LOGIN PLAIN", {"235 2.7.0 welcome"}};
    CHECK(plain.log_in()->code == 235);
    CHECK(plain.stream.output == "AUTH PLAIN AHVzZXIAc2VjcmV0\r\n");
    Talk by_login{"GSSAPI login", {"334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 2.7.0 welcome"}};
    CHECK(by_login.log_in()->code == 235);
    CHECK(by_login.stream.output == "AUTH LOGIN\r\ndXNlcg==\r\nc2VjcmV0\r\n");
}

TEST_CASE("An initial response that makes the command too long comes by itself", "[smtp][client][rfc4954-4]") {
    // NUL, "user", NUL and 366 octets are 496 digits of base64, and the line 509 octets long; one more makes it 513.
    Talk fits{"PLAIN", {"235 welcome"}};
    CHECK(fits.log_in(Wire::guarded, {"user", std::string(366, 'x')})->code == 235);
    CHECK(fits.stream.output.size() == 11 + 496 + 2);
    Talk alone{"PLAIN", {"334 ", "235 welcome"}};
    CHECK(alone.log_in(Wire::guarded, {"user", std::string(367, 'x')})->code == 235);
    CHECK(alone.stream.output.starts_with("AUTH PLAIN\r\nAHVzZXIA"));
}

TEST_CASE("No password is shown on an open wire", "[smtp][client][rfc4954-4]") {
    Talk talk{"PLAIN LOGIN", {"235 welcome"}};
    const auto reply = talk.log_in(Wire::open);
    REQUIRE(reply);
    CHECK(to_string(*reply) == "454 4.7.0 the next host offers no AUTH that is safe without TLS: PLAIN LOGIN");
    CHECK(talk.stream.output.empty());
}

TEST_CASE("Where no mechanism is ours the reply is temporary and says so", "[smtp][client][rfc4954-4]") {
    Talk talk{"GSSAPI PLAINER", {}};
    CHECK(to_string(*talk.log_in()) == "454 4.7.0 the next host offers no AUTH that is known here: GSSAPI PLAINER");
    CHECK_FALSE(talk.session.last_command());  // nobody was asked
    Talk none{"", {}};
    CHECK(to_string(*none.log_in()) == "454 4.7.0 the next host offers no AUTH that is known here: none at all");
}

TEST_CASE("What a server says to a login is handed on", "[smtp][client][rfc4954-6]") {
    struct Case { std::string mechanisms; std::vector<std::string> answers; int code; };
    const auto c = GENERATE(values<Case>({
        {"PLAIN", {"535 5.7.8 wrong"}, 535}, {"PLAIN", {"454 4.7.0 later"}, 454}, {"PLAIN", {"432 4.7.12 new password"}, 432},
        {"LOGIN", {"334 VXNlcm5hbWU6", "535 5.7.8 wrong"}, 535}, {"LOGIN", {"454 4.7.0 later"}, 454},
        {"SCRAM-SHA-256", {"535 5.7.8 wrong"}, 535},
        {"PLAIN LOGIN", {"504 5.5.4 no such", "334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 welcome"}, 235},  // not that one
        {"SCRAM-SHA-256 PLAIN", {"534 5.7.9 too weak", "235 welcome"}, 235},
        {"SCRAM-SHA-256 PLAIN", {"535 5.7.8 wrong", "235 welcome"}, 535},  // the same password would be as wrong
        {"PLAIN", {"504 5.5.4 no such"}, 454},
    }));
    CAPTURE(c.mechanisms, c.answers);
    Talk talk{c.mechanisms, c.answers};
    const auto reply = talk.log_in();
    REQUIRE(reply);
    CHECK(reply->code == c.code);
    CHECK(talk.session.last_command() == ClientCommand::auth);
}

TEST_CASE("A login that is left open, or broken off, is an error", "[smtp][client][rfc4954-4]") {
    const auto answers = GENERATE(std::vector<std::string>{"334 "}, std::vector<std::string>{},
                                  std::vector<std::string>{"354 go"});
    Talk talk{"PLAIN", answers};
    const auto reply = talk.log_in();
    REQUIRE_FALSE(reply);
    CHECK(reply.error().fault == Fault::transient);
}

TEST_CASE("A NUL in a name or password is not sent", "[smtp][client][rfc4616-2]") {
    Talk talk{"PLAIN LOGIN", {}};
    const auto reply = talk.log_in(Wire::guarded, {std::string("us\0er", 5), "x"});
    REQUIRE_FALSE(reply);
    CHECK(reply.error().fault == Fault::permanent);
    CHECK(talk.stream.output.empty());
}
