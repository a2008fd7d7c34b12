// SPDX-License-Identifier: ISC
#include "cli/named_option.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace mailpipe;

TEST_CASE("An option is named by its whole long name, before \"--\"", "[cli]") {
    struct Case { std::vector<std::string> arguments; bool is_named; };
    const auto c = GENERATE(values<Case>({
        {{"tool", "--port", "25"}, true},
        {{"tool", "name", "--port=25"}, true},
        {{"tool", "--port="}, true},
        {{"tool", "--ports", "25"}, false},
        {{"tool", "--por=port"}, false},
        {{"tool", "port"}, false},
        {{"tool", "--", "--port"}, false},
        {{"--port"}, false},  // the tool's own name
        {{"tool"}, false},
        {{}, false},
    }));
    CAPTURE(c.arguments);
    auto arguments = c.arguments;
    std::vector<char*> argv;
    for (auto& argument : arguments) argv.push_back(argument.data());
    CHECK(cli::is_named("--port", static_cast<int>(argv.size()), argv.data()) == c.is_named);
}
