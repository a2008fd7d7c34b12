// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mta/outcome/remote_reply.hpp"

using namespace mailpipe;
using mta::remote_reply;

TEST_CASE("The host, the command and the host's words are told apart", "[mta][rfc3464-2.3.6]") {
    struct Case { std::string_view text, host, command, reply; };
    const auto c = GENERATE(values<Case>({
        {"mx.example[192.0.2.1]:25 to RCPT: no such user", "mx.example[192.0.2.1]:25", "RCPT", "550 5.1.1 no such user"},
        {"mx.example[192.0.2.1]:25 to mail data: spam: no", "mx.example[192.0.2.1]:25", "mail data", "550 5.1.1 spam: no"},
        {"lmtp[/run/lmtp.sock] to MAIL: no", "lmtp[/run/lmtp.sock]", "MAIL", "550 5.1.1 no"},
        {"mx[2001:db8::1]:25 at STARTTLS: timed out", "mx[2001:db8::1]:25", "STARTTLS", "550 5.1.1 timed out"},
        {"554 5.3.2 mx[192.0.2.1]:25 to EHLO: go away", "mx[192.0.2.1]:25", "EHLO", "554 5.3.2 go away"},
        {"mx[192.0.2.1]:25 to RCPT: ", "mx[192.0.2.1]:25", "RCPT", "550 5.1.1 "},
        {"mx[192.0.2.1]:25 to RCPT:", "mx[192.0.2.1]:25", "RCPT", "550 5.1.1 "},
        {"mx[192.0.2.1]:25: to RCPT: no", "mx[192.0.2.1]:25", "", "550 5.1.1 to RCPT: no"},  // what a host says about itself
        {"mx[192.0.2.1]:25 to rcpt: no", "", "", "550 5.1.1 mx[192.0.2.1]:25 to rcpt: no"},
        {"mx[192.0.2.1]:25 to mail data again: no", "", "", "550 5.1.1 mx[192.0.2.1]:25 to mail data again: no"},
        {"mx[192.0.2.1]:25 to : no", "", "", "550 5.1.1 mx[192.0.2.1]:25 to : no"},
        {"mx[192.0.2.1]:25 by RCPT: no", "", "", "550 5.1.1 mx[192.0.2.1]:25 by RCPT: no"},
        {"mx[192.0.2.1]:25 to RCPT", "", "", "550 5.1.1 mx[192.0.2.1]:25 to RCPT"},
        {"mx to RCPT: no", "", "", "550 5.1.1 mx to RCPT: no"},
    }));
    CAPTURE(c.text);
    const auto got = remote_reply({0, 1, queue::Event::failed, 550, "5.1.1", std::string{c.text}});
    CHECK(got.host == c.host);
    CHECK(got.command == c.command);
    CHECK(got.reply == c.reply);
}

TEST_CASE("What a host said is told apart from what went wrong with it", "[mta][rfc3464-2.3.6]") {
    struct Case { std::string_view text; bool is_answer; };
    const auto c = GENERATE(values<Case>({
        {"mx[192.0.2.1]:25 to STARTTLS: no", true}, {"454 4.7.0 mx[192.0.2.1]:25 to STARTTLS: no", true},
        {"mx[192.0.2.1]:25 at STARTTLS: timed out", false}, {"mx[192.0.2.1]:25 at mail data: timed out", false},
        {"554 5.7.1 mx[192.0.2.1]:25: go away", true},
        {"mx[192.0.2.1]:25: Connection refused", false}, {"no such domain", false},
        {"not delivered in time; the last try: 451 4.2.0 mx[192.0.2.1]:25 to RCPT: later", true},
    }));
    CAPTURE(c.text);
    CHECK(remote_reply({0, 1, queue::Event::failed, 451, "4.4.0", std::string{c.text}}).is_answer == c.is_answer);
}

TEST_CASE("A text loses the host and the command before it, and nothing else", "[mta]") {
    CHECK(mta::without_host("mx[192.0.2.1]:25 to RCPT: a: b") == "a: b");
    CHECK(mta::without_host("mx[192.0.2.1]:25: a") == "a");
    CHECK(mta::without_host("mx[192.0.2.1]:25:").empty());
    CHECK(mta::without_host("mailbox: full") == "mailbox: full");
    CHECK(mta::without_host("").empty());
}

TEST_CASE("The host and its words are told apart", "[mta][rfc3464-2.3.6]") {
    struct Case { std::string_view text, host, name, reply; };
    const auto c = GENERATE(values<Case>({
        {"mx.example[192.0.2.1]:25: no such user", "mx.example[192.0.2.1]:25", "mx.example", "550 5.1.1 no such user"},
        {"mx.example[2001:db8::1]:25: a: b", "mx.example[2001:db8::1]:25", "mx.example", "550 5.1.1 a: b"},
        {"[192.0.2.1][192.0.2.1]:2525: no\nnever", "[192.0.2.1][192.0.2.1]:2525", "[192.0.2.1]", "550 5.1.1 no never"},
        {"lmtp[/run/lmtp.sock]: no", "lmtp[/run/lmtp.sock]", "lmtp", "550 5.1.1 no"},
        {"mx.example[192.0.2.1]:25: ", "mx.example[192.0.2.1]:25", "mx.example", "550 5.1.1 "},
        {"554 mx.example[192.0.2.1]:25: go away", "mx.example[192.0.2.1]:25", "mx.example", "554 go away"},
        {"554 5.3.2 mx.example[192.0.2.1]:25: go away", "mx.example[192.0.2.1]:25", "mx.example", "554 5.3.2 go away"},
        {"554 no host", "", "", "550 5.1.1 554 no host"},
        {"no such user here", "", "", "550 5.1.1 no such user here"},
        {"list[1]: who?", "list[1]", "list", "550 5.1.1 who?"},
        {"a mx[192.0.2.1]:25: no", "", "", "550 5.1.1 a mx[192.0.2.1]:25: no"},
        {"[192.0.2.1]: no", "", "", "550 5.1.1 [192.0.2.1]: no"},
        {"mx[192.0.2.1]:: no", "", "", "550 5.1.1 mx[192.0.2.1]:: no"},
        {"mx[192.0.2.1]:25", "", "", "550 5.1.1 mx[192.0.2.1]:25"},
        {"", "", "", "550 5.1.1 "},
    }));
    CAPTURE(c.text);
    const auto got = remote_reply({0, 1, queue::Event::failed, 550, "5.1.1", std::string{c.text}});
    CHECK(got.host == c.host);
    CHECK(got.name == c.name);
    CHECK(got.reply == c.reply);
}

TEST_CASE("Of a message that was given up the last reply is told", "[mta]") {
    const auto enhanced = GENERATE("", "4.2.0");
    const auto text = mta::expired_text({451, enhanced, "mx.example[192.0.2.1]:25 to RCPT: later"});
    const auto got = remote_reply({0, 1, queue::Event::failed, 451, "4.4.7", text});
    CHECK(got.name == "mx.example");
    CHECK(got.command == "RCPT");
    CHECK(got.reply == (*enhanced ? "451 4.2.0 later" : "451 later"));
    CHECK(remote_reply({0, 1, queue::Event::failed, 451, "4.4.7", mta::expired_text({451, "4.3.0", "busy"})}).reply == "451 4.3.0 busy");
}
