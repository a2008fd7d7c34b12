// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <ctime>
#include <string>

#include "base/utf8.hpp"
#include "text/wrap.hpp"
#include "html/text.hpp"

using mailpipe::html::to_text;

namespace {

struct Case {
    std::string_view html, text;
};

std::string repeated(std::size_t times, std::string_view text) {
    std::string all;
    all.reserve(times * text.size());
    while (times-- > 0) all += text;
    return all;
}

}  // namespace

TEST_CASE("Blanks collapse, blocks begin lines", "[text][html]") {
    const auto c = GENERATE(values<Case>({
        {"", ""}, {" \n ", ""}, {"text", "text\n"}, {" a \n\t b ", "a b\n"},
        {"a <b> b</b>\n<i> c</i>", "a b c\n"}, {"a<b>b</b>c", "abc\n"},
        {"<p>a</p><p>b</p>", "a\n\nb\n"}, {"<p>a<p>b", "a\n\nb\n"}, {"<p></p><p> </p><p>a</p>", "a\n"},
        {"a<div>b</div>c", "a\nb\nc\n"}, {"<div><div><div>a</div></div></div><div>b</div>", "a\nb\n"},
        {"a<br>b<br/>c", "a\nb\nc\n"}, {"a<br><br><br><br>b", "a\n\nb\n"}, {"<br><br>a<br><br>", "a\n"}, {"a</br>b", "a\nb\n"},
        {"<h1>a</h1>b<h2>c</h3>d", "a\n\nb\n\nc\n\nd\n"},
        {"a<hr>b", "a\n--------------------\nb\n"},
        {"<div>a</div><div><br></div><div><br></div><div>b</div>", "a\n\nb\n"},
        {"<html><head><title>t</title><meta name=a><style>p{}</style></head><body>a</body></html>", "a\n"},
        {"<head><title>t</title><p>a", "a\n"},
        {"a<script>b<p></script>c<style>d</style><template>e<p>f</template>g<iframe>h</iframe>", "acg\n"},
        {"<noscript>a</noscript><button>b</button>", "ab\n"},
        {"<dl><dt>a<dd>b<dt>c<dd>d</dl>e", "a\n  b\nc\n  d\n\ne\n"},
        {"a<!-- b -->c", "ac\n"}, {"1 < 2 & 3", "1 < 2 & 3\n"},
    }));
    CAPTURE(c.html);
    CHECK(to_text(c.html) == c.text);
}

TEST_CASE("Preformatted text keeps its blanks", "[text][html]") {
    const auto c = GENERATE(values<Case>({
        {"<pre>\n  a\n   b  \n</pre>c", "  a\n   b\n\nc\n"},
        {"<pre>a\tb\n\tc</pre>", "a       b\n        c\n"},
        {"<pre>a\n\n\n\nb</pre>", "a\n\nb\n"}, {"<pre>a\r\nb</pre>", "a\nb\n"},
        {"<pre>a <b> b</b></pre>  c  d", "a  b\n\nc d\n"},
        {"<textarea>a\n b</textarea>", "a\n b\n"}, {"<xmp><b> &amp;</xmp>", "<b> &amp;\n"},
    }));
    CAPTURE(c.html);
    CHECK(to_text(c.html) == c.text);
}

TEST_CASE("What nobody sees does not come out", "[text][html]") {
    const auto c = GENERATE(values<Case>({
        {"a&nbsp;&nbsp;b&nbsp; c", "a  b  c\n"}, {"<p>&nbsp;a", " a\n"}, {"a&nbsp;", "a\n"},
        {"a&shy;b&zwnj;c&#8203;d\xef\xbb\xbf" "e", "abcde\n"},
        {"a&#7;b&#x81;c\x01\x1b[2J&#127;", "abc[2J\n"},
        {"a\xe2\x80\xae" "b\xe2\x81\xa6" "c", "abc\n"},                 // bidi overrides
        {"a\xf3\xa0\x81\x81\xf3\xa0\x81\x82" "b", "ab\n"},              // tag characters
        {"\xd0\x9f\xd1\x80\xe4\xbd\xa0\xf0\x9f\x93\xa7", "\xd0\x9f\xd1\x80\xe4\xbd\xa0\xf0\x9f\x93\xa7\n"},
        {"a\xe2\x80\x83" "b\xe3\x80\x80" "c", "a b c\n"}, {"a\xe2\x80\xa8" "b", "a b\n"},
        {"caf\xe9", "caf\xc3\xa9\n"},                                  // no UTF-8
        {"&lt;b&gt; &#128; &copy2 &amp;lt; &a", "<b> \xe2\x82\xac \xc2\xa9" "2 &lt; &a\n"},
        {"a<div hidden>b</div>c", "ac\n"}, {"a<div style='color:red; DISPLAY : None !important'>b<div>c</div>d</div>e", "ae\n"},
        {"a<div style='display:none;display:block'>b</div>", "a\nb\n"}, {"a<span style=display:none>b<p>c</p></span>d", "ad\n"},
        {"a<p hidden>b<p>c", "a\n\nc\n"},                             // the next one ends it
        {"<table><tr><td hidden>a<td>b</table>", "b\n"}, {"<ul><li hidden>a<li>b</ul>", "* b\n"},
        {"<div hidden><table><tr><td></div>a</table></div>b", "b\n"},  // </div> is not of the cell
        {"a<span hidden>b</i></span>c", "ac\n"}, {"a<img hidden alt=b>c<br hidden>d", "acd\n"}, {"a<div hidden>b", "a\n"},
        {"a<o:p style=display:none>b</o:p>", "ab\n"},                 // nobody knows where it would end
    }));
    CAPTURE(c.html);
    CHECK(to_text(c.html) == c.text);
}

