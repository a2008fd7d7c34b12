// SPDX-License-Identifier: ISC
#include "view/sources.hpp"

#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;

namespace {

std::string write(const std::string& path, std::string_view text) {
    std::ofstream{path, std::ios::binary} << text;
    return path;
}

struct Seen {
    std::vector<std::string> names, texts, errors;
    std::vector<bool> alone;
};
Seen all_of(view::Sources sources) {
    Seen seen;
    while (const auto message = sources.next()) {
        if (!*message) {
            seen.errors.push_back(message->error().what);
            continue;
        }
        seen.names.push_back((*message)->name);
        seen.texts.emplace_back((*message)->text);
        seen.alone.push_back((*message)->is_alone);
    }
    return seen;
}

const std::string from = "From a@b.example Thu Jan  1 00:00:00 1970\n";
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a file is a message, alone or not", "[view]") {
    const test::TempDir dir;
    const auto a = write(dir / "a", "A: 1\n\n"), empty = write(dir / "empty", "");
    const auto one = all_of(view::Sources{{a}});
    CHECK(one.names == Names{a});
    CHECK(one.alone == std::vector<bool>{true});
    const auto both = all_of(view::Sources{{a, empty}});
    CHECK(both.texts == Names{"A: 1\n\n", ""});
    CHECK(both.alone == std::vector<bool>{false, false});
}

TEST_CASE("an mbox gives its messages, without what it has added", "[view][rfc4155]") {
    const test::TempDir dir;
    const auto box = write(dir / "box", from + "A: 1\n\n>From x\n\n" + from + "A: 2\n\n");
    const auto seen = all_of(view::Sources{{box}});
    CHECK(seen.names == Names{box + "#1", box + "#2"});
    CHECK(seen.texts == Names{"A: 1\n\nFrom x\n", "A: 2\n"});
    CHECK(seen.alone == std::vector<bool>{false, false});
    const auto single = all_of(view::Sources{{write(dir / "single", from + "A: 1\n\nx\n")}});
    CHECK(single.names == Names{dir / "single"});
    CHECK(single.alone == std::vector<bool>{true});
}

TEST_CASE("a Maildir gives what is in new and cur, another directory its files", "[view]") {
    const test::TempDir dir;
    for (const auto* name : {"box", "box/new", "box/cur", "box/tmp", "mh", "mh/sub"}) ::mkdir((dir / name).c_str(), 0700);
    write(dir / "box/cur/1:2,S", "A: 1\n");
    write(dir / "box/new/2", from + "A: 2\n");  // no mbox
    write(dir / "box/tmp/3", "A: 3\n");
    write(dir / "box/dovecot-uidlist", "3 V1\n");
    CHECK(all_of(view::Sources{{dir / "box"}}).names == Names{dir / "box/new/2", dir / "box/cur/1:2,S"});
    CHECK(all_of(view::Sources{{dir / "box"}}).texts == Names{from + "A: 2\n", "A: 1\n"});

    write(dir / "mh/1", "A: 1\n");
    write(dir / "mh/.hidden", "");
    ::mkfifo((dir / "mh/fifo").c_str(), 0600);
    CHECK(all_of(view::Sources{{dir / "mh"}}).names == Names{dir / "mh/1"});
}

TEST_CASE("what can't be opened stops nothing", "[view]") {
    const test::TempDir dir;
    const auto a = write(dir / "a", "A: 1\n\n");
    const auto seen = all_of(view::Sources{{dir / "missing", a}});
    CHECK(seen.names == Names{a});
    REQUIRE(seen.errors.size() == 1);
    CHECK(seen.errors[0].find("missing") != std::string::npos);

    view::Sources one{{dir / "missing"}};
    CHECK_FALSE(one.next()->has_value());
    CHECK(one.is_alone());
    REQUIRE(::symlink("nowhere", (dir / "link").c_str()) == 0);
    view::Sources directory{{dir.path()}};
    CHECK(directory.next()->has_value());
    CHECK_FALSE(directory.next()->has_value());
    CHECK_FALSE(directory.is_alone());  // what fails in it has to be named
}
