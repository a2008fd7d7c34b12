// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "cli/config_file.hpp"

using namespace mailpipe;
using mailpipe::cli::Setting;
using Settings = std::vector<Setting>;

namespace mailpipe::cli {
static std::ostream& operator<<(std::ostream& out, const Setting& setting) {
    out << '[' << setting.section << "] " << setting.key << " =";
    for (const auto& value : setting.values) out << " '" << value << '\'';
    return out << " in line " << setting.line;
}
}  // namespace mailpipe::cli

TEST_CASE("A configuration is lines of key = value, parted by sections", "[cli]") {
    const auto got = cli::parse_config(
        "# the site\r\n"
        "hostname = mail.example\r\n"
        "\n"
        "domains=[ \"a.example\", b.example, # the second\n"
        "  'c.example',\n"
        "]\n"
        "  networks = []   # nobody\n"
        "[smtpd]\n"
        "filter = \"bogofilter -p, # \\\"x\\\" \\\\ \\t\\n\"\n"
        "hostname = 'back\\slash'");
    REQUIRE(got);
    CHECK(*got == Settings{{"", "hostname", {"mail.example"}, 2},
                           {"", "domains", {"a.example", "b.example", "c.example"}, 4},
                           {"", "networks", {}, 7},
                           {"smtpd", "filter", {"bogofilter -p, # \"x\" \\ \t\n"}, 9},
                           {"smtpd", "hostname", {"back\\slash"}, 10}});
    CHECK(cli::parse_config("").value().empty());
    CHECK(cli::parse_config("\n \t # nothing").value().empty());
}

TEST_CASE("Bare words may hold what addresses, paths and times are made of", "[cli]") {
    for (const std::string word : {"5m", "/etc/mailpipe/users", "%h/Maildir", "10.0.0.0/8", "a@b.example", "+", "m\xc3\xbc"}) {
        CAPTURE(word);
        CHECK(cli::parse_config("key = " + word).value() == Settings{{"", "key", {word}, 1}});
    }
}

TEST_CASE("What is not understood is refused with its line", "[cli]") {
    struct Case { std::string text; int line; };
    const auto c = GENERATE(values<Case>({
        {"key", 1},
        {"a = 1\nkey\n", 2},
        {"key =\n", 1},
        {"key = # nothing\n", 1},
        {"= value\n", 1},
        {"key = two words\n", 1},
        {"key = a, b\n", 1},
        {"key = \"a\" b\n", 1},
        {"key = \"a\n\"\n", 1},
        {"key = 'a\n", 1},
        {"key = \"\\x\"\n", 1},
        {"key = \"\\", 1},
        {"key = a=b\n", 1},
        {"key = [a b]\n", 1},
        {"key = [a,\nb\n", 3},
        {"key = [,]\n", 1},
        {"key = [[a]]\n", 1},
        {"\n[section\n", 2},
        {"[]\n", 1},
        {"[a.b]\n", 1},
        {"[[a]]\n", 1},
        {"[a] b\n", 1},
        {"a = 1\na = 2\n", 2},
        {"[s]\na = 1\n[t]\na = 1\n[s]\na = 1\n", 6},
        {"a.b = 1\n", 1},
        {"\"a\" = 1\n", 1},
        {std::string("a = \"x\0y\"\n", 10), 1},
        {"a = x\x01\n", 1},
    }));
    CAPTURE(c.text);
    const auto got = cli::parse_config(c.text);
    REQUIRE_FALSE(got);
    CHECK(got.error().status == ExitStatus::configuration);
    CHECK(exit_status(got.error()) == ExitStatus::configuration);
    CHECK(got.error().what.starts_with("line " + std::to_string(c.line) + ": "));
}
