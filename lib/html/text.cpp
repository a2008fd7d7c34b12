// SPDX-License-Identifier: ISC
#include "html/text.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "text/charset.hpp"
#include "html/attributes.hpp"
#include "html/lines.hpp"
#include "html/open_elements.hpp"
#include "html/references.hpp"
#include "html/tokens.hpp"

namespace mailpipe::html {

namespace {

using Blanks = Lines::Blanks;

class Rendering {
public:
    Rendering(std::string_view html, Links links) : tokens_(html), links_(links) {}

    std::string run() {
        while (const auto token = tokens_.next()) {
            if (token->kind == Token::Kind::text) text(*token);
            else if (token->element == nullptr) continue;
            else if (token->kind == Token::Kind::start_tag) start(*token->element, token->attributes);
            else end(*token->element);
        }
        end_link();
        return std::move(lines_).finish();
    }

private:
    void text(const Token& token);
    void start(const Element& element, std::string_view attributes);
    void place(Role role, const Attributes& attributes);
    void image(const Attributes& attributes);
    void end(const Element& element);
    void imply_ends(Role role);
    void enter(OpenElement& open, const Attributes& attributes);
    void leave(const OpenElement& open);
    void end_down_to(std::size_t depth);
    void item(OpenElement& open, const Attributes& attributes);
    void begin_link(std::string_view href);
    void end_link();

    /// What is outside of a table or cell no tag in it ends.
    std::size_t wall() const { return std::max(open_.last(Role::table), open_.last(Role::cell)); }
    bool is_hidden() const { return hidden_ > 0; }
    Blanks blanks() const { return preformatted_ > 0 ? Blanks::keep : Blanks::collapse; }

