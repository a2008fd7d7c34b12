// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <sys/resource.h>

#include "support/imap_site.hpp"
#include "support/memory_stream.hpp"

using namespace mailpipe;

namespace {

/// As long as it lives this process has no more than so many descriptors.
class DescriptorLimit {
public:
    explicit DescriptorLimit(rlim_t descriptors) {
        REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
        const rlimit lower{descriptors, before_.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &lower) == 0);
    }
    DescriptorLimit(const DescriptorLimit&) = delete;
    ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

std::string append_of(unsigned messages) {
    std::string command = "1 APPEND INBOX";
    for (unsigned i = 0; i < messages; ++i) command += " {8+}\r\nA: 1\r\n\r\n";
    return command + "\r\n2 STATUS INBOX (MESSAGES)\r\n";
}

}  // namespace

TEST_CASE("More messages than there may be descriptors are refused, and none is stored", "[imap][rfc3502-6.3.11][rfc5530-3]") {
    const test::ImapSite site;
    const auto messages = GENERATE(20U, 500U);
    const DescriptorLimit limit{100};
    test::MemoryStream stream{"0 LOGIN alice \"wonder land\"\r\n" + append_of(messages)};
    io::Channel channel{stream};
    REQUIRE(imap::serve(channel, {.address = "local", .is_loopback = true}, {.hostname = "mail.example"}, site.world()));
    const bool is_refused = messages > 100;
    CHECK((stream.output.find("\r\n1 NO [LIMIT] ") != std::string::npos) == is_refused);
    CHECK((stream.output.find("\r\n1 OK [APPENDUID ") != std::string::npos) == !is_refused);
    CHECK(stream.output.find(is_refused ? "(MESSAGES 0)" : "(MESSAGES 20)") != std::string::npos);
}
