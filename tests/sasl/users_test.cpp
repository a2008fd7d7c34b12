// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <algorithm>
#include <ctime>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <unistd.h>

#include "base/files.hpp"
#include "sasl/users.hpp"
#include "support/temp_dir.hpp"
#include "text/base64.hpp"

using namespace std::string_literals;
using mailpipe::sasl::Users;
using mailpipe::test::TempDir;

namespace {

std::string write_file(const TempDir& dir, const std::string& name, const std::string& text) {
    std::ofstream{dir / name} << text;
    boost::filesystem::permissions(dir / name, boost::filesystem::owner_all);
    return dir / name;
}

/// A checkpassword program: knows "carol" with "sesame", sets her home, and has what it needs to go wrong.
std::string write_program(const TempDir& dir) {
    return "checkpassword:" + write_file(dir, "checkpw", R"(#!/bin/sh
cd /
name= password=
{ IFS= read -r line; } 2>/dev/null <<EOF
$(tr '\0' '\n' <&3 | head -n 2 | paste -s -d ' ' -)
EOF
case "$line" in
    "carol sesame" | "bob sesame") HOME=/home/carol USER=carol exec "$@" ;;
    "broken "*) exit 111 ;;
    "signal "*) kill -9 $$ ;;
    "silent "*) exit 0 ;;
    "misused "*) exit 2 ;;
esac
exit 1
)");
}

/// The least CPU time of some rounds: what others do on this machine only adds to it.
std::map<std::string, double> least_milliseconds(const Users& users, const std::vector<std::string>& names, int rounds) {
    std::map<std::string, double> least;
    for (int round = 0; round < rounds; ++round) {
        for (const auto& name : names) {
            const auto begin = std::clock();
            REQUIRE(users.verify(name, "wrong").has_value());
            const double took = 1000.0 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
            least[name] = round == 0 ? took : std::min(least[name], took);
        }
    }
    return least;
}

}  // namespace

TEST_CASE("The right password gives the user, a wrong one nobody", "[sasl]") {
    const TempDir dir;
    const auto users = Users::open({write_file(dir, "a", "bob:{PLAIN}b:7:8\n"), write_file(dir, "b", "alice:{PLAIN}a\nbob:{PLAIN}other\nno:{PLAIN}a::::::nologin\n")});
    REQUIRE(users);
    CHECK(users->verify("bob", "b").value()->uid == 7U);
    CHECK(users->verify("ALICE", "a").value());
    CHECK_FALSE(users->verify("bob", "other").value());  // the first file that lists a user decides
    CHECK_FALSE(users->verify("bob", "").value());
    CHECK_FALSE(users->verify("bob", "B").value());
    CHECK_FALSE(users->verify("no", "a").value());
    CHECK_FALSE(users->verify("nobody", "a").value());
    CHECK_FALSE(users->verify("", "").value());
    CHECK_FALSE(users->verify("bob", "b\0"s).value());
    CHECK_FALSE(users->verify("bob\0"s, "b").value());
    CHECK(users->find("no"));
    CHECK_FALSE(users->find("nobody"));
}

TEST_CASE("An unknown scheme is a temporary error that names the user and not the password", "[sasl]") {
    const TempDir dir;
    const auto users = Users::open({write_file(dir, "a", "bob:{ARGON2ID}secret\n")});
    REQUIRE(users);
    const auto got = users->verify("bob", "b");
    REQUIRE_FALSE(got);
    CHECK(got.error().fault == mailpipe::Fault::transient);
    CHECK(got.error().what == "user bob: password scheme {ARGON2ID} is not known here");
}

