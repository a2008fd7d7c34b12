// SPDX-License-Identifier: ISC
#include "mail/address_format.hpp"

#include <algorithm>
#include <string_view>

#include "base/ascii.hpp"
#include "text/encoded_word.hpp"
#include "text/lexemes.hpp"
#include "text/line.hpp"

namespace mailpipe::mail {

namespace {

constexpr std::size_t max_plain_name = 60;

bool is_atom(char c) { return is_alnum(c) || std::string_view{"!#$%&'*+-/=?^_`{|}~ "}.find(c) != std::string_view::npos; }

/// phrase: atoms, a quoted-string, or encoded-words, which the plain ones among its words must not be taken for.
std::string name_text(const std::string& name, std::size_t column) {
    const bool is_plain = all_ascii(name) && name.find("=?") == name.npos && std::ranges::none_of(name, is_control);
    if (!is_plain || name.size() > max_plain_name) return text::encode_phrase(name, column);
    if (std::ranges::all_of(name, is_atom) && trim(name) == name && name.find("  ") == name.npos) return name;
    return text::in_quotes(name);
}

class Writing {
public:
    explicit Writing(std::size_t column) : column_(column) {}

    void add(const Group& group) {
        if (group.name) put_item(name_text(*group.name, column_ + 1), ":");
        for (const auto& member : group.members) {
            const auto comma = &member == &group.members.back() ? "" : ",";
            if (member.name.empty()) {
                put_item(addr_spec(member), comma);
            } else {
                put_item(name_text(member.name, column_ + 1), "");
                put_item("<" + addr_spec(member) + ">", comma);
            }
        }
        if (group.name) put(";");
    }
    void comma() { put(","); }
    std::string text() && { return std::move(out_); }

private:
    /// After a blank, in a new line where it does not fit.
    void put_item(const std::string& item, std::string_view behind) {
        const auto first_line = std::min(item.find('\n'), item.size());
        if (!out_.empty()) {
            const bool fits = column_ + 1 + first_line + behind.size() + 1 <= text::folded_line_octets;
            put(fits || item.starts_with('\n') ? "" : "\n");
            put(item.starts_with('\n') ? "" : " ");
        }
        put(item);
        put(behind);
    }
    void put(std::string_view text) {
        const auto end = text.rfind('\n');
        out_ += text;
        column_ = end == std::string_view::npos ? column_ + text.size() : text.size() - end - 1;
    }

    std::string out_;
    std::size_t column_;
};

}  // namespace

std::string format_address_list(const AddressList& list, std::size_t column) {
    Writing writing{column};
    for (const auto& group : list.groups) {
        writing.add(group);
        if (&group != &list.groups.back()) writing.comma();
    }
    return std::move(writing).text();
}

}  // namespace mailpipe::mail
