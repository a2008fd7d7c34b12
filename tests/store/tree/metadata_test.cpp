// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <cerrno>
#include <fstream>

#include "base/files.hpp"
#include "store/tree/metadata.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using namespace mailpipe::store;

namespace {

std::string names(const std::vector<std::pair<std::string_view, std::string_view>>& entries) {
    std::string text;
    for (const auto& [name, value] : entries) text.append(name).append(" ");
    return text;
}

}  // namespace

TEST_CASE("Entries' names are what RFC 5464 lets them be", "[store][tree][rfc5464-3.2]") {
    for (const auto* name : {"/private/comment", "/SHARED/Comment", "/shared/vendor/x/y", "/private/a b", "/private/vendors"}) {
        CAPTURE(name);
        CHECK(is_entry_name(name));
    }
    for (const auto* name : {"", "/", "private/x", "/private", "/private/", "/public/x", "/private//x", "/private/x/", "/private/a*",
                             "/private/%", "/private/\xc3\xa9", "/private/a\tb", "/shared/vendor", "/shared/vendor/x",
                             "/shared/VENDOR/x"}) {
        CAPTURE(name);
        CHECK_FALSE(is_entry_name(name));
    }
}

TEST_CASE("Below a vendor there may be entries, and below what is no name there are none", "[store][tree][rfc5464-3.2]") {
    CHECK(may_have_entries("/shared/vendor/x"));
    CHECK(may_have_entries("/private/comment"));
    for (const auto* name : {"", "/private", "/private/", "/public/x", "/private//x", "/private/*"}) CHECK_FALSE(may_have_entries(name));
}

TEST_CASE("An entry is found in any case, with those below it as deep as wanted", "[store][tree][rfc5464-4.2.2]") {
    Metadata metadata;
    for (const auto* name : {"/private/f", "/private/f/a", "/private/f/a/b", "/private/f-x", "/private/fx", "/shared/f"}) {
        REQUIRE(metadata.set(name, "v"));
    }
    CHECK(names(metadata.get("/PRIVATE/F")) == "/private/f ");
    CHECK(names(metadata.get("/private/f", Depth::one)) == "/private/f /private/f/a ");
    CHECK(names(metadata.get("/private/f", Depth::infinity)) == "/private/f /private/f/a /private/f/a/b ");
    CHECK(names(metadata.get("/shared", Depth::one)) == "/shared/f ");
    CHECK(names(metadata.get("/private/none", Depth::infinity)).empty());
    REQUIRE(metadata.set("/Private/F", std::nullopt));
    CHECK(names(metadata.get("/private/f")).empty());
}

TEST_CASE("Values are any octets and come back as they were", "[store][tree]") {
    Metadata metadata;
    const std::string value("a\r\nb\n\0/x 3\n", 12);
    REQUIRE(metadata.set("/private/comment", value));
    REQUIRE(metadata.set("/shared/empty", ""));
    const auto text = metadata.to_text();
    CHECK(text == "1\n/private/comment 12\n" + value + "\n/shared/empty 0\n\n");
    const auto again = Metadata::parse(text).value();
    CHECK(again.get("/private/comment").at(0).second == value);
    CHECK(again.to_text() == text);
}

TEST_CASE("A file that is none of ours is an error", "[store][tree]") {
    const auto text = GENERATE(values<std::string>({
        "", "2\n", "1", "1\nx", "1\n/private/a\n", "1\n/private/a 2\na\n", "1\n/private/a 1\naa\n", "1\n/private/a 1\na",
        "1\n/private/a 99999999999999999999\na\n", "1\n/private/a 18446744073709551615\na\n", "1\n/PRIVATE/a 1\na\n",
        "1\n/private/a 1\na\n/private/a 1\nb\n", "1\n/other/a 1\na\n", "1\n/private/a -1\na\n", "1\n 1\na\n",
    }));
    CAPTURE(text);
    CHECK_FALSE(Metadata::parse(text));
}

TEST_CASE("Limits hold at their edges, and what was refused changed nothing", "[store][tree][rfc5464-4.3]") {
    const MetadataLimits limits{.value_octets = 10, .file_octets = 70, .name_octets = 14};
    Metadata metadata{limits};
    CHECK(metadata.set("/private/23456", "x"));
    CHECK(metadata.set("/private/234567", "x").error().number == EINVAL);
    CHECK(metadata.set("/private/23456", std::nullopt));
    CHECK(metadata.set("/private/a", std::string(11, 'x')).error().number == EMSGSIZE);
    CHECK(metadata.set("/private/a", std::string(10, 'x')));  // 2 + 14 + 11 octets
    CHECK(metadata.to_text().size() == 27);
    CHECK(metadata.set("/private/b", std::string(10, 'x')));
    CHECK(metadata.set("/private/cc", "xxxx").error().number == ENOSPC);  // 52 + 14 + 5
    CHECK(metadata.set("/private/cc", "xxx"));
    CHECK(metadata.to_text().size() == 70);
    CHECK(metadata.set("/private/a", "y"));
    CHECK(metadata.set("/private/cc", std::string(10, 'x')));
    CHECK(Metadata::parse(metadata.to_text(), limits)->set("/private/d", "").error().number == ENOSPC);
}

TEST_CASE("Changes are made all or none, in a file of the folder or of the server", "[store][tree][rfc5464-4.3]") {
    const test::TempDir home;
    const auto folder = open_directory(home.path()).value();
    REQUIRE(change_metadata(folder, MetadataOf::folder, {{"/private/comment", "mine"}}));
    REQUIRE(change_metadata(folder, MetadataOf::server, {{"/shared/comment", "ours"}}));
    CHECK_FALSE(change_metadata(folder, MetadataOf::folder, {{"/private/comment", "new"}, {"nonsense", "x"}}));
    CHECK(read_file(home / "mailpipe-metadata", 100) == "1\n/private/comment 4\nmine\n");
    CHECK(read_file(home / "mailpipe-metadata-server", 100) == "1\n/shared/comment 4\nours\n");
    REQUIRE(change_metadata(folder, MetadataOf::folder, {{"/private/comment", std::nullopt}}));
    CHECK(read_metadata(folder, MetadataOf::folder).value().empty());
    std::ofstream{home / "mailpipe-metadata"} << "somebody else's";
    CHECK_FALSE(change_metadata(folder, MetadataOf::folder, {{"/private/comment", "x"}}));
    CHECK(read_file(home / "mailpipe-metadata", 100) == "somebody else's");
}
