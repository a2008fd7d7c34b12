// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <sys/stat.h>

#include "base/files.hpp"
#include "mta/remote/login_file.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;

namespace {

struct LoginFile {
    test::TempDir temp;
    std::string path = temp / "login";

    explicit LoginFile(std::string_view text, mode_t mode = 0600) {
        REQUIRE(write_all(create_exclusive_at(open_directory(temp.path()).value(), "login").value(), text));
        REQUIRE(::chmod(path.c_str(), mode) == 0);
    }
};

}  // namespace

TEST_CASE("A login is one line, parted by the first colon", "[mta][remote]") {
    struct Case {
        std::string text;
        smtp::Login login;
    };
    const auto c = GENERATE(values<Case>({
        {"alice:secret\n", {"alice", "secret"}},
        {"alice:secret", {"alice", "secret"}},
        {"alice@example.org: a:b \n", {"alice@example.org", " a:b "}},
        {"j\xc3\xb6rg:\xc3\xbc\n", {"j\xc3\xb6rg", "\xc3\xbc"}},
        {"a:" + std::string(998, 'x') + "\n", {"a", std::string(998, 'x')}},
        {"a:" + std::string(998, 'x'), {"a", std::string(998, 'x')}},
    }));
    const LoginFile file{c.text};
    CHECK(mta::read_login(file.path).value() == c.login);
}

TEST_CASE("What is no login is a temporary error that says why and keeps the secret", "[mta][remote]") {
    const auto text = GENERATE(values<std::string>({
        "", "\n", "alice\n", ":secret\n", "alice:\n", "alice:secret\r\n", "alice:secret\n\n", "alice:secret\nbob:secret\n", "alice:sec\xff\n",
        std::string("alice:sec\0ret\n", 14), "a:" + std::string(999, 'x') + "\n", "a:" + std::string(999, 'x'),
    }));
    CAPTURE(text);
    const LoginFile file{text};
    const auto login = mta::read_login(file.path);
    REQUIRE_FALSE(login);
    CHECK(login.error().fault == Fault::transient);
    CHECK(login.error().what == "login file " + file.path + (text.size() > 1000 ? ": it has more than 1000 octets" : ": it is no line user:password"));
}

TEST_CASE("Only the owner may read a login file", "[mta][remote]") {
    for (const auto& [mode, text] : {std::pair<mode_t, std::string>{0640, "0640"}, {0604, "0604"}, {0620, "0620"}, {0601, "0601"}}) {
        CAPTURE(text);
        const LoginFile file{"alice:secret\n", mode};
        const auto login = mta::read_login(file.path);
        REQUIRE_FALSE(login);
        CHECK(login.error().what == "login file " + file.path + ": others may read or write it (mode " + text + "): chmod 600");
    }
    CHECK(mta::read_login(LoginFile{"alice:secret\n", 0400}.path));
}

TEST_CASE("A login file that is not there, or is none, is a temporary error", "[mta][remote]") {
    const test::TempDir temp;
    const auto missing = mta::read_login(temp / "login");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().fault == Fault::transient);
    CHECK(missing.error().number == ENOENT);
    CHECK(mta::read_login(temp.path()).error().what == "login file " + temp.path() + ": it is no file");
    REQUIRE(::mkfifo((temp / "fifo").c_str(), 0600) == 0);
    CHECK(mta::read_login(temp / "fifo").error().what == "login file " + (temp / "fifo") + ": it is no file");
}