    Tokens tokens_;
    Links links_;
    Lines lines_;
    OpenElements open_;
    std::size_t hidden_ = 0;        // open elements that hide
    std::size_t preformatted_ = 0;  // open elements that keep blanks
    std::string target_;            // of the link; empty: there is none
    bool link_has_image_ = false;
};

void Rendering::text(const Token& token) {
    if (is_hidden()) return;
    auto left = token.text;
    while (token.has_references) {
        const auto plain = left.find('&');
        if (plain == std::string_view::npos) break;
        lines_.text(left.substr(0, plain), blanks());
        left.remove_prefix(plain);
        const auto reference = reference_at_front(left, ReferencePlace::text);
        std::string character;
        append_character(character, reference.octets > 0 ? reference.character : U'&');
        lines_.text(character, blanks());
        left.remove_prefix(std::max<std::size_t>(reference.octets, 1));
    }
    lines_.text(left, blanks());
}

void Rendering::start(const Element& element, std::string_view as_they_stand) {
    imply_ends(element.role);
    const auto attributes = is_hidden() ? Attributes{} : read_attributes(as_they_stand);
    const bool hides = attributes.is_hidden || element.role == Role::hidden;
    if (is_void(element.role)) {
        if (!is_hidden() && !hides) place(element.role, attributes);
        return;
    }
    if (is_in_line(element.role) && !is_hidden() && !hides) {
        if (element.role == Role::link) begin_link(attributes.href);
        return;  // whether it ends makes no difference
    }
    if (!open_.push({.element = &element, .hides = hides})) return;
    if (hides) ++hidden_;
    if (!is_hidden()) enter(open_.top(), attributes);
}

void Rendering::place(Role role, const Attributes& attributes) {
    if (role == Role::line_break) lines_.break_line();
    if (role == Role::rule) lines_.rule();
    if (role == Role::image && !attributes.is_dot) image(attributes);
}

void Rendering::image(const Attributes& attributes) {
    link_has_image_ = true;
    const auto alt = undo_references(attributes.alt);
    if (std::ranges::none_of(alt, [](char c) { return static_cast<unsigned char>(c) > ' '; })) return;
    lines_.text("[", Blanks::collapse);
    lines_.text(trim(alt), Blanks::collapse);
    lines_.text("]", Blanks::collapse);
}

/// WHATWG HTML section 13.2.6.4.7: an end tag that none has opened here does nothing, but for </p> and </br>.
void Rendering::end(const Element& element) {
    const auto role = element.role;
    if (role == Role::line_break && !is_hidden()) return lines_.break_line();
    if (role == Role::link) end_link();
    const auto depth = role == Role::heading ? open_.last(role) : open_.last(element);
    const bool is_of_table = role == Role::section || role == Role::row || role == Role::cell;
    auto within = wall();
    if (role == Role::table) within = 0;
    else if (is_of_table) within = open_.last(Role::table);
    else if (is_in_line(role)) within = open_.last_block();
    else if (role == Role::item) within = std::max(within, open_.last(Role::list));
    if (depth > within) end_down_to(depth);
    else if (role == Role::paragraph && !is_hidden()) lines_.end_paragraph();
}

/// End tags that may be left out: WHATWG HTML section 13.1.2.4.
void Rendering::imply_ends(Role role) {
    if (is_in_line(role) || (is_void(role) && role != Role::rule)) return;
    const auto end = [this](std::size_t depth, std::size_t within) {
        if (depth > within) end_down_to(depth);
    };
    const auto table = open_.last(Role::table);
    if (role == Role::cell) return end(open_.last(Role::cell), table);
    if (role == Role::row) return end(open_.last(Role::row), table);
    if (role == Role::section) {
        end(open_.last(Role::section), table);
        return end(open_.last(Role::row), table);
    }
    end(open_.last(Role::paragraph), wall());
    if (role == Role::item) end(open_.last(role), std::max(wall(), open_.last(Role::list)));
    if (role == Role::term || role == Role::definition) {
        const auto within = std::max(wall(), open_.last(Role::definitions));
        end(open_.last(Role::term), within);
        end(open_.last(Role::definition), within);
    }
}

void Rendering::end_down_to(std::size_t depth) {
    while (open_.depth() >= depth) {
        const auto open = open_.pop();
        if (!is_hidden()) leave(open);
        if (open.hides) --hidden_;
    }
}

void Rendering::enter(OpenElement& open, const Attributes& attributes) {
    switch (open.element->role) {
        case Role::block: case Role::term: return lines_.end_line();
        case Role::paragraph: case Role::heading: case Role::definitions: return lines_.end_paragraph();
        case Role::list:
            open.number = attributes.number.value_or(1);
            return open_.last(Role::item) > 0 ? lines_.end_line() : lines_.end_paragraph();
        case Role::item: return item(open, attributes);
        case Role::definition: open.indent = lines_.indent("  ", "  "); return;
        case Role::quote:
            lines_.end_paragraph();
            open.indent = lines_.indent("> ", "> ");
            return;
        case Role::preformatted:
            lines_.end_paragraph();
            ++preformatted_;
            return;
        case Role::table: open.number = lines_.begin_table(); return;
        case Role::row: return lines_.end_line();
        case Role::cell: return lines_.begin_cell();
        case Role::phrase: case Role::link: case Role::hidden: case Role::section: case Role::line_break: case Role::rule:
        case Role::image: case Role::empty: return;
    }
}

void Rendering::leave(const OpenElement& open) {
    switch (open.element->role) {
        case Role::block: case Role::term: return lines_.end_line();
        case Role::paragraph: case Role::heading: case Role::definitions: return lines_.end_paragraph();
        case Role::list: return open_.last(Role::item) > 0 ? lines_.end_line() : lines_.end_paragraph();
        case Role::item: case Role::definition: return lines_.outdent(open.indent);
        case Role::quote:
            lines_.outdent(open.indent);
            return lines_.end_paragraph();
        case Role::preformatted:
            --preformatted_;
            return lines_.end_paragraph();
        case Role::table: return lines_.end_table(open.number);
        case Role::row: return lines_.end_row();
        case Role::cell: return end_link();
        case Role::phrase: case Role::link: case Role::hidden: case Role::section: case Role::line_break: case Role::rule:
        case Role::image: case Role::empty: return;
    }
}

void Rendering::item(OpenElement& open, const Attributes& attributes) {
    std::string mark = "* ";
    const auto list = open_.last(Role::list);
    if (list > wall() && std::string_view{open_.at(list).element->name} == "ol") {
        auto& number = open_.at(list).number;
        number = attributes.number.value_or(number);
        mark = std::to_string(number++) + ". ";
    }
    open.indent = lines_.indent(mark, std::string(mark.size(), ' '));
}

void Rendering::begin_link(std::string_view href) {
    end_link();
    if (links_ == Links::names) return;
    target_ = link_target(href);
    link_has_image_ = false;
    lines_.mark();
}

void Rendering::end_link() {
    if (target_.empty()) return;
    const auto name = lines_.marked();
    const auto shown = "<" + target_ + ">";
    if (name.empty() && link_has_image_) lines_.text(shown, Blanks::collapse);
    else if (!name.empty() && !tells_target(name, target_)) lines_.append(" " + shown);
    target_.clear();
}

}  // namespace

std::string to_text(std::string_view html, Links links) {
    if (is_utf8(html)) return Rendering{html, links}.run();
    return Rendering{text::to_utf8(html, "utf-8"), links}.run();
}

}  // namespace mailpipe::html
