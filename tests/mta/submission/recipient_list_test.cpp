// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mta/submission/recipient_list.hpp"

using namespace mailpipe;
using namespace mailpipe::mta;

namespace {

std::string shown(const RecipientList& list) {
    std::string text;
    for (const auto& mailbox : list.all()) text += (text.empty() ? "" : " ") + mail::to_string(mailbox);
    return text;
}

std::string of_header(std::string_view header) {
    RecipientList list{"here.example"};
    const auto added = list.add_header(header);
    if (added) return shown(list);
    CHECK(exit_status(added.error()) == ExitStatus::data);
    return added.error().what;
}

std::string of_argument(std::string_view argument) {
    RecipientList list{"here.example"};
    const auto added = list.add_argument(argument);
    if (added) return shown(list);
    CHECK(exit_status(added.error()) == ExitStatus::usage);
    CHECK(list.all().empty());
    return added.error().what;
}

}  // namespace

TEST_CASE("An argument is an address, or several", "[mta][sendmail]") {
    struct Case { std::string_view argument, recipients; };
    const auto c = GENERATE(values<Case>({
        {"a@b", "a@b"}, {"root", "root@here.example"}, {"a@b,root, c@d", "a@b root@here.example c@d"}, {"Ann <a@b>", "a@b"},
        {"<a@b>", "a@b"}, {"<root>", "root@here.example"}, {"\"a b\"@c", "\"a b\"@c"}, {"a@[192.0.2.1]", "a@[192.0.2.1]"},
        {"j\xc3\xb6@x.example", "j\xc3\xb6@x.example"}, {"-t", "-t@here.example"}, {"a@b, A@B", "a@b"}, {"root (The Admin)", "root@here.example"},
        {"\"a@b\"@c, root", "\"a@b\"@c root@here.example"}, {"\"a@b\" <root>", "root@here.example"},
        {"", "recipient: '' is no address"}, {"<>", "recipient: '<>' is no address"}, {",", "recipient: ',' is no address"},
        {"bob@", "recipient: 'bob@' is no list of addresses"}, {"a@b, bob@", "recipient: 'a@b, bob@' is no list of addresses"},
        {"@b", "recipient: '@b' is no address"}, {"John Smith", "recipient: 'John Smith' is no address"}, {"\"a@b\"", "recipient: 'a@b' is no address"},
        {"a@b@c", "recipient: 'a@b@c' is no list of addresses"}, {"\"a b", "recipient: '\"a b' is no list of addresses"},
        {"a@b..c", "recipient: 'a@b..c' is no address: octet 3 of the address: not a domain"},
    }));
    CAPTURE(c.argument);
    CHECK(of_argument(c.argument) == c.recipients);
}

TEST_CASE("An address longer than SMTP's is refused", "[mta][sendmail][rfc5321-4.5.3.1.3]") {
    const std::string domain = "@" + std::string(60, 'b') + ".example";
    const std::string longest = std::string(254 - domain.size(), 'a') + domain;
    CHECK(of_argument(longest) == longest);
    CHECK(of_argument("a" + longest).ends_with("too long"));
}

TEST_CASE("To, Cc and Bcc name recipients, each once, and no other field does", "[mta][sendmail][rfc5322-3.6.3]") {
    CHECK(of_header("From: x@y\nTo: a@b, Carl <c@d>\nReply-To: r@r\nCC:\n e@f\nBcc: g@h, a@B\nTo: i@j\n\nTo: k@l\n") == "a@b c@d e@f g@h i@j");
    CHECK(of_header("To: Friends: a@b, root;, \"Quoted, name\" <c@d>\n\n") == "a@b root@here.example c@d");
    CHECK(of_header("To: undisclosed-recipients:;\nBcc: a@b\n\n") == "a@b");
    CHECK(of_header("To:\nCc: \n\n").empty());
    CHECK(of_header("Subject: x\n\n").empty());
}

TEST_CASE("A field that is no address list is an error that names it", "[mta][sendmail]") {
    CHECK(of_header("To: a@b\nCc: bob@\n\n") == "Cc: 'bob@' is no list of addresses");
    CHECK(of_header("To: a@b, Somebody or other\n\n") == "To: 'Somebody or other' is no address");
}

TEST_CASE("A message that is sent on goes to those of its last resending", "[mta][sendmail][rfc5322-3.6.6]") {
    CHECK(of_header("Resent-From: x@y\nResent-To: a@b\nTo: c@d\nBcc: e@f\nResent-Bcc: g@h\n\n") == "a@b g@h");
    CHECK(of_header("Resent-To: a@b\nResent-From: x@y\nReceived: z\nResent-To: old@x\nTo: c@d\n\n") == "a@b");
    CHECK(of_header("Received: z\nResent-From: x@y\nResent-Cc: a@b\nTo: c@d\n\n") == "a@b");
    CHECK(of_header("Resent-From: x@y\nTo: c@d\n\n").empty());
}

TEST_CASE("A field has 10,000 addresses at most", "[mta][sendmail]") {
    const auto field = [](std::size_t count, const std::string& domain) {
        std::string text = "To: ";
        for (std::size_t i = 0; i < count; ++i) text += (i > 0 ? ", u" : "u") + std::to_string(i) + domain;
        return text + "\n\n";
    };
    RecipientList full{"here.example"};
    REQUIRE(full.add_header(field(10'000, "@x")));
    CHECK(full.all().size() == 10'000);
    CHECK(of_header(field(10'001, "@x")) == "To: 10000 addresses or more");
    CHECK(of_header(field(9'999, "")).starts_with("u0@here.example u1@here.example "));
    CHECK(of_header(field(10'000, "")) == "To: 10000 addresses or more");
}
