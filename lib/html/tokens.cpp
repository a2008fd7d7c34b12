// SPDX-License-Identifier: ISC
#include "html/tokens.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/ascii.hpp"

namespace mailpipe::html {

namespace {

using Set = std::array<bool, 256>;

constexpr Set set_of(std::string_view members) {
    Set set{};
    for (const char c : members) set[static_cast<unsigned char>(c)] = true;
    return set;
}

constexpr bool has(const Set& set, char c) { return set[static_cast<unsigned char>(c)]; }

constexpr auto blanks = set_of(" \t\n\f\r");
constexpr auto between_attributes = set_of(" \t\n\f\r/");
constexpr auto after_tag_name = set_of(" \t\n\f\r/>");
constexpr auto after_attribute_name = set_of(" \t\n\f\r/>=");
constexpr auto after_value = set_of(" \t\n\f\r>");

void skip(std::string_view& text, const Set& set) {
    std::size_t at = 0;
    while (at < text.size() && has(set, text[at])) ++at;
    text.remove_prefix(at);
}

/// What is before the next of the set or, with `least`, at least so many octets; taken off.
std::string_view take_until(std::string_view& text, const Set& set, std::size_t least = 0) {
    auto at = std::min(least, text.size());
    while (at < text.size() && !has(set, text[at])) ++at;
    const auto taken = text.substr(0, at);
    text.remove_prefix(at);
    return taken;
}

std::string_view take_value(std::string_view& text) {
    const char quote = text.empty() ? '\0' : text.front();
    if (quote != '"' && quote != '\'') return take_until(text, after_value);
    text.remove_prefix(1);
    const auto end = std::min(text.find(quote), text.size());
    const auto value = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return value;
}

/// `text` begins with "<name" or "</name", and the name ends there.
bool begins_tag(std::string_view text, std::string_view tag) {
    return istarts_with(text, tag) && text.size() > tag.size() && has(after_tag_name, text[tag.size()]);
}

/// Where the content of a script ends, which may have scripts in its comments: WHATWG HTML section 13.2.5.4 and on.
std::size_t script_octets(std::string_view text) {
    enum class State { plain, in_comment, script_in_comment } state = State::plain;
    for (std::size_t at = 0; (at = text.find_first_of("<-", at)) != std::string_view::npos; ++at) {
        const auto rest = text.substr(at);
        if (state == State::plain && rest.starts_with("<!--")) {
            state = State::in_comment;
            ++at;  // its own dashes count for "-->"
        } else if (state != State::plain && rest.starts_with("-->")) {
            state = State::plain;
        } else if (state == State::in_comment && begins_tag(rest, "<script")) {
            state = State::script_in_comment;
        } else if (begins_tag(rest, "</script")) {
            if (state != State::script_in_comment) return at;
            state = State::in_comment;
        }
    }
    return text.size();
}

std::size_t raw_octets(std::string_view text, const Element& element) {
    if (element.content == Content::rest) return text.size();
    if (element.content == Content::script) return script_octets(text);
    const auto tag = std::string{"</"} + element.name;
    for (std::size_t at = 0; (at = text.find('<', at)) != std::string_view::npos; ++at) {
        if (begins_tag(text.substr(at), tag)) return at;
    }
    return text.size();
}

}  // namespace

std::optional<Attribute> take_attribute(std::string_view& text) {
    skip(text, between_attributes);
    if (text.empty() || text.front() == '>') return {};
    Attribute attribute{take_until(text, after_attribute_name, 1), {}};
    skip(text, blanks);
    if (!text.starts_with('=')) return attribute;
    text.remove_prefix(1);
    skip(text, blanks);
    attribute.value = take_value(text);
    return attribute;
}

std::optional<Token> Tokens::next() {
    if (const auto* element = std::exchange(raw_, nullptr)) {
        const auto octets = raw_octets(rest_, *element);
        if (octets > 0) return text(octets, element->content == Content::escapable_raw);
    }
    while (!rest_.empty()) {
        if (rest_.front() != '<') return text(std::min(rest_.find('<'), rest_.size()), true);
        const char c = rest_.size() > 1 ? rest_[1] : '\0';
        const char d = rest_.size() > 2 ? rest_[2] : '\0';
        if (is_alpha(c)) return tag(Token::Kind::start_tag);
        if (c == '/' && is_alpha(d)) return tag(Token::Kind::end_tag);
        const bool is_comment = c == '!' || c == '?' || (c == '/' && rest_.size() > 2);
        if (!is_comment) return text(std::min(rest_.find('<', 1), rest_.size()), true);
        skip_comment();
    }
    return {};
}

Token Tokens::text(std::size_t octets, bool has_references) {
    const Token token{.kind = Token::Kind::text, .text = rest_.substr(0, octets), .has_references = has_references};
    rest_.remove_prefix(octets);
    return token;
}

std::optional<Token> Tokens::tag(Token::Kind kind) {
    rest_.remove_prefix(kind == Token::Kind::start_tag ? 1 : 2);
    const auto* element = find_element(take_until(rest_, after_tag_name));
    const auto attributes = rest_;
    while (take_attribute(rest_)) {}
    if (rest_.empty()) return {};
    const Token token{.kind = kind, .element = element, .attributes = attributes.substr(0, attributes.size() - rest_.size())};
    rest_.remove_prefix(1);
    if (kind == Token::Kind::start_tag && element != nullptr && element->content != Content::markup) raw_ = element;
    return token;
}

/// Comments with all their ends ("-->", "--!>", "<!-->", "<!--->"); what only looks like one ends at the first '>', as do
/// DOCTYPE, CDATA (which is none in HTML) and "<![if !mso]>".
void Tokens::skip_comment() {
    const bool is_full = rest_.starts_with("<!--");
    const auto begin = std::size_t{is_full ? 4u : 2u};
    for (auto at = begin; (at = rest_.find('>', at)) != std::string_view::npos; ++at) {
        const auto comment = rest_.substr(begin, at - begin);
        const bool is_end = comment.empty() || comment == "-" || comment.ends_with("--") || comment.ends_with("--!");
        if (!is_full || is_end) {
            rest_.remove_prefix(at + 1);
            return;
        }
    }
    rest_ = {};
}

}  // namespace mailpipe::html
