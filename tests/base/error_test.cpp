// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <cerrno>

#include "base/error.hpp"

using namespace mailpipe;

TEST_CASE("A system call's error tells whether trying again makes sense, and the exit status", "[base]") {
    struct Case { int number; Fault fault; ExitStatus status; };
    const auto c = GENERATE(values<Case>({
        {ENOSPC, Fault::transient, ExitStatus::try_again},
        {EDQUOT, Fault::transient, ExitStatus::try_again},
        {EIO, Fault::transient, ExitStatus::try_again},
        {EMFILE, Fault::transient, ExitStatus::try_again},
        {ETIMEDOUT, Fault::transient, ExitStatus::try_again},
        {ESTALE, Fault::transient, ExitStatus::try_again},
        {EACCES, Fault::permanent, ExitStatus::no_permission},
        {EROFS, Fault::transient, ExitStatus::try_again},
        {ENOENT, Fault::permanent, ExitStatus::unavailable},
        {ELOOP, Fault::permanent, ExitStatus::unavailable},
        {EEXIST, Fault::permanent, ExitStatus::unavailable},
    }));
    CAPTURE(c.number);
    const auto error = system_error(c.number, "open /x");
    CHECK(error.fault == c.fault);
    CHECK(exit_status(error) == c.status);
    CHECK(error.number == c.number);
    CHECK(error.what.starts_with("open /x: "));
}

TEST_CASE("What is transient exits with 75, whatever else the error says", "[base]") {
    CHECK(exit_status({Fault::transient, "x", ExitStatus::no_user}) == ExitStatus::try_again);
    CHECK(exit_status({Fault::permanent, "x", ExitStatus::no_user}) == ExitStatus::no_user);
    CHECK(exit_status({Fault::permanent, "x"}) == ExitStatus::data);
}

TEST_CASE("A deadline that has passed can be told from other errors", "[base]") {
    CHECK(timed_out(system_error(ETIMEDOUT, "wait for the peer")));
    CHECK_FALSE(timed_out(system_error(ECONNRESET, "wait for the peer")));
}
