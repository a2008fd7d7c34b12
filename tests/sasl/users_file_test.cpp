// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <fstream>
#include <string>

#include "sasl/users_file.hpp"
#include "support/temp_dir.hpp"

using mailpipe::sasl::UsersFile;

TEST_CASE("A user is found whatever the case, and nobody else is", "[sasl]") {
    const auto file = UsersFile::parse("# comment\n\nbob:{PLAIN}b:1:2\r\n  \nAlice@Example.ORG:{PLAIN}a\nbo:\nlast", "users");
    REQUIRE(file);
    CHECK(file->find("BOB")->uid == 1U);
    CHECK(file->find("bob")->gid == 2U);
    CHECK(file->find("alice@example.org")->password == "{PLAIN}a");
    CHECK(file->find("alice@example.org")->name == "Alice@Example.ORG");
    CHECK(file->find("bo"));
    CHECK(file->find("last"));
    for (const auto* nobody : {"", "b", "bobb", "alice", "comment", "# comment", "#", "bob:", "example.org", "\xc3\xa4"}) {
        CAPTURE(nobody);
        CHECK_FALSE(file->find(nobody));
    }
}

TEST_CASE("An empty file has no users", "[sasl]") {
    const std::string text = GENERATE(values<std::string>({"", "\n", "#", "# only a comment\n", "\r\n\r\n"}));
    const auto file = UsersFile::parse(text, "users");
    REQUIRE(file);
    CHECK_FALSE(file->find("bob"));
    CHECK_FALSE(file->find(""));
    CHECK(file->typical_password().empty());
}

TEST_CASE("An error in the file says where", "[sasl]") {
    struct Case { std::string text, what; };
    const auto c = GENERATE(values<Case>({
        {"a:x\nb:x\n:y\n", "/u:3: no name before the first ':'"},
        {"# c\n\nbob:x:no-such-user-here", "/u:3: 'no-such-user-here' is no user"},
        {"bob:x\nalice:x\nBOB:y\n", "/u:3: 'BOB' stands here twice"},
        {"a:\x01\n", "/u:1: a control character"},
    }));
    const auto file = UsersFile::parse(c.text, "/u");
    REQUIRE_FALSE(file);
    CHECK(file.error().what == c.what);
    CHECK(mailpipe::exit_status(file.error()) == mailpipe::ExitStatus::configuration);
}

TEST_CASE("A file that is missing or longer than 64 MB is a wrong configuration", "[sasl]") {
    const mailpipe::test::TempDir dir;
    const auto missing = UsersFile::load(dir / "users");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().what == "users: open " + (dir / "users") + ": No such file or directory");
    CHECK(mailpipe::exit_status(missing.error()) == mailpipe::ExitStatus::configuration);

    std::ofstream{dir / "users"} << "bob\n#";
    boost::filesystem::resize_file(dir / "users", UsersFile::max_octets + 1);  // sparse
    const auto big = UsersFile::load(dir / "users");
    REQUIRE_FALSE(big);
    CHECK(big.error().what == "users: " + (dir / "users") + ": more than 67108864 octets");
}

TEST_CASE("passwd(5) is such a file", "[sasl]") {
    const auto file = UsersFile::load("/etc/passwd");
    REQUIRE(file);
    CHECK(file->find("root")->home == "/root");
    CHECK(file->find("daemon")->uid == 1U);
}

TEST_CASE("The typical password is of the kind that most have", "[sasl]") {
    const auto file = UsersFile::parse(
        "a:{CRYPT}$6$a$b\nb:{CRYPT}$y$j9T$a$b\nc:{BLF-CRYPT}$2y$10$ab\nd:{CRYPT}$y$j9T$c$d\ne:*\nf:*\ng:x\nh:\ni:\n", "users");
    REQUIRE(file);
    CHECK(file->typical_password() == "{CRYPT}$y$j9T$a$b");
}

TEST_CASE("Among a hundred thousand users each is found", "[sasl][slow]") {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += "user" + std::to_string(i) + "@example.org:{PLAIN}" + std::to_string(i) + ":1000:1000::/home/u:\n";
    const auto file = UsersFile::parse(text, "users");
    REQUIRE(file);
    int wrong = 0;
    for (int i = 0; i < 100'000; ++i) {
        const auto user = file->find("User" + std::to_string(i) + "@EXAMPLE.org");
        wrong += user && user->password == "{PLAIN}" + std::to_string(i) ? 0 : 1;
    }
    CHECK(wrong == 0);
    CHECK_FALSE(file->find("user100000@example.org"));
}
