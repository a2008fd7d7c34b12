// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>
#include <vector>

#include "dns/message.hpp"
#include "support/dns_message.hpp"

using namespace std::string_literals;
using namespace mailpipe::dns;
using namespace mailpipe::test;

namespace {

constexpr unsigned a = 1, cname = 5, ptr = 12, mx = 15, txt = 16, aaaa = 28, tlsa = 52;
const std::string pointer_to_question = "\xc0\x0c";

/// A response to a question about example.org, with one record in it.
std::string with_record(unsigned type, const std::string& data) {
    return DnsMessage{}.ask("example.org", type).answer(pointer_to_question, type, data).wire();
}

}  // namespace

TEST_CASE("A response's header says what came of the question", "[dns][rfc1035-4.1.1]") {
    struct Case { unsigned flags; unsigned rcode; bool truncated, authentic; };
    const auto c = GENERATE(values<Case>({
        {0x8180, no_error, false, false}, {0x8183, name_error, false, false}, {0x8182, server_failure, false, false},
        {0x8385, refused, true, false}, {0x81a0, no_error, false, true}, {0x818f, 15, false, false},
    }));
    const auto message = parse_message(DnsMessage{.id = 0xabcd, .flags = c.flags}.ask("example.org", mx).wire());
    REQUIRE(message);
    CHECK(message->id == 0xabcd);
    CHECK(message->rcode == c.rcode);
    CHECK(message->is_truncated == c.truncated);
    CHECK(message->is_authentic == c.authentic);
    CHECK(message->answers.empty());
}

TEST_CASE("Records are read by their types", "[dns]") {
    const auto message = parse_message(DnsMessage{}
                                           .ask("Example.ORG", mx)
                                           .answer(pointer_to_question, a, "\xc0\x00\x02\x01"s, 60)
                                           .answer(pointer_to_question, aaaa, "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x01")
                                           .answer(pointer_to_question, cname, wire_name("Other.example"))
                                           .answer(pointer_to_question, ptr, wire_name("host.example"))
                                           .answer(pointer_to_question, mx, wire16(10) + "\x03mx1" + pointer_to_question)
                                           .answer(pointer_to_question, mx, wire16(0) + wire_name(""))
                                           .answer(pointer_to_question, txt, wire_text("v=spf1 ") + wire_text("") + wire_text("-all"))
                                           .answer(pointer_to_question, tlsa, "\x03\x01\x01\xff\x00"s)
                                           .answer(wire_name(""), a, "\x7f\x00\x00\x01"s)
                                           .wire());
    REQUIRE(message);
    const auto& got = message->answers;
    REQUIRE(got.size() == 9);
    CHECK(got[0].owner == "example.org");
    CHECK(got[0].ttl == 60);
    CHECK(to_string(std::get<mailpipe::net::IpAddress>(got[0].data)) == "192.0.2.1");
    CHECK(to_string(std::get<mailpipe::net::IpAddress>(got[1].data)) == "2001:db8::1");
    CHECK(std::get<std::string>(got[2].data) == "other.example");
    CHECK(std::get<std::string>(got[3].data) == "host.example");
    CHECK(std::get<Mx>(got[4].data) == Mx{10, "mx1.example.org"});
    CHECK(std::get<Mx>(got[5].data) == Mx{0, ""});
    CHECK(std::get<std::string>(got[6].data) == "v=spf1 -all");
    CHECK(std::get<Tlsa>(got[7].data) == Tlsa{3, 1, 1, "\xff\x00"s});
    CHECK(got[8].owner.empty());
}

TEST_CASE("Records of other types and classes are left out", "[dns]") {
    const auto message = parse_message(DnsMessage{}
                                           .answer(wire_name("a.example"), 46, "a signature")
                                           .answer(wire_name("a.example"), a, "CHAOS", 300, 3)
                                           .answer(wire_name("a.example"), a, "\x01\x02\x03\x04")
                                           .wire());
    REQUIRE(message);
    REQUIRE(message->answers.size() == 1);
    CHECK(message->answers[0].type == a);
}

