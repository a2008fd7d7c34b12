// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mail/address_list.hpp"

using namespace mailpipe::mail;

namespace {

/// "name|route|local-part|domain", members with commas between, a group as "name{members}".
std::string shown(const AddressList& list) {
    std::string text;
    for (const auto& group : list.groups) {
        if (group.name) text += *group.name + "{";
        for (const auto& member : group.members) {
            text += member.name + "|" + member.route + "|" + member.local_part + "|" + member.domain + ",";
        }
        if (group.name) text += "}";
    }
    return text;
}

struct Case {
    std::string_view value, read;
};
void check(const Case& c, bool is_valid) {
    CAPTURE(c.value);
    const auto list = parse_address_list(c.value);
    CHECK(shown(list) == c.read);
    CHECK(list.is_valid == is_valid);
}

}  // namespace

TEST_CASE("Addresses stand alone or in groups", "[mail][rfc5322-3.4]") {
    check(GENERATE(values<Case>({
        {"", ""},
        {" a@b", "||a|b,"},
        {"Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>",
         "Mary Smith||mary|x.test,||jdoe|example.org,Who?||one|y.test,"},
        {"\"Giant; \\\"Big\\\" Box\" <s@example.net>", "Giant; \"Big\" Box||s|example.net,"},
        {"A Group:Ed Jones <c@a.test>,joe@where.test;", "A Group{Ed Jones||c|a.test,||joe|where.test,}"},
        {"Undisclosed recipients:;", "Undisclosed recipients{}"},
        {"a@b, G:c@d;, e@f", "||a|b,G{||c|d,}||e|f,"},
        {"Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", "Pete||pete|silly.test,"},
        {"a@b (Ann (the) Bee)", "Ann (the) Bee||a|b,"},
        {"(one) a@b (two), c@d", "two||a|b,||c|d,"},
        {"\"a b\"@[IPv6:2001:db8::1]", "||a b|[IPv6:2001:db8::1],"},
        {"=?utf-8?q?a?=\r\n =?utf-8?q?b?= <a@b>", "=?utf-8?q?a?= =?utf-8?q?b?=||a|b,"},
        {"J\xc3\xbcrgen <j\xc3\xbc@b\xc3\xbc.example>", "J\xc3\xbcrgen||j\xc3\xbc|b\xc3\xbc.example,"},
    })), true);
}

TEST_CASE("Old forms of addresses are valid to read", "[mail][rfc5322-4.4]") {
    check(GENERATE(values<Case>({
        {"Joe Q. Public <a@b>", "Joe Q. Public||a|b,"},
        {"Mary <@a.test,@b.test:mary@c.test>, , jdoe@test  . example",
         "Mary|@a.test,@b.test|mary|c.test,||jdoe|test.example,"},
        {"\"a\".b . \"c d\" @ (x) e", "x||a.b.c d|e,"},
        {"=?utf-8?q?Doe <a@b>, =?utf-8?q?J?= <c@d>", "=?utf-8?q?Doe||a|b,=?utf-8?q?J?=||c|d,"},  // no end, but an atom
        {", a@b,,", "||a|b,"},
        {"G: , ,;", "G{}"},
    })), true);
}

