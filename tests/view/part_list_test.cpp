// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>

#include "view/part_list.hpp"

using namespace mailpipe;

TEST_CASE("The columns of a listing stand below each other", "[view]") {
    const std::string message =
        "Content-Type: multipart/mixed; boundary=b\n\n"
        "--b\nContent-Type: text/plain\nContent-Transfer-Encoding: x-\xe4\xbd\xa0\xe5\xa5\xbd\n\none\n"
        "--b\nContent-Type: image/png; name=\"=?utf-8?b?5L2g?=\"\nContent-Transfer-Encoding: base64\n\nQQ==\n"
        "--b--\n";
    CHECK(view::list_parts(message, mime::read_structure(message)) ==
          "-  multipart/mixed  -       169\n"
          "1    text/plain     x-\xe4\xbd\xa0\xe5\xa5\xbd    3\n"
          "2    image/png      base64    4  \xe4\xbd\xa0\n");
}

TEST_CASE("One wide cell does not widen all rows", "[view]") {
    std::string message = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/" + std::string(10'000, 'x') + "\n\n";
    for (int i = 0; i < 1000; ++i) message += "--b\n\n";
    CHECK(view::list_parts(message, mime::read_structure(message)).size() < 200'000);
}
