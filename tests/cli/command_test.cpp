// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <vector>

#include "base/fd.hpp"
#include "base/files.hpp"
#include "cli/command.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using namespace std::chrono_literals;
using mailpipe::test::TempDir;

namespace {

/// A tool with one option of each kind; hostname and domains are site keys, the rest are its own.
struct Tool {
    std::string hostname = "default.example";
    std::vector<std::string> domains{"default.example"};
    std::string filter;
    bool tls = false;
    std::optional<std::string> names;
    bool tls_only = false;
    std::uint64_t max_size = 10;
    unsigned max_errors = 20;
    std::chrono::seconds delay = 5min;
    std::chrono::seconds timeout = 5min;
    std::size_t style = 0;
    std::vector<std::string> files;
    bool ran = false;
    std::string complaint;  // what came on descriptor 2

    std::string configuration;  // what --config named

    int run(std::vector<std::string> arguments, const Result<void>& outcome = {});
};

/// Descriptor 2 goes into a file until the object ends.
class StandardError {
public:
    explicit StandardError(const std::string& path) : before_(::dup(STDERR_FILENO)) {
        const Fd file{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
        ::dup2(file.number(), STDERR_FILENO);
    }
    ~StandardError() { ::dup2(before_.number(), STDERR_FILENO); }

private:
    Fd before_;
};

int Tool::run(std::vector<std::string> arguments, const Result<void>& outcome) {
    const TempDir dir;
    cli::Command command{"smtpd", "a tool"};
    command.option("--hostname", hostname, "NAME", "site key");
    command.option("--domains", domains, "DOMAIN", "site key, repeatable");
    command.option("--filter", filter, "COMMAND", "text");
    command.flag("-t,--tls", tls, "flag");
    command.flag("--tls-only", tls_only, "a flag whose name begins like another's");
    command.option("--max-size", max_size, "OCTETS", "number");
    command.option("--max-errors", max_errors, "N", "small number");
    command.option("--delay", delay, "TIME", "duration");
    command.flag("-n,--names", names, "NAME,...", "flag that may have a value");
    command.timeout("--timeout", timeout, "duration of a wait");
    command.choice("--style", style, {"plain", "fancy"}, "choice");
    command.arguments("file", files, "arguments");

    arguments.insert(arguments.begin(), "smtpd");
    std::vector<char*> argv;
    for (auto& argument : arguments) argv.push_back(argument.data());
    int status = -1;
    {
        const StandardError captured{dir / "stderr"};
        status = command.run(static_cast<int>(argv.size()), argv.data(), [&] {
            ran = true;
            configuration = command.configuration();
            return outcome;
        });
    }
    complaint = read_file(dir / "stderr", 10'000).value();
    return status;
}

/// A configuration file that $MAILPIPE_CONFIG names.
class Configured {
public:
    explicit Configured(const std::string& text) {
        std::ofstream{path()} << text;
        ::setenv("MAILPIPE_CONFIG", path().c_str(), 1);
    }
    ~Configured() { ::unsetenv("MAILPIPE_CONFIG"); }
    std::string path() const { return dir_ / "mailpipe.conf"; }

private:
    TempDir dir_;
};

}  // namespace

TEST_CASE("The command line wins over the file, the file over the default", "[cli]") {
    const Configured file{"hostname = \"file.example\"\n[smtpd]\nmax-size = 20\ntls = true\n"};
    Tool tool;
    CHECK(tool.run({}) == 0);
    CHECK(tool.hostname == "file.example");
    CHECK(tool.max_size == 20);
    CHECK(tool.configuration.empty());
    CHECK(tool.tls);
    CHECK(tool.timeout == 5min);

    Tool other;
    CHECK(other.run({"--hostname", "line.example", "--max-size=30"}) == 0);
    CHECK(other.hostname == "line.example");
    CHECK(other.max_size == 30);
}

TEST_CASE("A list on the command line replaces the file's, and the file's the default", "[cli]") {
    const Configured file{"domains = [\"a.example\", \"b.example\"]\n"};
    Tool tool;
    CHECK(tool.run({}) == 0);
    CHECK(tool.domains == std::vector<std::string>{"a.example", "b.example"});
    Tool other;
    CHECK(other.run({"--domains", "c.example,d.example", "--domains=e.example", "argument"}) == 0);
    CHECK(other.domains == std::vector<std::string>{"c.example", "d.example", "e.example"});
    CHECK(other.files == std::vector<std::string>{"argument"});
}

TEST_CASE("A tool's section wins over the top, whatever their order", "[cli]") {
    const Configured file{"hostname = \"site.example\"\n[smtpd]\nhostname = \"own.example\"\n[pop3d]\nhostname = \"x\"\n"};
    Tool tool;
    CHECK(tool.run({}) == 0);
    CHECK(tool.hostname == "own.example");
}

TEST_CASE("Keys of other tools and site keys that this tool has no use for are passed over", "[cli]") {
    const Configured file{"spool = \"/x\"\n[sendq]\nanything = 1\n[deliver]\nfilter = \"other\"\n"};
    Tool tool;
    CHECK(tool.run({}) == 0);
    CHECK(tool.filter.empty());
}

TEST_CASE("--config wins over $MAILPIPE_CONFIG", "[cli]") {
    const Configured file{"hostname = \"environment.example\"\n"};
    const TempDir dir;
    std::ofstream{dir / "other.conf"} << "hostname = \"line.example\"\n";
    Tool tool;
    CHECK(tool.run({"--config", dir / "other.conf"}) == 0);
    CHECK(tool.hostname == "line.example");
    CHECK(tool.configuration == dir / "other.conf");
    ::setenv("MAILPIPE_CONFIG", "/nonexistent/mailpipe.conf", 1);
    CHECK(tool.run({"--config", dir / "other.conf"}) == 0);
}

TEST_CASE("A configuration file that was named has to be there", "[cli]") {
    Tool tool;
    CHECK(tool.run({"--config", "/nonexistent/mailpipe.conf"}) == 78);
    CHECK_FALSE(tool.ran);
    CHECK(tool.complaint == "smtpd: open /nonexistent/mailpipe.conf: No such file or directory\n");

    ::setenv("MAILPIPE_CONFIG", "/nonexistent/mailpipe.conf", 1);
    CHECK(tool.run({}) == 78);
    ::setenv("MAILPIPE_CONFIG", "", 1);  // says: none
    CHECK(tool.run({}) == 0);
    ::unsetenv("MAILPIPE_CONFIG");
}

TEST_CASE("Nothing behind the equals sign is an empty value", "[cli]") {
    const Configured file{"hostname = \"file.example\"\n"};
    Tool tool;
    CHECK(tool.run({"--filter=", "--hostname=", "--domains=", "--max-size=5", "--", "--filter="}) == 0);
    CHECK(tool.filter.empty());
    CHECK(tool.hostname.empty());
    CHECK(tool.domains.empty());
    CHECK(tool.max_size == 5);
    CHECK(tool.files == std::vector<std::string>{"--filter="});
    CHECK(tool.run({"--max-size=", "5"}) == 64);
    CHECK(tool.run({"--no-such-option="}) == 64);
}

TEST_CASE("An empty name says that there is no configuration, for children too", "[cli]") {
    const Configured file{"hostname = \"file.example\"\n"};
    Tool tool;
    const auto arguments = GENERATE(std::vector<std::string>{"--config", ""}, std::vector<std::string>{"--config="});
    CHECK(tool.run(arguments) == 0);
    CHECK(tool.hostname == "default.example");
    CHECK(std::getenv("MAILPIPE_CONFIG") == std::string{});
}

TEST_CASE("A wrong configuration is told with its file, and the exit status is 78", "[cli]") {
    struct Case { std::string text, complaint; };
    const auto c = GENERATE(values<Case>({
        {"hostnam = \"x\"\n", "hostnam"},
        {"max-size = 5\n", "max-size"},  // its own keys stand in its section
        {"[smtpd]\nmax-sise = 5\n", "max-sise"},
        {"[smtp]\nmax-size = 5\n", "[smtp]"},
        {"[smtpd.tls]\nmax-size = 5\n", "line 1: a section"},
        {"[smtpd]\nmax-size = many\n", "max-size"},
        {"[smtpd]\nmax-size = -1\n", "max-size"},
        {"[smtpd]\ntimeout = \"soon\"\n", "timeout"},
        {"[smtpd]\nstyle = \"none\"\n", "style"},
        {"[smtpd]\ntls = maybe\n", "tls"},
        {"[smtpd]\nconfig = \"/etc/other\"\n", "config"},
        {"[smtpd]\nhelp = true\n", "help"},
        {"[smtpd]\nfile = \"x\"\n", "file"},
        {"[smtpd]\nfilter = bogofilter -p\n", "line 2"},  // text with blanks wants quotes
        {"hostname = [\"a\", \"b\"]\n", "hostname"},      // one value, not two
        {"hostname = \"a\"\nhostname = \"b\"\n", "hostname"},
        {"hostname\n", "hostname"},
        {"domains = []\n", "domains"},
        {"networks = []\n[smtpd]\ntls = [true, false]\n", "line 3: tls"},
    }));
    CAPTURE(c.text);
    const Configured file{c.text};
    Tool tool;
    CHECK(tool.run({}) == 78);
    CHECK_FALSE(tool.ran);
    CAPTURE(tool.complaint);
    CHECK(tool.complaint.starts_with("smtpd: " + file.path() + ": "));
    CHECK(tool.complaint.find(c.complaint) != std::string::npos);
    CHECK(tool.complaint.find('\n') == tool.complaint.size() - 1);
}

TEST_CASE("A wrong command line exits with 64, whatever the file says", "[cli]") {
    const Configured file{"[smtpd]\nmax-size = 20\ntls = true\n"};
    const auto arguments = GENERATE(values<std::vector<std::string>>({
        {"--no-such-option"},
        {"--max-size", "many"},
        {"--max-size"},
        {"--max-size", "18446744073709551616"},
        {"--timeout", "5 minutes"},
        {"--style", "neither"},
        {"--hostname"},
        {"--tls-only=maybe"},
        {"--domains"},
    }));
    CAPTURE(arguments);
    Tool tool;
    CHECK(tool.run(arguments) == 64);
    CHECK_FALSE(tool.ran);
    CAPTURE(tool.complaint);
    CHECK(tool.complaint.find("--help") != std::string::npos);
    CHECK(tool.complaint.find('\n') == tool.complaint.size() - 1);
}

TEST_CASE("Values in the file are as TOML has them", "[cli]") {
    const Configured file{
        "# a comment\n"
        "hostname = \"mail.example\"  # another\n"
        "domains = \"one.example,two.example\"\n"
        "\n"
        "[smtpd]\n"
        "filter = \"bogofilter -e -p # no comment\"\n"
        "timeout = \"90s\"\n"
        "style = \"fancy\"\n"
        "tls = false\n"};
    Tool tool;
    CHECK(tool.run({}) == 0);
    CHECK(tool.complaint.empty());
    CHECK(tool.hostname == "mail.example");
    CHECK(tool.domains == std::vector<std::string>{"one.example", "two.example"});
    CHECK(tool.filter == "bogofilter -e -p # no comment");
    CHECK(tool.timeout == 90s);
    CHECK(tool.style == 1);
    CHECK_FALSE(tool.tls);
}

TEST_CASE("A flag may have a value behind an equals sign and takes none from elsewhere", "[cli]") {
    struct Case { std::vector<std::string> arguments; std::optional<std::string> names; std::size_t files; };
    const auto c = GENERATE(values<Case>({
        {{}, {}, 0}, {{"--names"}, "", 0}, {{"--names="}, "", 0}, {{"--names", "x"}, "", 1}, {{"--names=true"}, "true", 0},
        {{"--names=a,b", "x"}, "a,b", 1}, {{"--names=a", "--names"}, "", 0}, {{"--names", "--names=b"}, "b", 0}, {{"-n", "x"}, "", 1},
    }));
    const Configured file{""};
    Tool tool;
    CHECK(tool.run(c.arguments) == 0);
    CHECK(tool.names == c.names);
    CHECK(tool.files.size() == c.files);
}

TEST_CASE("A flag that may have a value has one in the file, or is true or false", "[cli]") {
    struct Case { std::string setting; std::optional<std::string> names; };
    const auto c = GENERATE(values<Case>({{"true", ""}, {"false", {}}, {"\"a,b\"", "a,b"}, {"\"\"", ""}}));
    const Configured file{"[smtpd]\nnames = " + c.setting + "\n"};
    Tool tool;
    CHECK(tool.run({}) == 0);
    CHECK(tool.names == c.names);
    Tool other;
    CHECK(other.run({"--names=line"}) == 0);
    CHECK(other.names == "line");
}

TEST_CASE("The last of several values on the command line counts", "[cli]") {
    Tool tool;
    CHECK(tool.run({"--max-size", "1", "--max-size", "2", "--filter", "a b", "--style=fancy", "--style", "plain"}) == 0);
    CHECK(tool.max_size == 2);
    CHECK(tool.filter == "a b");
    CHECK(tool.style == 0);
}

TEST_CASE("A duration has a unit, or means seconds, and is ten years at most", "[cli]") {
    struct Case { std::string text; std::optional<std::chrono::seconds> time; };
    const auto c = GENERATE(values<Case>({
        {"0", 0s}, {"90", 90s}, {"90s", 90s}, {"5m", 5min}, {"4h", 4h}, {"5d", 120h}, {"3650d", 87600h},
        {"3651d", {}}, {"315360000", 87600h}, {"315360001", {}}, {"99999999999999999999d", {}},
        {"", {}}, {"s", {}}, {"5w", {}}, {"5M", {}}, {"-5s", {}}, {"1.5h", {}}, {"5 m", {}}, {"1h30m", {}},
    }));
    CAPTURE(c.text);
    Tool tool;
    CHECK(tool.run({"--delay=" + c.text}) == (c.time ? 0 : 64));
    if (c.time) CHECK(tool.delay == *c.time);
    CHECK(tool.run({"--timeout=" + c.text}) == (c.time && *c.time != 0s ? 0 : 64));
    if (c.time && *c.time != 0s) CHECK(tool.timeout == *c.time);
}

TEST_CASE("A small number is bounded where its variable is", "[cli]") {
    Tool tool;
    CHECK(tool.run({"--max-errors=4294967295"}) == 0);
    CHECK(tool.max_errors == 4294967295U);
    CHECK(tool.run({"--max-errors=4294967296"}) == 64);
    CHECK(tool.complaint == "smtpd: --max-errors: 4294967296 is more than 4294967295 (--help lists the options)\n");
    CHECK(tool.run({"--max-errors=18446744073709551616"}) == 64);
    CHECK(tool.run({"--max-size=18446744073709551615"}) == 0);
    CHECK(tool.max_size == 18446744073709551615U);
}

TEST_CASE("What the tool returns is its exit status and its complaint", "[cli]") {
    Tool tool;
    CHECK(tool.run({}, failure({Fault::transient, "disk full"})) == 75);
    CHECK(tool.complaint == "smtpd: disk full\n");
    CHECK(tool.run({}, failure({Fault::permanent, "no user", ExitStatus::no_user})) == 67);
}

TEST_CASE("Help and version do not run the tool, nor read a configuration", "[cli]") {
    ::setenv("MAILPIPE_CONFIG", "/nonexistent/mailpipe.conf", 1);
    const TempDir dir;
    const auto option = GENERATE("--help", "-h", "--version");
    std::fflush(stdout);
    const Fd before{::dup(STDOUT_FILENO)};
    {
        const Fd file{::open((dir / "stdout").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
        ::dup2(file.number(), STDOUT_FILENO);
    }
    Tool tool;
    const int status = tool.run({option});
    std::fflush(stdout);
    ::dup2(before.number(), STDOUT_FILENO);
    ::unsetenv("MAILPIPE_CONFIG");
    CHECK(status == 0);
    CHECK_FALSE(tool.ran);
    CHECK(read_file(dir / "stdout", 10'000).value().find("mailpipe") != std::string::npos);
}
