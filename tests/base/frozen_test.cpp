// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "base/frozen.hpp"

using mailpipe::Frozen;

TEST_CASE("Frozen octets stay, move, and may be none", "[base]") {
    const std::string octets = std::string(100'000, 'a') + '\0' + "end";
    auto first = Frozen::copy_of(octets);
    REQUIRE(first);
    CHECK(first->octets() == octets);
    Frozen second = std::move(*first);
    CHECK(second.octets() == octets);
    CHECK(first->octets().empty());
    second = Frozen::copy_of("other").value();
    CHECK(second.octets() == "other");
    CHECK(Frozen::copy_of("").value().octets().empty());
}

TEST_CASE("A child that writes to frozen octets ends by a signal, and the parent's stay", "[base]") {
    const auto frozen = Frozen::copy_of("secret").value();
    const pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGSEGV, SIG_DFL);
        const_cast<volatile char*>(frozen.octets().data())[0] = 'X';
        ::_exit(0);
    }
    int raw = 0;
    ::waitpid(child, &raw, 0);
    CHECK(WIFSIGNALED(raw));
    CHECK(frozen.octets() == "secret");
}
