// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <algorithm>
#include <string>

#include "mime/content_type.hpp"
#include "mime/structure.hpp"

using namespace mailpipe::mime;

namespace {

/// "m(...)" a multipart, "r(...)" a message, a leaf as its body between bars.
std::string tree(std::string_view message, const Structure& structure, std::size_t index = 0) {
    const auto& part = structure.parts[index];
    if (part.kind == Part::Kind::leaf) return "|" + std::string{part.body.of(message)} + "|";
    std::string text = part.kind == Part::Kind::multipart ? "m(" : "r(";
    for (std::size_t child = index + 1; child < structure.parts.size(); ++child) {
        if (structure.parts[child].parent == index) text += tree(message, structure, child);
    }
    return text + ")";
}

std::string tree(std::string_view message) { return tree(message, read_structure(message)); }

std::string codes(const Structure& structure) {
    std::string text;
    for (const auto& finding : structure.findings) text.append(text.empty() ? "" : " ").append(explain(finding.leniency).code);
    return text;
}

std::string with_crlf(std::string_view text) {
    std::string wire;
    for (const char c : text) wire.append(c == '\n' ? "\r\n" : std::string(1, c));
    return wire;
}

const std::string mixed = "Content-Type: multipart/mixed; boundary=b\n";

/// What must hold whatever the message is.
void check_sound(std::string_view message, const Structure& structure) {
    for (std::size_t i = 0; i < structure.parts.size(); ++i) {
        const auto& part = structure.parts[i];
        CHECK(part.header.begin <= part.header.end);
        CHECK(part.header.end == part.body.begin);
        CHECK(part.body.begin <= part.body.end);
        CHECK(part.body.end <= message.size());
        const auto wire = [&](const Range& range) {
            const auto text = range.of(message);
            Extent extent{text.size(), static_cast<std::uint64_t>(std::ranges::count(text, '\n'))};
            for (std::size_t at = 0; at < text.size(); ++at) {
                const auto place = range.begin + at;
                extent.octets += text[at] == '\n' && (place == 0 || message[place - 1] != '\r');
            }
            return extent;
        };
        CAPTURE(i);
        CHECK(part.header_extent == wire(part.header));
        CHECK(part.body_extent == wire(part.body));
        if (i == 0) continue;
        const auto& parent = structure.parts[part.parent];
        CHECK(part.parent < i);
        CHECK(part.depth == parent.depth + 1);
        CHECK(parent.body.begin <= part.header.begin);
        CHECK(part.body.end <= std::max(parent.body.end, part.body.begin));
    }
}

}  // namespace

TEST_CASE("A message is a tree of parts", "[mime][rfc2046-5.1]") {
    struct Case { std::string message, tree, findings; };
    const auto c = GENERATE(values<Case>({
        {"", "||", ""},
        {"A: b", "||", ""},
        {"A: b\n\n", "||", ""},
        {"A: b\n\nbody\n", "|body\n|", ""},
        {"\nbody", "|body|", ""},
        {mixed + "\n--b\n\none\n--b\n\ntwo\n--b--\n", "m(|one||two|)", ""},
        {mixed + "\npreamble\n--b\nA: b\n\none\n\n--b--\nepilogue\n", "m(|one\n|)", ""},
        {mixed + "\n--b\n\n--b--\n", "m(||)", ""},
        {mixed + "\n--b\n\none", "m(|one|)", "close-delimiter-missing"},
        {mixed + "\none\n", "m()", "delimiter-missing"},
        {mixed + "\n--b--\n", "m()", ""},
        {mixed + "\n--b \t\n\none\n--b-- \n", "m(|one|)", ""},
        {mixed + "\n--b more\n\none\n--b--more\n", "m(|one|)", "delimiter-goes-on delimiter-goes-on"},
        {mixed + "\n --b\n--c\n-b\n", "m()", "delimiter-missing"},
        {mixed + "\n--b\nA: b\n--b\n\ntwo\n--b--\n", "m(|||two|)", "delimiter-in-header"},
        {mixed + "\n--b\n--b--\n", "m(||)", "delimiter-in-header"},
        {mixed + "\n--b\nno field\n--b--\n", "m(|no field|)", "empty-line-missing"},
        {mixed + "\n--b\n\none\n--b--\n--b\n\ntwo\n--b--\n", "m(|one|)", "delimiter-after-close delimiter-after-close"},
        {"Content-Type: multipart/mixed\n\n--b\n\none\n--b--\n", "|--b\n\none\n--b--\n|", "boundary-missing"},
        {"From joe Sat\nA: b\n\nbody\n", "|body\n|", "mbox-line"},
        {"From joe", "||", "mbox-line"},
        {"Content-Type: text/plain\nContent-type: text/html\n\nx", "|x|", "field-twice"},
        {"Content-Type \t: text/plain\n\nx", "|x|", "blank-before-colon"},
        {"Content-Type: text\n\nx", "|x|", "type-malformed"},
        {"X\xe4: b\n" + mixed + "\n--b\n\none\n--b--\n", "m(|one|)", "field-name-not-ascii"},
        {"Content-Transfer-Encoding: 7-bit\n\nx", "|x|", "encoding-unknown"},
        {"Content-Type: message/rfc822\n\nA: b\n\nbody\n", "r(|body\n|)", ""},
        {"Content-Type: message/rfc822\n\n" + mixed + "\n--b\n\none\n--b--\n", "r(m(|one|))", ""},
        {"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nQQ==\n", "|QQ==\n|", "encoding-of-composite"},
        {"Content-Type: multipart/digest; boundary=b\n\n--b\n\nA: b\n\none\n--b\nContent-Type: text/plain\n\ntwo\n--b--\n",
         "m(r(|one|)|two|)", ""},
    }));
    CAPTURE(c.message);
    for (const auto& message : {c.message, with_crlf(c.message)}) {
        const auto structure = read_structure(message);
        CHECK(codes(structure) == c.findings);
        check_sound(message, structure);
    }
    CHECK(tree(c.message) == c.tree);
    CHECK(tree(with_crlf(c.message)) == with_crlf(c.tree));
}

