// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mime/media_types.hpp"

using mailpipe::mime::media_type;

TEST_CASE("A file's type is told by its name, else by what is in it", "[mime]") {
    const std::string table = "# comment\ttxt\napplication/none\nimage/png\t\tpng\ntext/plain  asc txt\t\r\ntext/x-sh sh";
    struct Case { std::string_view name, content, type; };
    const auto c = GENERATE(values<Case>({
        {"a.png", "", "image/png"},
        {"a.b.PNG", "text", "image/png"},
        {"a.txt", "text", "text/plain; charset=us-ascii"},
        {"a.sh", "caf\xc3\xa9", "text/x-sh; charset=utf-8"},
        {"a.sh", "caf\xe9", "text/x-sh"},
        {"a.none", "caf\xc3\xa9", "text/plain; charset=utf-8"},
        {"png", "\xff", "application/octet-stream"},
        {"a.", {"a\0", 2}, "application/octet-stream"},
        {"", "", "text/plain; charset=us-ascii"},
    }));
    CAPTURE(c.name, c.content);
    CHECK(media_type(table, c.name, c.content) == c.type);
}