TEST_CASE("Lists are indented by their depth", "[text][html]") {
    const auto c = GENERATE(values<Case>({
        {"a<ul><li>b</li><li>c</li></ul>d", "a\n\n* b\n* c\n\nd\n"}, {"<ul><li>a<li>b<br>c</ul>", "* a\n* b\n  c\n"},
        {"<ol><li>a<li>b</ol>", "1. a\n2. b\n"}, {"<ol start=9><li>a<li>b<br>c</ol>", "9. a\n10. b\n    c\n"},
        {"<ol><li value=5>a<li>b</ol>", "5. a\n6. b\n"}, {"<ol start=99999999999><li>a</ol>", "1. a\n"},
        {"<ul><li>a<ul><li>b<ol><li>c</ol></ul><li>d</ul>", "* a\n  * b\n    1. c\n* d\n"},
        {"<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>", "* a\n\n  b\n\n* c\n"},
        {"<li>a<li>b", "* a\n* b\n"}, {"<ul><li></li><li>a</ul>", "* a\n"}, {"<ul><li><ul><li>a</ul></ul>", "* * a\n"},
    }));
    CAPTURE(c.html);
    CHECK(to_text(c.html) == c.text);
}

TEST_CASE("Quotes have their marks", "[text][html]") {
    const auto c = GENERATE(values<Case>({
        {"a<blockquote>b</blockquote>c", "a\n\n> b\n\nc\n"},
        {"<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b\n"},
        {"<blockquote>a<blockquote>b</blockquote>c</blockquote>", "> a\n>\n> > b\n>\n> c\n"},
        {"<blockquote><ul><li>a<br>b</ul></blockquote>", "> * a\n>   b\n"},
        {"<ul><li>a<blockquote>b</blockquote></ul>", "* a\n\n  > b\n"},
        {"<blockquote></blockquote>a", "a\n"}, {"<blockquote>a", "> a\n"}, {"a</blockquote>b", "ab\n"},
    }));
    CAPTURE(c.html);
    CHECK(to_text(c.html) == c.text);
}

TEST_CASE("Rows are lines, cells stand beside each other", "[text][html]") {
    const auto c = GENERATE(values<Case>({
        {"<table><tr><td>a</td><td>b</td></tr><tr><td>c<td>d</table>", "a  b\nc  d\n"},
        {"<table><caption>x</caption><thead><tr><th>a<th>b<tbody><tr><td>c<td>d</table>", "x\na  b\nc  d\n"},
        {"<table><tr><td><p>a</p></td><td><div>b</div></td></tr><tr><td> <p>c</table>e", "a  b\nc\n\ne\n"},
        {"<table><tr><td>a<br>b</td><td>c</td></tr></table>", "a\nb\nc\n"},
        {"<table><tr><td></td><td>&nbsp;</td><td>a</td></tr></table>", "a\n"},
        {"a<table><tr><td><table><tr><td><table><tr><td>b</td></tr></table></td></tr></table></td></tr></table>c", "a\nb\nc\n"},
        {"<table><tr><td><table><tr><td>a</td></tr></table></td><td><table><tr><td>b</td></tr><tr><td>c</td></tr></table></td></tr></table>",
         "a  b\nc\n"},
        {"<table><tr><td>a</td><td><ul><li>b<li>c</ul></td></tr></table>", "a\n* b\n* c\n"},
        {"<table><tr><td><blockquote>a</blockquote></td><td>b</td></tr></table>", "> a\n\nb\n"},
        {"a" "<table><tr><td height=10></td></tr></table><table><tr><td>&nbsp;</td></tr></table><table><tr><td>&nbsp;</td></tr></table>b",
         "a\n\nb\n"},
        {"<td>a</td><td>b</td>", "a  b\n"},
    }));
    CAPTURE(c.html);
    CHECK(to_text(c.html) == c.text);
}

