// SPDX-License-Identifier: ISC
#include "view/workers.hpp"

#include <fstream>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;

namespace {

/// What standard output gets during a call.
std::string printed(const test::TempDir& dir, const std::function<void()>& call) {
    std::fflush(stdout);
    const int saved = ::dup(STDOUT_FILENO);
    std::FILE* const file = std::fopen((dir / "out").c_str(), "w");
    ::dup2(::fileno(file), STDOUT_FILENO);
    call();
    std::fflush(stdout);
    ::dup2(saved, STDOUT_FILENO);
    ::close(saved);
    std::fclose(file);
    std::ifstream out{dir / "out"};
    return {std::istreambuf_iterator<char>{out}, {}};
}

}  // namespace

TEST_CASE("threads print in the messages' order, and failures stop nothing", "[view]") {
    const test::TempDir dir;
    std::vector<std::string> names;
    std::string expected;
    for (int i = 0; i < 200; ++i) {
        names.push_back(dir / std::to_string(i));
        if (i == 50) continue;  // missing
        std::ofstream{names.back()} << i << '\n';
        if (i != 70) expected += std::to_string(i) + "\n";
    }
    const view::Action action = [](const view::Message& message, const view::Outputs& out) -> Result<bool> {
        if (message.text == "70\n") return failure({Fault::transient, "odd"});
        out.data(message.text);
        return message.text != "9\n";
    };
    const auto threads = GENERATE(1u, 2u, 5u);
    view::Summary summary;
    CHECK(printed(dir, [&] {
        view::Sources sources{names};
        view::Console console{"test"};
        summary = look_at_all(sources, action, threads, console);
    }) == expected);
    CHECK(summary.messages == 200);
    CHECK(summary.failures == 2);
    REQUIRE(summary.error);
    CHECK(summary.error->fault == Fault::transient);  // though the missing file came first
    CHECK_FALSE(summary.is_clean);
}

TEST_CASE("what an action throws comes out, whatever thread it was in", "[view]") {
    const test::TempDir dir;
    std::vector<std::string> names;
    for (int i = 0; i < 100; ++i) {
        names.push_back(dir / std::to_string(i));
        std::ofstream{names.back()} << i << '\n';
    }
    const view::Action action = [](const view::Message& message, const view::Outputs&) -> Result<bool> {
        if (message.text == "50\n") throw std::bad_alloc{};
        return true;
    };
    const auto threads = GENERATE(1u, 4u);
    view::Sources sources{names};
    view::Console console{"test"};
    CHECK_THROWS_AS(look_at_all(sources, action, threads, console), std::bad_alloc);
}