TEST_CASE("Who does not exist takes as long as who does", "[sasl][slow]") {
    const TempDir dir;
    const std::string hash =
        "{SHA512-CRYPT}$6$saltstring$jiaKavva7/lqATbirU9AOdgWny90a/VK5fWdF3wkfREPxp5TC1Ewv0vuuR71wRG4/EvGhJA0bP9aqywN8vfhT/";
    const auto users = Users::open({write_file(dir, "a", "bob:" + hash + "\nann:" + hash + "\nfew:{PLAIN}a\nlocked:*\nno:" + hash + "::::::nologin\n")});
    REQUIRE(users);
    const auto least = least_milliseconds(*users, {"bob", "nobody", "locked", "no", "../etc/passwd"}, 9);
    CHECK(least.at("bob") > 0.5);
    for (const auto& [name, took] : least) {
        CAPTURE(name);
        CHECK(took > least.at("bob") / 2);  // without a hash it would be nothing
        CHECK(took < least.at("bob") * 2);
    }
}

TEST_CASE("A program among the sources does not tell who is in a file", "[sasl]") {
    const TempDir dir;
    const std::string hash = "{SHA512-CRYPT}$6$rounds=50000$saltstring$" + std::string(86, 'a');
    const auto file = write_file(dir, "a", "bob:" + hash + "\nann:" + hash + "\nlisted:x\nno:" + hash + "::::::nologin\n");
    const auto program = write_program(dir);
    const auto program_first = GENERATE(false, true);
    const auto users = program_first ? Users::open({program, file}) : Users::open({file, program});
    REQUIRE(users);
    // CPU time of this process alone, without the program's: a hash takes nearly all of it.
    const auto least = least_milliseconds(*users, {"bob", "nobody", "listed", "no", "../etc/passwd"}, 2);
    CHECK(least.at("bob") > 10);
    for (const auto& [name, took] : least) {
        CAPTURE(name);
        CHECK(took > least.at("bob") / 2);
        CHECK(took < least.at("bob") * 2);
    }
}

