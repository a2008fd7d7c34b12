// SPDX-License-Identifier: ISC
#include "imap/message/preview.hpp"

#include "base/utf8.hpp"
#include "support/catch.hpp"

using namespace mailpipe;

namespace {

std::string preview(std::string_view message) { return imap::preview(message, mime::read_structure(message)); }

std::size_t characters(std::string_view text) {
    std::size_t count = 0;
    for (; !text.empty(); ++count) take_character(text);
    return count;
}

constexpr std::string_view head = "Content-Type: multipart/mixed; boundary=b\n\n";
constexpr std::string_view plain = "--b\n\nplain\n";
constexpr std::string_view html = "--b\nContent-Type: text/html\n\n<style>x</style><p>some <b>HTML</b> &amp; a <a href=\"http://x\">link</a>\n";
constexpr std::string_view file = "--b\nContent-Disposition: attachment\n\nfile\n";
constexpr std::string_view image = "--b\nContent-Type: image/gif\n\nR0lG\n";

std::string mixed(std::initializer_list<std::string_view> parts) {
    std::string message{head};
    for (const auto part : parts) message += part;
    return message + "--b--\n";
}

}  // namespace

TEST_CASE("a preview is one line of UTF-8 without controls", "[imap][rfc8970-3.3]") {
    struct Case { std::string_view message, preview; };
    const auto c = GENERATE(values<Case>({
        {"\n  some\r\n\twords \n\n  and\x1b[1m more \x07 \n", "some words and[1m more"},
        {"Content-Type: text/plain; charset=iso-8859-1\n\n\xe4\xa0\xa0\xf6", "\xc3\xa4 \xc3\xb6"},
        {"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nw6TigItiCg==\n", "\xc3\xa4" "b"},
        {"Content-Transfer-Encoding: quoted-printable\n\na=\nb=3D", "ab="},
        {"Content-Type: text/html\n\n<title>t</title><p>a<br>b<script>c</script>", "a b"},
    }));
    CAPTURE(c.message);
    CHECK(preview(c.message) == c.preview);
}

TEST_CASE("plain text is better than HTML, and no attachment counts", "[imap][rfc8970-3.2]") {
    CHECK(preview(mixed({html, plain})) == "plain");
    CHECK(preview(mixed({image, file, html})) == "some HTML & a link");
    CHECK(preview(mixed({"--b\n\n \n\n", html})) == "some HTML & a link");  // an alternative that says nothing
    CHECK(preview(mixed({image, file})).empty());
    CHECK(preview("").empty());
}

TEST_CASE("a preview has 200 characters at most, and ends in none of its blanks", "[imap][rfc8970-3.3]") {
    const std::string header = "Content-Type: text/plain; charset=utf-8\n\n";
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "\xc3\xa4";
    CHECK(characters(preview(header + text)) == 200);
    CHECK(preview(header + std::string(199, 'x') + " y") == std::string(199, 'x'));
    CHECK(preview(header + std::string(200, 'x') + "y") == std::string(200, 'x'));
    CHECK(preview(header + std::string(198, 'x') + " yz") == std::string(198, 'x') + " y");
    CHECK(preview(header + std::string(70'000, ' ') + "too late").empty());
}