TEST_CASE("An outer boundary ends what is inside", "[mime][rfc2046-5.1.2]") {
    const auto inner = [](const std::string& boundary) {
        return "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\n\n--" + boundary + "\n\nin\n";
    };
    const auto cut = mixed + "\n--b\n" + inner("c") + "--b\n\nout\n--b--\n";
    CHECK(tree(cut) == "m(m(|in|)|out|)");
    CHECK(codes(read_structure(cut)) == "close-delimiter-missing");

    const auto longer = mixed + "\n--b\n" + inner("b-1") + "--b-1--\n--b\n\nout\n--b--\n";
    CHECK(tree(longer) == "m(m(|in|)|out|)");  // the longer boundary counts
    CHECK(codes(read_structure(longer)) == "delimiters-nested-alike");

    const auto same = mixed + "\n--b\n" + inner("b") + "--b--\n--b\n\nout\n--b--\n";
    CHECK(tree(same) == "m(m(|in|)|out|)");  // the inner one is closed first
    check_sound(same, read_structure(same));
}

TEST_CASE("A reading stops to look closer at its limits, and says so", "[mime]") {
    const auto read = [](const std::string& message) {
        const Limits limits{.depth = 2, .parts = 3, .fields = 2, .findings = 3, .field_octets = 40};
        auto structure = read_structure(message, limits);
        check_sound(message, structure);
        return structure;
    };
    const std::string rfc822 = "Content-Type: message/rfc822\n\n";
    CHECK(codes(read(rfc822 + rfc822 + "A: b\n\nbody")).empty());
    CHECK(codes(read(rfc822 + rfc822 + rfc822 + "A: b\n\nbody")) == "too-deep");
    CHECK(codes(read(mixed + "\n--b\n\n--b\n\n--b--\n")).empty());
    const auto many = mixed + "\n--b\n\n1\n--b\n\n2\n--b\n\n3\n--b--\n";
    CHECK(read(many).parts.size() == 3);
    CHECK(codes(read(many)) == "too-many-parts close-delimiter-missing");
    CHECK(codes(read("A: 1\nB: 2\n\n")).empty());
    CHECK(codes(read("A: 1\nB: 2\nC: 3\nD: 4\n\n")) == "too-many-fields");
    CHECK(codes(read("Content-Type:" + std::string(26, ' ') + "message/rfc822\n\n")).empty());
    CHECK(codes(read("Content-Type:" + std::string(27, ' ') + "message/rfc822\n\n")) == "field-too-long");
    std::string late = mixed + "\n--b\n\n--b--\n";
    for (int n = 0; n < 10; ++n) late += "--b\n";
    CHECK(read(late).findings.size() == 3);
}

TEST_CASE("Whatever comes takes time in proportion", "[mime]") {
    std::string nested;
    for (int n = 100'000; n < 200'000; ++n) {  // none is the beginning of another one
        const auto boundary = std::to_string(n);
        nested.append("Content-Type: multipart/mixed; boundary=").append(boundary).append("\n\n--").append(boundary).append("\n");
    }
    const auto deep = read_structure(nested);
    CHECK(deep.parts.size() == 101);
    CHECK(codes(deep).starts_with("too-deep"));

    std::string dashes = nested.substr(0, 10'000);
    dashes += "\n\n";
    for (int n = 0; n < 500'000; ++n) dashes += "--\n";
    CHECK(read_structure(dashes).parts.size() == 101);

    std::string header;
    for (int n = 0; n < 1'000'000; ++n) header += "A: b\n";
    const auto wide = read_structure(header + "\nbody");
    CHECK(codes(wide) == "too-many-fields");
    CHECK(wide.parts[0].body.size() == 4);

    const auto line = "Content-Type: " + std::string(50'000'000, 'x') + "\n\nbody";
    CHECK(codes(read_structure(line)) == "field-too-long");
    CHECK(read_structure(line).parts[0].body.size() == 4);
}
