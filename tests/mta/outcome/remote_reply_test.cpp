// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mta/outcome/remote_reply.hpp"

using namespace mailpipe;
using mta::remote_reply;

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
    const auto text = mta::expired_text({451, enhanced, "mx.example[192.0.2.1]:25: later"});
    const auto got = remote_reply({0, 1, queue::Event::failed, 451, "4.4.7", text});
    CHECK(got.name == "mx.example");
    CHECK(got.reply == (*enhanced ? "451 4.2.0 later" : "451 later"));
    CHECK(remote_reply({0, 1, queue::Event::failed, 451, "4.4.7", mta::expired_text({451, "4.3.0", "busy"})}).reply == "451 4.3.0 busy");
}
