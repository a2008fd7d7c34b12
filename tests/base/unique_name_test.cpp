// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <unistd.h>

#include <chrono>

#include "base/unique_name.hpp"

using namespace mailpipe;

TEST_CASE("A unique name tells time, process, count and host", "[base]") {
    const Time now{std::chrono::microseconds{1700000000'000042}};
    const auto first = unique_name(now, "mx.example");
    const auto second = unique_name(now, "mx.example");
    CHECK(first != second);
    CHECK(first.starts_with("1700000000.M42P" + std::to_string(::getpid()) + "Q"));
    CHECK(first.ends_with(".mx.example"));
    CHECK(unique_name(now, "a/b:c,d").ends_with(".a\\057b\\072c\\054d"));
}

TEST_CASE("A unique name can be a file's name whatever the host is called", "[base]") {
    const Time now{std::chrono::microseconds{1}};
    for (const auto& host : {std::string{"mx"}, std::string(300, ':'), std::string(300, 'x'), std::string{"a\nb c"}}) {
        CAPTURE(host);
        CHECK(is_unique_name(unique_name(now, host)));
    }
    for (const auto* name : {"", ".x", "../x", "a/b", "a:2,S", "a,S=1", "a b", "a\n"}) CHECK_FALSE(is_unique_name(name));
    CHECK(is_unique_name(std::string(200, 'x')));
    CHECK_FALSE(is_unique_name(std::string(201, 'x')));
}
