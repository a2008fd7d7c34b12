// SPDX-License-Identifier: ISC
#include "html/attributes.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "html/references.hpp"
#include "html/tokens.hpp"
#include "text/lexemes.hpp"
#include "html/visibility.hpp"

namespace mailpipe::html {

namespace {

enum Name : std::size_t { href, alt, start, value, hidden, style, width, height, name_count };
constexpr std::array<std::string_view, name_count> names = {
    "href", "alt", "start", "value", "hidden", "style", "width", "height",
};

using Values = std::array<std::optional<std::string_view>, name_count>;

Values read_values(std::string_view text) {
    Values values;
    while (const auto attribute = take_attribute(text)) {
        const auto is_this = [&](std::string_view name) { return iequals(name, attribute->name); };
        const auto found = std::ranges::find_if(names, is_this);
        if (found == names.end()) continue;
        auto& known = values[static_cast<std::size_t>(found - names.begin())];
        if (!known) known = attribute->value;
    }
    return values;
}

/// The digits at the front.
std::optional<std::size_t> number_of(const std::optional<std::string_view>& text) {
    constexpr std::ptrdiff_t max_digits = 9;
    std::size_t number = 0;
    const auto digits = trim(text.value_or(""));
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end - digits.data() > max_digits) return {};
    return number;
}

/// Of a style's declarations the last counts.
bool hides(std::string_view style) {
    bool is_none = false;
    while (!style.empty()) {
        const auto end = std::min(style.find(';'), style.size());
        const auto declaration = style.substr(0, end);
        const auto colon = std::min(declaration.find(':'), declaration.size());
        if (iequals(trim(declaration.substr(0, colon)), "display")) {
            is_none = istarts_with(trim(declaration.substr(std::min(colon + 1, declaration.size()))), "none");
        }
        style.remove_prefix(std::min(end + 1, style.size()));
    }
    return is_none;
}

/// URL standard, section 4.4: blanks and controls at the ends, line ends and tabs anywhere are no part of it.
std::string cleaned(std::string_view href) {
    auto url = undo_references(href);
    std::erase_if(url, [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
    const auto is_cut = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
    url.erase(std::find_if_not(url.rbegin(), url.rend(), is_cut).base(), url.end());
    url.erase(url.begin(), std::ranges::find_if_not(url, is_cut));
    return url;
}

std::string_view without_scheme(std::string_view url) {
    for (const std::string_view scheme : {"http://", "https://", "mailto:"}) {
        if (istarts_with(url, scheme)) url.remove_prefix(scheme.size());
    }
    if (url.ends_with('/')) url.remove_suffix(1);
    return url;
}

}  // namespace

Attributes read_attributes(std::string_view text) {
    Attributes made;
    if (text.empty()) return made;  // as most are
    const auto values = read_values(text);
    made.href = values[href].value_or("");
    made.alt = values[alt].value_or("");
    made.number = number_of(values[start] ? values[start] : values[value]);
    made.is_hidden = values[hidden] || (values[style] && hides(undo_references(*values[style])));
    made.is_dot = number_of(values[width]).value_or(2) < 2 || number_of(values[height]).value_or(2) < 2;
    return made;
}

std::string link_target(std::string_view href) {
    const auto url = cleaned(href);
    const bool leads_out = istarts_with(url, "http:") || istarts_with(url, "https:") || istarts_with(url, "mailto:");
    if (!leads_out) return {};
    std::string target;
    for (std::string_view left{url}; !left.empty();) {
        auto after = left;
        const auto character = take_character(after);
        const auto octets = left.substr(0, left.size() - after.size());
        left = after;
        if (visibility(character) == Visibility::visible && character != '<' && character != '>') {
            target += octets;
            continue;
        }
        for (const char octet : octets) text::append_escaped(target, octet, '%');
    }
    return target;
}

bool tells_target(std::string_view text, std::string_view target) { return without_scheme(text) == without_scheme(target); }

}  // namespace mailpipe::html
