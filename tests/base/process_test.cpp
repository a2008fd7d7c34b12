// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/files.hpp"
#include "base/process.hpp"

using namespace mailpipe;
using namespace std::chrono_literals;

namespace {

Result<Ending> shell(const std::string& script, std::chrono::milliseconds at_most = 10s) {
    const auto process = start({{"sh", "-c", script}, {}, {}});
    REQUIRE(process);
    return wait_for(*process, at_most);
}

}  // namespace

TEST_CASE("How a program ended says whether trying again makes sense", "[base]") {
    struct Case { std::string script; std::optional<Fault> fault; };
    const auto c = GENERATE(values<Case>({
        {"exit 0", {}},
        {"exit 75", Fault::transient},
        {"exit 71", Fault::transient},
        {"exit 74", Fault::transient},
        {"kill -9 $$", Fault::transient},
        {"exec /nonexistent/program", Fault::transient},  // the shell's 127: says nothing of the message
        {"exec /dev/null", Fault::transient},             // its 126
        {"exit 1", Fault::permanent},
        {"exit 65", Fault::permanent},
        {"exit 67", Fault::permanent},
        {"exit 77", Fault::permanent},
    }));
    CAPTURE(c.script);
    const auto ending = shell("exec 2>/dev/null; " + c.script);
    REQUIRE(ending);
    CHECK(fault_of(*ending) == c.fault);
}

TEST_CASE("Of what a program says the beginning is kept, and it never waits for a listener", "[base]") {
    const auto heard = [](const std::string& script) {
        auto hearing = Hearing::open().value();
        const auto process = start({{"sh", "-c", script}, {}, {{hearing.speaker().number(), STDERR_FILENO}}});
        REQUIRE(process);
        const auto ending = wait_for(*process, 10s, &hearing);
        REQUIRE(ending);
        CHECK(ending->exit_status == 0);
        return hearing.text();
    };
    CHECK(heard("true").empty());
    CHECK(heard("echo last words >&2") == "last words\n");
    CHECK(heard("head -c 4096 /dev/zero >&2").size() == Hearing::kept_octets);
    CHECK(heard("head -c 5000000 /dev/zero >&2") == std::string(Hearing::kept_octets, '\0'));
}

TEST_CASE("One that says too much is killed in time all the same", "[base]") {
    auto hearing = Hearing::open().value();
    const auto process = start({{"sh", "-c", "while :; do echo again; done >&2"}, {}, {{hearing.speaker().number(), STDERR_FILENO}}});
    const auto ending = wait_for(process.value(), 100ms, &hearing);
    REQUIRE_FALSE(ending);
    CHECK(timed_out(ending.error()));
}

TEST_CASE("One that can't be killed is not waited for", "[base]") {
    if (::geteuid() != 0) return;  // only root can start one
    const auto process = start({{"sleep", "1000"}, {}, {}});
    REQUIRE(process);
    REQUIRE(::setresuid(65534, 65534, 0) == 0);
    const auto ending = wait_for(*process, 50ms);
    REQUIRE(::setresuid(0, 0, 0) == 0);
    CHECK(timed_out(ending.error()));
    REQUIRE(::kill(*process, SIGKILL) == 0);
    CHECK(wait_for(*process, 10s).value().signal == SIGKILL);
}

TEST_CASE("A program that takes too long is killed, with its children", "[base]") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const Fd reader{ends[0]};
    Fd writer{ends[1]};
    const auto process = start({{"sh", "-c", "sleep 1000 & sleep 1000"}, {}, {{writer.number(), 1}}});
    REQUIRE(process);
    writer = Fd{};
    const auto ending = wait_for(*process, 50ms);
    REQUIRE_FALSE(ending);
    CHECK(timed_out(ending.error()));
    CHECK(ending.error().fault == Fault::transient);
    CHECK(read_all(reader, 10).value().empty());  // ends only when the last of them is gone
}

TEST_CASE("A program gets our environment, what replaces it, and the descriptors that were named", "[base]") {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const Fd reader{ends[0]};
    Fd writer{ends[1]};
    ::setenv("MAILPIPE_A", "ours", 1);
    ::setenv("MAILPIPE_B", "ours", 1);
    const auto process = start({{"sh", "-c", "echo $MAILPIPE_A $MAILPIPE_B $MAILPIPE_C >&7"},
                                {"MAILPIPE_B=theirs", "MAILPIPE_C=new"},
                                {{writer.number(), 7}}});
    REQUIRE(process);
    writer = Fd{};
    CHECK(read_all(reader, 100).value() == "ours theirs new\n");
    CHECK(wait_for(*process, 10s)->exit_status == 0);
}

TEST_CASE("A program that is not there is a permanent error", "[base]") {
    const auto process = start({{"/nonexistent/program"}, {}, {}});
    REQUIRE_FALSE(process);
    CHECK(process.error().fault == Fault::permanent);
    CHECK(process.error().what.starts_with("start /nonexistent/program: "));
}

TEST_CASE("A program starts with no signal blocked or ignored", "[base]") {
    ::signal(SIGPIPE, SIG_IGN);
    const auto ending = shell("kill -PIPE $$; exit 3");
    ::signal(SIGPIPE, SIG_DFL);
    REQUIRE(ending);
    CHECK(ending->signal == SIGPIPE);
}
