// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <string>

#include "base/files.hpp"
#include "queue/spool.hpp"
#include "support/directory.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using queue::Spool;
using test::names_in;

namespace {

const mail::Envelope to_bob{mail::Mailbox{"a", "a.example"}, {}, {}, false, false, {{{"bob", "b.example"}}}};
constexpr std::string_view fields = "Return-Path: <a@a.example>\nDelivered-To: bob@b.example\n";

}  // namespace

TEST_CASE("Opening a spool makes its directories, for us alone", "[queue]") {
    const test::TempDir temp;
    REQUIRE(Spool::open(temp / "deep/spool"));
    REQUIRE(Spool::open(temp / "deep/spool"));
    for (const std::string name : {"", "/tmp", "/new", "/cur", "/work", "/hold"}) {
        CHECK(test::mode_of(temp / ("deep/spool" + name)) == 0700);
    }
}

TEST_CASE("A committed message stands in new/ under its id and sizes", "[queue]") {
    const test::TempDir temp;
    const auto spool = Spool::open(temp / "spool").value();
    auto message = spool.begin("1.M2P3Q4.host", to_bob).value();
    REQUIRE(message.write("Received: x\nSubject: y\n"));
    REQUIRE(message.write("\nbody\n"));
    CHECK(names_in(spool.new_messages()).empty());
    REQUIRE(message.commit());

    const auto text = std::string{fields} + "Received: x\nSubject: y\n\nbody\n";
    const auto name = "1.M2P3Q4.host,S=" + std::to_string(text.size()) + ",W=" + std::to_string(text.size() + 6);
    CHECK(names_in(spool.new_messages()) == std::vector{name});
    CHECK(read_file(spool.path() + "/new/" + name, 10000).value() == text);
}

TEST_CASE("Of a message that was not committed nothing is left", "[queue]") {
    const test::TempDir temp;
    const auto spool = Spool::open(temp / "spool").value();
    { REQUIRE(spool.begin("1.h", to_bob).value().write("Received: x\n")); }
    CHECK(names_in(spool.new_messages()).empty());
    CHECK(names_in(open_directory(temp / "spool/tmp").value()).empty());
}

TEST_CASE("A second message of the same id does not replace the first", "[queue]") {
    const test::TempDir temp;
    const auto spool = Spool::open(temp / "spool").value();
    REQUIRE(spool.begin("1.h", to_bob).value().commit());
    CHECK_FALSE(spool.begin("1.h", to_bob).value().commit());
    CHECK(names_in(spool.new_messages()).size() == 1);
}

TEST_CASE("An id that is no file name is refused", "[queue]") {
    const test::TempDir temp;
    const auto spool = Spool::open(temp / "spool").value();
    CHECK_FALSE(spool.begin(GENERATE("", "../x", ".x", "a,b", "a:b"), to_bob));
}
