// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "base/fd.hpp"
#include "mta/lookup/subject_source.hpp"

using namespace mailpipe;
using mta::SubjectSource;

namespace {

struct Pipe {
    Fd reader, writer;

    Pipe() {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        reader = Fd{ends[0]};
        writer = Fd{ends[1]};
    }
    void write(const std::string& text) const {
        REQUIRE(::write(writer.number(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    }
};

std::string next(SubjectSource& source) { return source.next().value().value_or("(none)"); }

}  // namespace

TEST_CASE("Arguments come one by one", "[lookup]") {
    SubjectSource source{std::vector<std::string>{"a", "b"}};
    CHECK(next(source) == "a");
    CHECK_FALSE(source.is_at_end());
    CHECK(next(source) == "b");
    CHECK(source.is_at_end());
    CHECK(next(source) == "(none)");
    CHECK(SubjectSource{std::vector<std::string>{}}.is_at_end());
}

TEST_CASE("Lines come as they are there, none is waited for", "[lookup]") {
    Pipe pipe;
    SubjectSource source{pipe.reader.number()};
    CHECK(next(source) == "(none)");
    CHECK_FALSE(source.is_at_end());
    pipe.write("a\n\n  \nb\nhal");
    CHECK(next(source) == "a");
    CHECK(source.number() == 1);
    CHECK(next(source) == "b");
    CHECK(source.number() == 4);
    CHECK(next(source) == "(none)");
    pipe.write("f");
    pipe.writer = Fd{};
    CHECK(next(source) == "half");
    CHECK(next(source) == "(none)");
    CHECK(source.is_at_end());
}

TEST_CASE("Of a line that is too long one octet too many is kept", "[lookup]") {
    Pipe pipe;
    SubjectSource source{pipe.reader.number()};
    pipe.write(std::string(1024, 'a') + "\n" + std::string(1025, 'b') + "\n");
    CHECK(next(source) == std::string(1024, 'a'));
    CHECK(next(source) == std::string(1025, 'b'));
    for (int i = 0; i < 100; ++i) {
        pipe.write(std::string(20'000, 'c'));
        CHECK(next(source) == "(none)");
    }
    pipe.write("\nd\n");
    CHECK(next(source) == std::string(1025, 'c'));
    CHECK(next(source) == "d");
}

TEST_CASE("A read that fails is an error and the end", "[lookup]") {
    const Fd directory{::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    SubjectSource source{directory.number()};
    CHECK_FALSE(source.next());
    CHECK(source.is_at_end());
}