TEST_CASE("A checkpassword program gets name and password, and /dev/null besides", "[sasl]") {
    const TempDir dir;
    const auto users = Users::open({"checkpassword:" + write_file(dir, "checkpw", R"(#!/bin/sh
{ readlink /proc/self/fd/0; readlink /proc/self/fd/2; } >"${0%/*}/record"
echo complaint >&2
cat >>"${0%/*}/record"
tr '\0' '\n' <&3 | head -n 2 >>"${0%/*}/record"
exec "$@"
)")});
    REQUIRE(users);
    const auto found = users->verify("carol", "sesame");
    REQUIRE(found);
    CHECK(*found);
    CHECK(mailpipe::read_file(dir / "record", 1000).value() == "/dev/null\n/dev/null\ncarol\nsesame\n");
}

TEST_CASE("A checkpassword program decides by its exit status", "[sasl]") {
    const TempDir dir;
    const auto users = Users::open({write_program(dir)});
    REQUIRE(users);
    const auto carol = users->verify("Carol", "sesame");
    REQUIRE(carol);
    CHECK_FALSE(*carol);  // the program sees the name as it came; this one knows only small letters

    const auto found = users->verify("carol", "sesame");
    REQUIRE(found);
    REQUIRE(*found);
    CHECK((*found)->home == "/home/carol");
    CHECK((*found)->uid == ::getuid());
    CHECK((*found)->gid == ::getgid());
    CHECK_FALSE(users->verify("carol", "wrong").value());
    CHECK_FALSE(users->verify("carol", "a\0sesame"s).value());
    CHECK_FALSE(users->verify("carol", std::string(512, 'a')).value());
    for (const auto* name : {"broken", "signal", "silent", "misused"}) {
        CAPTURE(name);
        const auto got = users->verify(name, "x");
        REQUIRE_FALSE(got);
        CHECK(got.error().fault == mailpipe::Fault::transient);
    }
    CHECK_FALSE(users->find("carol"));
}

TEST_CASE("A file lists users whose passwords a program knows", "[sasl]") {
    const TempDir dir;
    const auto users = Users::open({write_file(dir, "a", "carol::2000:2001::/mail/carol\nbob:{PLAIN}b\n"), write_program(dir)});
    REQUIRE(users);
    CHECK(users->find("carol"));
    const auto carol = users->verify("carol", "sesame").value();
    REQUIRE(carol);
    CHECK(carol->home == "/mail/carol");
    CHECK(carol->uid == 2000U);
    CHECK(users->verify("bob", "b").value());
    CHECK_FALSE(users->verify("bob", "sesame").value());  // the file has bob's password: nobody else is asked
    CHECK_FALSE(users->verify("carol", "").value());
}

TEST_CASE("A file that can't be read for now is not a wrong configuration", "[sasl]") {
    const auto users = Users::open({"/proc/self/mem"});  // EIO at its beginning
    REQUIRE_FALSE(users);
    CHECK(users.error().what == "users: /proc/self/mem: read: Input/output error");
    CHECK(mailpipe::exit_status(users.error()) == mailpipe::ExitStatus::try_again);
}

TEST_CASE("A source that is not there is a wrong configuration", "[sasl]") {
    const TempDir dir;
    for (const auto& source : {dir / "none", "checkpassword:" + (dir / "none"), "checkpassword:"s}) {
        const auto users = Users::open({source});
        REQUIRE_FALSE(users);
        CHECK(mailpipe::exit_status(users.error()) == mailpipe::ExitStatus::configuration);
    }
}

TEST_CASE("SCRAM is served where everybody who has a password can use it", "[sasl][rfc7677]") {
    struct Case { std::string text; bool served; };
    const std::string scram = "{SCRAM-SHA-256}4096,c2FsdHNhbHRzYWx0c2FsdA==,AAAA,AAAA";
    const auto c = GENERATE_COPY(values<Case>({
        {"a:{PLAIN}a\n", true}, {"a:" + scram + "\n", true}, {"a:{PLAIN}a\nb:" + scram + "\nc:\nd:*\n", true},
        {"a:{PLAIN}a\nb:{SSHA}abc\n", false}, {"a:$6$s$abc\n", false}, {"a:\n", false}, {"", false},
    }));
    CAPTURE(c.text);
    const TempDir dir;
    const auto file = write_file(dir, "a", c.text), empty = write_file(dir, "b", "x:\n");
    CHECK(Users::open({file})->serves_scram() == c.served);
    CHECK(Users::open({empty, file})->serves_scram() == c.served);
    CHECK_FALSE(Users::open({file, write_program(dir)})->serves_scram());
}

TEST_CASE("SCRAM finds keys for every name, alike but for what they prove", "[sasl][rfc5802-9]") {
    const TempDir dir;
    const auto keys = mailpipe::sasl::derive_scram_keys("pencil", "0123456789ab", 5000);
    using mailpipe::text::base64_encode;
    const auto stored = "{SCRAM-SHA-256}5000," + base64_encode(keys.salt) + "," + base64_encode(keys.stored_key) + "," + base64_encode(keys.server_key);
    const auto path = write_file(dir, "a", "bob:" + stored + "\nclear:{PLAIN}pencil\nno:" + stored + "::::::nologin\ncarol:" + stored + "\n");
    const auto users = Users::open({path}).value(), again = Users::open({path}).value();

    CHECK(users.find_for_scram("BOB").user->name == "bob");
    CHECK(users.find_for_scram("bob").keys.stored_key == keys.stored_key);
    CHECK(users.verify("bob", "pencil").value());
    CHECK_FALSE(users.verify("bob", "pencils").value());
    const auto clear = users.find_for_scram("clear");
    CHECK(clear.user);
    CHECK(clear.keys.stored_key == mailpipe::sasl::derive_scram_keys("pencil", clear.keys.salt, 5000).stored_key);

    for (const std::string name : {"nobody", "no", "", "a/b", "x\ny"}) {
        CAPTURE(name);
        const auto decoy = users.find_for_scram(name);
        CHECK_FALSE(decoy.user);
        CHECK(decoy.keys.iterations == 5000);
        CHECK(decoy.keys.salt.size() == keys.salt.size());
        CHECK(decoy.keys.salt != keys.salt);
        CHECK(decoy.keys.salt == again.find_for_scram(name).keys.salt);
    }
    CHECK(users.find_for_scram("Nobody").keys.salt == users.find_for_scram("nobody").keys.salt);
    CHECK(users.find_for_scram("nobody").keys.salt != users.find_for_scram("nobody2").keys.salt);
}