TEST_CASE("A link tells where it leads", "[text][html]") {
    const auto c = GENERATE(values<Case>({
        {"<a href='http://a.example/'>b</a> c", "b <http://a.example/> c\n"},
        {"<a href='https://evil.example/'>https://bank.example/</a>", "https://bank.example/ <https://evil.example/>\n"},
        {"<a href=http://bank.example@evil.example>bank.example</a>", "bank.example <http://bank.example@evil.example>\n"},
        {"<a href=http://a.example/>http://a.example</a>", "http://a.example\n"}, {"<a href=https://a.example>a.example</a>", "a.example\n"},
        {"<a href=mailto:a@b.example>a@b.example</a>", "a@b.example\n"},
        {"<a href='mailto:a@b.example?bcc=c'>a@b.example</a>", "a@b.example <mailto:a@b.example?bcc=c>\n"},
        {"<a href=#top>a</a><a href=page.html>b</a><a href='javascript:x'>c</a><a name=x>d</a>", "abcd\n"},
        {"<a href=' h&#116;tp\n://a.example/b c<d>&#x200b;'>e</a>", "e <http://a.example/b%20c%3Cd%3E%E2%80%8B>\n"},
        {"<a href=HTTP://a.example/?a=1&amp;b=2&copy=3>b</a>", "b <HTTP://a.example/?a=1&b=2&copy=3>\n"},
        {"<a href=http://a.example/></a>b", "b\n"}, {"<a href=http://a.example/><img src=x></a>", "<http://a.example/>\n"},
        {"<a href=http://a.example/><img alt='Our logo'></a>", "[Our logo] <http://a.example/>\n"},
        {"<a href=http://a.example/><div>b</div></a><div>c</div>", "b <http://a.example/>\nc\n"},
        {"<a href=http://a.example/>b<a href=http://c.example/>d", "b <http://a.example/>d <http://c.example/>\n"},
        {"<table><tr><td><a href=http://a.example/>b</td><td>c</td></table>", "b <http://a.example/>  c\n"},
        {"<p>a</p><a href=http://a.example/>a.example</a>", "a\n\na.example\n"},
        {"<img alt=''><img alt=' '><img><img alt='a\n b' width=20>", "[a b]\n"},
        {"<img alt=a width=1 height=1><img alt=b height='0'><img alt=c width=1px>", ""}, {"a<img alt='&lt;b>'>", "a[<b>]\n"},
    }));
    CAPTURE(c.html);
    CHECK(to_text(c.html) == c.text);
}

