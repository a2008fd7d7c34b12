// SPDX-License-Identifier: ISC
// mail-parser's Content-Types and Content-Dispositions, read as it says. The table tells where they are not, and why.
#include "support/vectors.hpp"

#include <algorithm>

#include "mime/content_type.hpp"
#include "text/encoded_word.hpp"

using namespace mailpipe;
using nlohmann::json;

namespace {

const Departures departures = {
    {"34", {R"json(["image","jpeg",[["name","áéí.jpeg"]]])json",
           "blanks between encoded-words are none: RFC 2047 section 6.2"}},
    {"39", {R"json(["text","plain",[]])json",
           "no type: text/plain by RFC 2045 section 5.2"}},
    {"47", {R"json(["text","plain",[]])json",
           "no type: text/plain by RFC 2045 section 5.2"}},
    {"48", {R"json(["text","plain",[]])json",
           "no type: text/plain by RFC 2045 section 5.2"}},
    {"54", {R"json(["text","plain",[]])json",
           "type and subtype are ASCII: RFC 2045 section 5.1"}},
    {"58", {R"json(["text","plain",[]])json",
           "no type: text/plain by RFC 2045 section 5.2"}},
    {"59", {R"json(["test","encoded",[["*","test"],["key","f\u0000oobaz"],["key2","ab%"],["key3","xyzplop%"],["key3-language","en"],["key4","foo"]]])json",
           "a value ends where a section is missing: RFC 2231 section 3"}},
    {"61", {R"json(["malicious","attempt",[["*****7*8*","e"],["*5**6*","d"],["15*x***fff*","==g"],["3","b"],["4***","c"],["9*10*11*12*13*14","f"]]])json",
           "more stars than RFC 2231 section 7 has make another name"}},
    {"67", {R"json(["text","plain",[]])json",
           "no type: text/plain by RFC 2045 section 5.2"}},
    {"68", {R"json(["text","plain",[]])json",
           "no type: text/plain by RFC 2045 section 5.2"}},
    {"69", {R"json(["text","plain",[]])json",
           "no type: text/plain by RFC 2045 section 5.2"}},
    {"76", {R"json(["text","plain",[]])json",
           "no slash in a subtype: RFC 2045 section 5.1"}},
    {"77", {R"json(["text","plain",[["charset","us-ascii"]]])json",
           "no slash in a subtype: RFC 2045 section 5.1"}},
    {"78", {R"json(["text","plain",[["charset","us-ascii"]]])json",
           "no slash in a subtype: RFC 2045 section 5.1"}},
};

json attributes(const mime::Parameters& parameters) {
    auto all = json::array();
    for (const auto& parameter : parameters.all) {
        if (!parameter.language.empty()) all.push_back({parameter.name + "-language", parameter.language});
        all.push_back({parameter.name, parameter.is_extended ? parameter.value : text::decode_phrase(parameter.value)});
    }
    return all;
}

json shown(const std::string& value, const json& expected) {
    if (!expected.is_null() && (expected.at("c_type") == "inline" || expected.at("c_type") == "attachment")) {
        const auto disposition = mime::parse_disposition(value);
        return {disposition.type, json{}, attributes(disposition.parameters)};
    }
    const auto content = mime::parse_content_type(value);
    if (expected.is_null() && !content.is_valid) return nullptr;  // text/plain is no better
    return {content.type, content.subtype, attributes(content.parameters)};
}

/// In the order of names, which mail-parser does not keep.
std::string sorted(json value) {
    if (value.is_array()) std::sort(value[2].begin(), value[2].end());
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json list_of(const json& expected) {
    if (expected.is_null()) return expected;
    const auto attributes = expected.value("attributes", json{});
    return {expected.at("c_type"), expected.value("c_subtype", json{}), attributes.is_null() ? json::array() : attributes};
}

}  // namespace

TEST_CASE("mail-parser's content types are read as it says", "[mime][vectors][header-vectors]") {
    for (std::size_t i = 0; const auto& test : vectors("header-vectors/content_type.json")) {
        const auto& expected = test.at("expected");
        check_vector(std::to_string(i++), sorted(shown(field_value(test), expected)), sorted(list_of(expected)), departures);
    }
}
