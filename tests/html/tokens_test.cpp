// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>

#include "html/tokens.hpp"

using namespace mailpipe::html;

namespace {

/// Texts in bars, "&" behind one that may have references; tags with their attributes as name=[value], "?" where nobody
/// knows them.
std::string shown(std::string_view html) {
    std::string all;
    Tokens tokens{html};
    while (const auto token = tokens.next()) {
        if (token->kind == Token::Kind::text) {
            all.append("|").append(token->text).append(token->has_references ? "|&" : "|");
            continue;
        }
        all += token->kind == Token::Kind::start_tag ? "<" : "</";
        all += token->element != nullptr ? token->element->name : "?";
        auto left = token->attributes;
        while (const auto attribute = take_attribute(left)) all.append(" ").append(attribute->name).append("=[").append(attribute->value).append("]");
        all += ">";
    }
    return all;
}

}  // namespace

TEST_CASE("HTML is taken apart into texts and tags", "[text][html]") {
    struct Case { std::string_view html, tokens; };
    const auto c = GENERATE(values<Case>({
        {"", ""}, {"text", "|text|&"},
        {"<p>a</p>", "<p>|a|&</p>"}, {"<P>a</P >", "<p>|a|&</p>"}, {"<o:p>a</o:p>", "<?>|a|&</?>"},
        {"<br/>", "<br>"}, {"<br />", "<br>"}, {"<blockquotes>", "<?>"}, {"<p\n>", "<p>"},
        {"a<b", "|a|&"}, {"a<b c='d", "|a|&"},  // no end
        {"a < b", "|a |&|< b|&"}, {"1<2<3", "|1|&|<2|&|<3|&"}, {"<", "|<|&"}, {"</", "|</|&"}, {"<>", "|<>|&"}, {"a</>b", "|a|&|b|&"},
        {"</ x>a", "|a|&"}, {"</3>a", "|a|&"},
        {"<a href=x>", "<a href=[x]>"}, {"<a href = 'x y' >", "<a href=[x y]>"}, {"<a HREF=\"x>y\">", "<a HREF=[x>y]>"},
        {"<a href=x/y/>", "<a href=[x/y/]>"}, {"<a href=>b", "<a href=[]>|b|&"}, {"<a b c=d>", "<a b=[] c=[d]>"},
        {"<a b='c'd='e'>", "<a b=[c] d=[e]>"}, {"<a =b=c>", "<a =b=[c]>"}, {"<a/b/c>", "<a b=[] c=[]>"}, {"<a b= =c>", "<a b=[=c]>"},
        {"<a b=\"'\" c='\"'>", "<a b=['] c=[\"]>"}, {"<a \"b\">", "<a \"b\"=[]>"}, {"</p a=b>", "</p a=[b]>"},
    }));
    CAPTURE(c.html);
    CHECK(shown(c.html) == c.tokens);
}

TEST_CASE("Comments end where browsers end them", "[text][html]") {
    struct Case { std::string_view html, tokens; };
    const auto c = GENERATE(values<Case>({
        {"a<!-- b -->c", "|a|&|c|&"}, {"<!---->a", "|a|&"}, {"<!-->a", "|a|&"}, {"<!--->a", "|a|&"},
        {"<!-- <p> -- > --!>a", "|a|&"}, {"<!--!>a-->b", "|b|&"}, {"<!---!>a-->b", "|b|&"}, {"<!-- a", ""}, {"<!--", ""},
        {"<!-- a <!-- b -->c-->", "|c-->|&"}, {"<!-- a --->b", "|b|&"},
        {"<!DOCTYPE html>a", "|a|&"}, {"<!doctype html PUBLIC \"a>b\">c", "|b\">c|&"}, {"<!doctype", ""},
        {"<![CDATA[a]]>b", "|b|&"}, {"<?xml version=\"1.0\"?>a", "|a|&"}, {"<!>a", "|a|&"},
        {"<![if !mso]>a<![endif]>", "|a|&"}, {"<!--[if mso]>a<![endif]-->b", "|b|&"},
    }));
    CAPTURE(c.html);
    CHECK(shown(c.html) == c.tokens);
}

TEST_CASE("What is in a script is no markup", "[text][html]") {
    struct Case { std::string_view html, tokens; };
    const auto c = GENERATE(values<Case>({
        {"<script>a<p>&amp;</script>b", "<script>|a<p>&amp;|</script>|b|&"},
        {"<script></script>", "<script></script>"},
        {"<script>a</scripts></SCRIPT >b", "<script>|a</scripts>|</script>|b|&"},
        {"<script>a", "<script>|a|"}, {"<script>a</script", "<script>|a</script|"},
        {"<script><!-- <script> </script> --></script>b", "<script>|<!-- <script> </script> -->|</script>|b|&"},
        {"<script><!-- </script>b", "<script>|<!-- |</script>|b|&"},
        {"<script><!--><script></script>b", "<script>|<!--><script>|</script>|b|&"},
        {"<style>a>b{}</style>c", "<style>|a>b{}|</style>|c|&"},
        {"<style><!-- a --></style>b", "<style>|<!-- a -->|</style>|b|&"},
        {"<title>a<b>&amp;</title>c", "<title>|a<b>&amp;|&</title>|c|&"},
        {"<textarea><p></textarea>", "<textarea>|<p>|&</textarea>"},
        {"<xmp><b></xmp>", "<xmp>|<b>|</xmp>"},
        {"<plaintext>a</plaintext>b", "<plaintext>|a</plaintext>b|"},
    }));
    CAPTURE(c.html);
    CHECK(shown(c.html) == c.tokens);
}