TEST_CASE("Answers of Gmail, Outlook and Apple Mail keep what they quote", "[text][html]") {
    CHECK(to_text(R"(<div dir="ltr">Yes, Tuesday.<div><br></div><div>Ann</div></div><br><div class="gmail_quote">
<div dir="ltr" class="gmail_attr">On Mon, Bob &lt;<a href="mailto:bob@b.example">bob@b.example</a>&gt; wrote:<br></div>
<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid"><div>When?<br></div>
<blockquote>Soon.</blockquote></blockquote></div>)") ==
          "Yes, Tuesday.\n\nAnn\n\nOn Mon, Bob <bob@b.example> wrote:\n\n> When?\n>\n> > Soon.\n");

    CHECK(to_text(R"(<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><!--[if gte mso 9]><xml><o:x/></xml><![endif]-->
<style><!-- p.MsoNormal {margin:0cm;} --></style></head><body lang="EN-GB" link="#0563C1"><div class="WordSection1">
<p class="MsoNormal">Hi all,<o:p></o:p></p>
<p class="MsoNormal"><o:p>&nbsp;</o:p></p>
<p class="MsoListParagraph"><![if !supportLists]><span style="mso-list:Ignore">1.<span>&nbsp;&nbsp; </span></span><![endif]>One<o:p></o:p></p>
<div style="border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>From:</b> Bob<br><b>Sent:</b> Monday<o:p></o:p></p></div>
</div></body></html>)") == "Hi all,\n\n1.   One\n\nFrom: Bob\nSent: Monday\n");

    CHECK(to_text(R"(<body style="word-wrap: break-word;">Fine.<div><blockquote type="cite"><div>On 1 May, Bob wrote:</div><br>
<div><div>A<br><br>B</div></div></blockquote></div><br></body>)") == "Fine.\n\n> On 1 May, Bob wrote:\n>\n> A\n>\n> B\n");
}

TEST_CASE("A newsletter is read without its scaffold", "[text][html]") {
    const auto text = to_text(R"(<!DOCTYPE html><html><head><title>News</title></head><body style="margin:0">
<div style="display:none;max-height:0">Preview &zwnj;&nbsp;&zwnj;&nbsp;</div>
<table width="100%"><tr><td align="center"><table width="600">
<tr><td height="20" style="font-size:1px">&nbsp;</td></tr>
<tr><td><a href="https://t.example/1"><img src="logo.png" alt="ACME" width="200"></a></td></tr>
<tr><td height="20">&nbsp;</td></tr><tr><td height="20">&nbsp;</td></tr>
<tr><td><h1>Big &amp; new</h1><p>Read all about the thing that we have made for you.</p></td></tr>
<tr><td><table><tr><td bgcolor="#ff0000"><a href="https://t.example/2"><span>Buy now</span></a></td></tr></table></td></tr>
<tr><td><table><tr><td>Price</td><td align="right">9&nbsp;&euro;</td></tr><tr><td>Tax</td><td align="right">2&nbsp;&euro;</td></tr></table></td></tr>
<tr><td style="font-size:11px">&copy; ACME | <a href="https://t.example/3">Unsubscribe</a></td></tr>
</table></td></tr></table><img src="https://t.example/open.gif" width="1" height="1" alt="x"></body></html>)");
    CHECK(text ==
          "[ACME] <https://t.example/1>\n\nBig & new\n\nRead all about the thing that we have made for you.\n\n"
          "Buy now <https://t.example/2>\nPrice  9 \xe2\x82\xac\nTax  2 \xe2\x82\xac\n\xc2\xa9 ACME | Unsubscribe <https://t.example/3>\n");
    CHECK(mailpipe::text::wrap(text, 30).find("Read all about the thing that\nwe have made for you.\n") != std::string::npos);
}

TEST_CASE("What is in front of a line does not grow without end", "[text][html]") {
    CHECK(to_text(repeated(50, "<blockquote>") + "a" + repeated(50, "</blockquote>") + "b") == repeated(20, "> ") + "a\n\nb\n");
    CHECK(to_text(repeated(30, "<ol><li>") + "a" + repeated(30, "</ol>") + "b") == repeated(13, "1. ") + "a\n\nb\n");
}

TEST_CASE("Hostile HTML takes linear time", "[text][html]") {
    constexpr std::size_t million = 1'000'000;
    constexpr std::size_t some = 30'000;  // enough to take minutes where each looks at all before it
    const auto begin = std::clock();
    const auto check = [](std::size_t times, std::string_view tag) {
        CAPTURE(tag);
        const auto html = repeated(times, tag) + "x";
        CHECK(to_text(html).size() <= 32 * html.size());
    };
    for (const auto* tag : {"<div>", "<a ", "&lt;"}) check(million, tag);
    for (const auto* tag : {"<p>", "<blockquote>", "<ul><li>", "<table><tr><td>", "<b>", "<span hidden>", "<i hidden><div>", "<td>", "<pre>", "<x>",
                            "<a href=http://a>", "</div>", "</p>", "<!-->", "<!--", "<br>", "<hr>", "<", "</", "<a b='", "<dd><dt>",
                            "<script>", "<script><!--", "<title><", "</script", "&", "&#", "&#1", "&notin"}) {
        check(some, tag);
    }
    CHECK(to_text(repeated(some, "<div>") + "x" + repeated(some, "</div>")) == "x\n");
    CHECK(to_text("<i hidden>" + repeated(some, "<div><span>") + repeated(some, "</i></b>")).empty());
    CHECK(to_text("<p a='" + std::string(20 * million, 'x') + "'>y") == "y\n");
    CHECK(to_text("<a href='http:" + std::string(million, '<') + "'>y</a>").size() == 3 * million + 10);
    CHECK(to_text("&#" + std::string(million, '9') + ";") == "\xef\xbf\xbd\n");
    CHECK(std::clock() - begin < 60 * CLOCKS_PER_SEC);  // of this process, however busy the machine is
}
