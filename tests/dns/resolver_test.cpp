// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>
#include <vector>

#include "dns/resolver.hpp"
#include "support/zone_resolver.hpp"

using namespace mailpipe::dns;
using mailpipe::net::parse_ip;
using mailpipe::test::ZoneResolver;

namespace {

Record alias(std::string from, std::string to, std::uint32_t ttl = 300) { return {std::move(from), cname_type, ttl, std::move(to)}; }
Record address(std::string owner, const std::string& ip, std::uint32_t ttl = 300) {
    return {std::move(owner), static_cast<std::uint16_t>(Type::a), ttl, parse_ip(ip).value()};
}

}  // namespace

TEST_CASE("An answer goes along the CNAMEs, whatever their order", "[dns][rfc1034-3.6.2]") {
    Message message{.is_authentic = true};
    message.answers = {address("c.example", "192.0.2.1", 100), alias("b.example", "c.example", 50), alias("a.example", "b.example", 70),
                       address("other.example", "192.0.2.9", 1)};
    const auto answer = read_answer(message, "A.example", Type::a);
    CHECK(answer.status == Status::found);
    CHECK(answer.is_authentic);
    CHECK(answer.name == "c.example");
    CHECK(answer.aliases == std::vector<std::string>{"a.example", "b.example"});
    REQUIRE(answer.addresses.size() == 1);
    CHECK(to_string(answer.addresses[0]) == "192.0.2.1");
    CHECK(answer.ttl == 50);
}

TEST_CASE("No record of the type is no data, or no such name", "[dns][rfc2308-2]") {
    Message message;
    message.answers = {alias("a.example", "b.example")};
    CHECK(read_answer(message, "a.example", Type::mx).status == Status::no_data);
    message.rcode = name_error;
    const auto answer = read_answer(message, "a.example", Type::mx);
    CHECK(answer.status == Status::no_such_name);
    CHECK(answer.name == "b.example");
}

TEST_CASE("What is not known is a failure, with its reason", "[dns]") {
    struct Case { unsigned rcode; bool truncated; std::string trouble; };
    const auto c = GENERATE(values<Case>({
        {server_failure, false, "SERVFAIL"}, {refused, false, "REFUSED"}, {not_implemented, false, "NOTIMP"},
        {format_error, false, "FORMERR"}, {9, false, "RCODE 9"}, {no_error, true, "truncated"},
    }));
    const auto answer = read_answer({.rcode = c.rcode, .is_truncated = c.truncated, .is_authentic = true}, "a.example", Type::mx);
    CHECK(answer.status == Status::failed);
    CHECK(answer.trouble == c.trouble);
    CHECK_FALSE(answer.is_authentic);
}

TEST_CASE("16 CNAMEs are followed, a loop or more is a failure", "[dns]") {
    Message message;
    for (std::size_t i = 0; i < max_aliases; ++i) message.answers.push_back(alias(std::to_string(i), std::to_string(i + 1)));
    message.answers.push_back(address("16", "192.0.2.1"));
    CHECK(read_answer(message, "0", Type::a).aliases.size() == 16);
    CHECK(read_answer(message, "0", Type::a).status == Status::found);
    message.answers.back() = alias("16", "17");
    CHECK(read_answer(message, "0", Type::a).trouble == "a CNAME loop");
    message.answers = {alias("a", "b"), alias("b", "a")};
    CHECK(read_answer(message, "a", Type::a).trouble == "a CNAME loop");
}

TEST_CASE("One question waits for its answer", "[dns]") {
    ZoneResolver dns;
    dns.mx("example.org", 10, "mx.example.org");
    int others = 0;
    dns.ask("example.org", Type::a, [&](const Answer&) { ++others; });
    const auto answer = ask(dns, "example.org", Type::mx);
    CHECK(answer.mx == std::vector<Mx>{{10, "mx.example.org"}});
    CHECK(others == 1);
    CHECK(dns.outstanding() == 0);
}