TEST_CASE("A time to live beyond 31 bits is 0", "[dns][rfc2181-8]") {
    const auto ttl = [](std::uint32_t wire) {
        return parse_message(DnsMessage{}.answer(wire_name("a.example"), a, "1234", wire).wire())->answers[0].ttl;
    };
    CHECK(ttl(0x7fffffff) == 0x7fffffff);
    CHECK(ttl(0x80000000) == 0);
}

TEST_CASE("Octets that names hardly have are escaped", "[dns][rfc1035-5.1]") {
    const auto owner = "\x04" "a.\\\x01" "\x03" "b \xff"s + '\0';
    const auto message = parse_message(DnsMessage{}.answer(owner, a, "1234").wire());
    REQUIRE(message);
    CHECK(message->answers[0].owner == "a\\.\\\\\\001.b\\032\\255");
}

TEST_CASE("A name has up to 255 octets on the wire", "[dns][rfc1035-3.1]") {
    const std::string label63(63, 'a');
    const std::string three = label63 + "." + label63 + "." + label63 + ".";  // 192 octets on the wire
    const auto parse = [](const std::string& owner) { return parse_message(DnsMessage{}.answer(wire_name(owner), a, "1234").wire()); };
    CHECK(parse(three + std::string(61, 'b')));
    CHECK_FALSE(parse(three + std::string(62, 'b')));
}

TEST_CASE("Compressed names only go back", "[dns][rfc1035-4.1.4]") {
    const auto parse = [](const std::string& owner) {
        return parse_message(DnsMessage{}.ask("example.org", a).answer(owner, a, "1234").wire());
    };
    const unsigned answer = 12 + 13 + 4;  // where the owner begins: header, name and type and class of the question
    const auto pointer = [](unsigned to) { return wire16(0xc000 | to); };
    CHECK(parse(pointer(12))->answers[0].owner == "example.org");
    CHECK(parse("\x01" "x" + pointer(20))->answers[0].owner == "x.org");
    CHECK_FALSE(parse(pointer(answer)));                 // itself
    CHECK_FALSE(parse("\x01" "x" + pointer(answer)));    // the piece that it ends
    CHECK_FALSE(parse(pointer(answer + 2)));             // forward
    CHECK_FALSE(parse("\x41" "x"));                      // neither a length nor a pointer
    CHECK_FALSE(parse("\x81" "x"));
}

TEST_CASE("Data that is not what its type has makes the message malformed", "[dns]") {
    struct Case { unsigned type; std::string data; };
    const auto c = GENERATE(values<Case>({
        {a, ""}, {a, "123"}, {a, "12345"}, {a, std::string(16, 'x')}, {aaaa, "1234"}, {aaaa, std::string(17, 'x')},
        {mx, ""}, {mx, wire16(10)}, {mx, wire16(10) + wire_name("a") + "x"}, {cname, ""}, {ptr, wire_name("a") + "x"},
        {txt, ""}, {txt, "\x05" "four"}, {txt, wire_text("a") + "\x01"}, {tlsa, ""}, {tlsa, "\x03\x01\x01"},
    }));
    CAPTURE(c.type, c.data);
    const auto message = parse_message(with_record(c.type, c.data));
    REQUIRE_FALSE(message);
    CHECK(message.error().fault == mailpipe::Fault::transient);
}

TEST_CASE("A message that is cut anywhere is malformed, and says where", "[dns]") {
    const auto whole = with_record(mx, wire16(10) + wire_name("mx.example.org"));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        CHECK_FALSE(parse_message(whole.substr(0, size)));
    }
    CHECK(parse_message(whole));
    CHECK(parse_message(whole.substr(0, 11)).error().what == "no whole header at octet 11");
    CHECK(parse_message(whole.substr(0, 40)).error().what == "bad record at octet 29");
    CHECK_FALSE(parse_message(DnsMessage{.flags = 0x0100}.ask("example.org", a).wire()));  // a question
}
