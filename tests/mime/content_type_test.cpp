// SPDX-License-Identifier: ISC
#include <ctime>

#include <chrono>

#include "support/catch.hpp"

#include "mime/content_type.hpp"

using namespace mailpipe::mime;

namespace {

/// "type/subtype;name=value;..."
std::string text(const ContentType& content) {
    auto out = content.type + "/" + content.subtype;
    for (const auto& parameter : content.parameters.all) out += ";" + parameter.name + "=" + parameter.value;
    return out;
}

}  // namespace

TEST_CASE("A Content-Type has a type, a subtype and parameters", "[mime][rfc2045-5.1]") {
    struct Case { std::string_view value, read; bool is_valid; };
    const auto c = GENERATE(values<Case>({
        {" text/plain", "text/plain", true},
        {" TEXT / Plain ; Charset=US-ASCII (plain (old) text)", "text/plain;charset=US-ASCII", true},
        {"multipart/mixed;\n\tboundary=\"a; \\\"b\\\" c\"", "multipart/mixed;boundary=a; \"b\" c", true},
        {"multipart/mixed; boundary=----=_Part_1", "multipart/mixed;boundary=----=_Part_1", false},
        {"text/plain;", "text/plain", true},
        {"text/plain;; charset=a;", "text/plain;charset=a", true},
        {"text/plain; charset", "text/plain", false},
        {"text/plain; charset=a; charset=b", "text/plain;charset=a", true},
        {"text/plain charset=a", "text/plain;charset=a", false},
        {"application/pdf; name=my file.pdf; x=y", "application/pdf;name=my file.pdf;x=y", false},
        {"application/pdf; name=my file.pdf x=y", "application/pdf;name=my file.pdf x=y", false},
        {"text/plain; charset=a format=flowed", "text/plain;charset=a;format=flowed", false},
        {"text/plain; charset=\"a\" format=flowed", "text/plain;charset=a;format=flowed", false},
        {"text/plain; charset=a; name=; x=\"\"", "text/plain;charset=a;x=", false},
        {"application/pdf; name=\"no end; x=y", "application/pdf;name=no end; x=y", false},
        {"text/plain; name=\"a\nb\"", "text/plain;name=ab", true},
        {"text", "text/plain", false},
        {"", "text/plain", false},
        {"/plain", "text/plain", false},
    }));
    CAPTURE(c.value);
    const auto content = parse_content_type(c.value);
    CHECK(text(content) == c.read);
    CHECK(content.is_valid == c.is_valid);
}

TEST_CASE("Parameters come in pieces, in charsets and in languages", "[mime][rfc2231]") {
    struct Case { std::string_view value, read; };
    const auto c = GENERATE(values<Case>({
        {"message/external-body; URL*0=\"ftp://\"; URL*1=\"cs.utk.edu/pub\"", "message/external-body;url=ftp://cs.utk.edu/pub"},
        {"application/x-stuff; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A", "application/x-stuff;title=This is ***fun***"},
        {"application/x-stuff; title*0*=us-ascii'en'This%20is%20even%20more%20; title*1*=%2A%2A%2Afun%2A%2A%2A%20; title*2=\"isn't it!\"",
         "application/x-stuff;title=This is even more ***fun*** isn't it!"},
        {"a/b; n*0*=utf-8'fr'%c3; n*1*=utf-8'%a9", "a/b;n=\xc3\xa9"},
        {"a/b; n*1=two; n*0=one", "a/b;n=onetwo"},
        {"a/b; n*0=one; n*2=three", "a/b;n=one"},
        {"a/b; n*=iso-8859-1''%E9t%e9", "a/b;n=\xc3\xa9t\xc3\xa9"},
        {"a/b; n=plain; n*=utf-8''%c3%a9", "a/b;n=\xc3\xa9"},
        {"a/b; n*=utf-8''%c3%a9; n=plain", "a/b;n=\xc3\xa9"},
        {"a/b; n*=utf-8''100%; m=1", "a/b;n=100%;m=1"},
        {"a/b; n*x=1", "a/b;n*x=1"},
        {"a/b; *0*=utf-8''x", "a/b;*0*=utf-8''x"},
        {"a/b; n*1=alone", "a/b"},
    }));
    CAPTURE(c.value);
    CHECK(text(parse_content_type(c.value)) == c.read);
}

