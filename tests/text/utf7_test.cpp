// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "text/utf7.hpp"

using mailpipe::text::to_modified_utf7;

TEST_CASE("Mailbox names are encoded in modified UTF-7", "[text][rfc3501-5.1.3]") {
    struct Case { std::string_view utf8, utf7; };
    const auto c = GENERATE(values<Case>({
        {"", ""}, {"Lists", "Lists"}, {"a & b", "a &- b"}, {"Entwürfe", "Entw&APw-rfe"}, {"Ü", "&ANw-"}, {"é&", "&AOk-&-"},
        {"~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"}, {"😀", "&2D3eAA-"}, {"éé", "&AOkA6Q-"}, {"\t", "&AAk-"},
    }));
    CHECK(to_modified_utf7(c.utf8).value() == c.utf7);
}

TEST_CASE("What is not UTF-8 has no encoding", "[text]") { CHECK_FALSE(to_modified_utf7("\xff")); }