TEST_CASE("What is no list of addresses is read for what is in it", "[mail]") {
    check(GENERATE(values<Case>({
        {"a@b c@d", "||a|b,||c|d,"},
        {"A <a@b> B <c@d>", "A||a|b,B||c|d,"},
        {"a@b; c@d;", "||a|b,||c|d,"},
        {"John Doe a@b", "John Doe||a|b,"},
        {"a@b John Doe", "John Doe||a|b,"},
        {"<a@b> John", "John||a|b,"},
        {"John <a@b> Doe", "John Doe||a|b,"},
        {"a@b <c@d>", "a@b||c|d,"},
        {"A <<a@b>>", "A||a|b,"},
        {"A < <a@b>>, c@d", "A||a|b,||c|d,"},
        {"A <a@b, c@d", "A||a|b,||c|d,"},
        {"A <a@b, B <c@d>", "A||a|b,B||c|d,"},
        {"A <a@b C <c@d>", "A||a|b C,||c|d,"},
        {"a@b>, c@d", "||a|b,||c|d,"},
        {"<>", ""}, {"A <>", "A|||,"},
        {"root", "||root|,"}, {"root (Cron Daemon)", "Cron Daemon||root|,"}, {"John Doe", "John Doe|||,"},
        {"\"John\"", "John|||,"}, {"=?utf-8?q?John?=", "=?utf-8?q?John?=|||,"},
        {"<root>", "||root|,"}, {"<John Doe@b>", "||John Doe|b,"},
        {"a@", "||a|,"}, {"@b", "|||b,"}, {"a@b@c", "||a@b|c,"}, {"a.@b", "||a.|b,"},
        {"\"John <a@b>", "John||a|b,"}, {"John\" <a@b>", "John||a|b,"},
        {"John (Doe <a@b>", "John Doe||a|b,"},
        {"a@[192.0.2.1, c@d", "||a|[192.0.2.1,||c|d,"},
        {"[list] A <a@b>", "[list] A||a|b,"},
        {"=?utf-8?b?SsO8\r\n cmdlbg==?= <a@b>", "=?utf-8?b?SsO8 cmdlbg==?=||a|b,"},
        {"=?utf-8?q?Doe,_J?= <a@b>", "=?utf-8?q?Doe,_J?=||a|b,"},
        {"G: a@b", "G{||a|b,}"}, {"G: a@b; c@d", "G{||a|b,}||c|d,"}, {"G: H: a@b;", "G{}H{||a|b,}"}, {":a@b;", "{||a|b,}"},
        {"<a@b>: c@d;", "||a|b,{||c|d,}"},
        {"J\xfcrgen <a@b>", "J\xfcrgen||a|b,"},
        {"a\x01@b", "||a\x01|b,"},
        {"<mailto:a@b>", "||mailto:a|b,"},
    })), false);
}

TEST_CASE("Addresses and their words are bounded", "[mail]") {
    std::string many;
    for (std::size_t n = 0; n <= max_addresses; ++n) many += "a@b,";
    const auto list = parse_address_list(many);
    CHECK(list.groups.at(0).members.size() == max_addresses);
    CHECK_FALSE(list.is_valid);
    std::string groups;
    for (std::size_t n = 0; n <= max_addresses; ++n) groups += "a:;,";
    CHECK(parse_address_list(groups).groups.size() == max_addresses);
    std::string words;
    for (int n = 0; n < 100'000; ++n) words += "a ";
    CHECK(parse_address_list(words).groups.at(0).members.at(0).name.size() == 1999);
}

TEST_CASE("Whatever an address list is, it is read in proportion", "[mail]") {
    const std::string_view piece = GENERATE("\"", "(", "\\\"", "\"\\", "<", "<a", "=?a?q?b", "[", "@[", "a@", "@a,", ":", "a:", ".", "((", "<@a:");
    CAPTURE(piece);
    std::string value;
    while (value.size() < 300'000) value += piece;
    (void)parse_address_list(value);
}

TEST_CASE("A display-name is shown in UTF-8, and an addr-spec with the quotes it needs", "[mail][rfc2047][rfc5322-3.4.1]") {
    CHECK(decoded_name("=?iso-8859-1?q?Andr=E9?= Pirard") == "Andr\xc3\xa9 Pirard");
    CHECK(decoded_name("  James ") == "  James ");
    CHECK(decoded_name("caf\xe9") == "caf\xc3\xa9");
    CHECK(addr_spec({"A", "", "a b", "c"}) == "\"a b\"@c");
    CHECK(addr_spec({"A", "", "root", ""}) == "root");
    CHECK(addr_spec({"A", "", "", ""}).empty());
}

TEST_CASE("what looks like an encoded-word ends with the brackets in which it began", "[mail][rfc5322-3.4]") {
    const auto list = mailpipe::mail::parse_address_list("A <=?utf-5?q?a@b>, =?utf-8?b?Qg==?= <c@d>");
    CHECK(list.is_valid);
    REQUIRE(list.groups.size() == 1);
    REQUIRE(list.groups[0].members.size() == 2);
    CHECK(list.groups[0].members[0] == mailpipe::mail::Address{"A", "", "=?utf-5?q?a", "b"});
    CHECK(list.groups[0].members[1] == mailpipe::mail::Address{"=?utf-8?b?Qg==?=", "", "c", "d"});
}