TEST_CASE("A parameter is written in quotes, or percent-encoded", "[mime][rfc2231-4]") {
    struct Case { std::string value, written; };
    const auto c = GENERATE(values<Case>({
        {"a b.txt", ";\n name=\"a b.txt\""},
        {"", ";\n name=\"\""},
        {"\"\\", ";\n name=\"\\\"\\\\\""},
        {"\xc3\xa9 *'%", ";\n name*=utf-8''%C3%A9%20%2A%27%25"},
        {" a", ";\n name*=utf-8''%20a"},
        {"=?x", ";\n name*=utf-8''%3D%3Fx"},
        {"a\x01", ";\n name*=utf-8''a%01"},
        {std::string(100, 'x'), ";\n name*0*=utf-8''" + std::string(57, 'x') + ";\n name*1*=" + std::string(43, 'x')},
    }));
    CAPTURE(c.value);
    const auto written = format_parameter("name", c.value);
    CHECK(written == c.written);
    CHECK(*parse_content_type("a/b" + written).parameter("name") == c.value);
}

TEST_CASE("A value in ten thousand pieces is cut, in no time", "[mime]") {
    std::string value = "a/b";
    for (int n = 0; n < 10'000; ++n) value += "; n*" + std::to_string(n) + "=x";
    const auto content = parse_content_type(value);
    CHECK(content.parameter("n")->size() == max_pieces);
    CHECK_FALSE(content.is_valid);
}

TEST_CASE("Transfer encodings have names, and one has several", "[mime][rfc2045-6.1]") {
    CHECK(parse_transfer_encoding(" Base64 ") == TransferEncoding::base64);
    CHECK(parse_transfer_encoding("Quoted-Printable (as ever)") == TransferEncoding::quoted_printable);
    CHECK(parse_transfer_encoding("x-uuencode") == TransferEncoding::uuencode);
    CHECK(parse_transfer_encoding("8BIT") == TransferEncoding::eight_bit);
    CHECK(parse_transfer_encoding("") == TransferEncoding::unknown);
    CHECK(parse_transfer_encoding("base-64") == TransferEncoding::unknown);
}

TEST_CASE("Pieces that never begin take no more time than others", "[mime][rfc2231-3]") {
    std::string value = "a/b";
    for (int i = 0; i < 990; ++i) value += ";a*1=x";
    const auto before = std::clock();
    for (int i = 0; i < 20; ++i) CHECK(mailpipe::mime::parse_content_type(value).parameters.all.empty());
    CHECK(std::clock() - before < 5 * CLOCKS_PER_SEC);  // it took 20 s in this build
}

TEST_CASE("parameters keep the order of their names, whatever their forms", "[mime][rfc2231-3]") {
    const auto parsed = parse_parameters("; z=1; b*1=y; a=2; b*0=x; z*=utf-8''3; c*1=gap; c=4; a=5; d*2=gap");
    std::string told;
    for (const auto& one : parsed.all) told += one.name + "=" + one.value + " ";
    CHECK(told == "z=3 b=xy a=2 c=4 ");
}

TEST_CASE("a thousand names take no more time than a thousand pieces", "[mime]") {
    std::string text;
    for (int n = 0; n < 1000; ++n) text += "; p" + std::to_string(n) + "*0=x";
    const auto begun = std::chrono::steady_clock::now();
    for (int n = 0; n < 50; ++n) CHECK(parse_parameters(text).all.size() == 1000);
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds{10});
}
