// SPDX-License-Identifier: ISC
#include "store/uid_map.hpp"

#include <cstring>

#include <fmt/format.h>

#include "base/number.hpp"

namespace mailpipe::store {

namespace {

std::string_view take_word(std::string_view& text) {
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(end);
    return word;
}

void skip_blanks(std::string_view& text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
}

bool is_whole_number(std::string_view text, std::uint32_t& value) {
    value = to_number<std::uint32_t>(text).value_or(0);
    return value != 0;
}

bool is_hex_128(std::string_view text) {
    return text.size() == 32 && text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

}  // namespace

std::optional<std::string_view> key_value(const UidRecord& record, char key) {
    auto left = record.keys;
    while (!left.empty()) {
        const auto word = take_word(left);
        if (word.starts_with(key)) return word.substr(1);
        skip_blanks(left);
    }
    return {};
}

UidMap UidMap::parse(std::string text) {
    UidMap map;
    map.text_ = std::make_unique<std::string>(std::move(text));
    std::string_view left{*map.text_};
    map.must_be_rewritten_ = !left.ends_with('\n');
    for (bool first = true; !left.empty(); first = false) {
        const auto end = left.find('\n');
        if (end == std::string_view::npos) break;
        const auto line = left.substr(0, end);
        left.remove_prefix(end + 1);
        if (first && !map.parse_header(line)) return {};
        if (!first && !map.parse_record(line)) {
            // Nobody may get the UID that the lost line may have had.
            map.must_be_rewritten_ = true;
            if (map.next_uid_ < UINT32_MAX) ++map.next_uid_;
        }
    }
    return map;
}

bool UidMap::parse_header(std::string_view line) {
    if (line.starts_with("3 ")) {
        version_ = 3;
        return parse_v3_header(line.substr(2));
    }
    if (!line.starts_with("1 ")) return false;
    version_ = 1;
    must_be_rewritten_ = true;
    line.remove_prefix(2);
    const auto validity = take_word(line);
    skip_blanks(line);
    return is_whole_number(validity, uid_validity_) && is_whole_number(take_word(line), next_uid_);
}

bool UidMap::parse_v3_header(std::string_view fields) {
    bool has_next = false;
    for (skip_blanks(fields); !fields.empty(); skip_blanks(fields)) {
        const auto word = take_word(fields);
        const auto value = word.substr(1);
        switch (word.front()) {
            case 'V':
                if (!is_whole_number(value, uid_validity_)) return false;
                break;
            case 'N':
                if (!is_whole_number(value, next_uid_)) return false;
                has_next = true;
                break;
            case 'G':
                if (is_hex_128(value)) guid_ = value;
                break;
            default: other_keys_.append(" ").append(word);
        }
    }
    must_be_rewritten_ = must_be_rewritten_ || guid_.empty();
    return uid_validity_ != 0 && has_next;
}

bool UidMap::parse_record(std::string_view line) {
    const auto uid = take_number<std::uint32_t>(line).value_or(0);
    if (uid == 0 || uid == UINT32_MAX || !line.starts_with(' ')) return false;
    if (!records_.empty() && uid <= records_.back().uid) return false;
    skip_blanks(line);

    UidRecord record{uid, {}, {}};
    if (version_ == 3) {
        const char* keys = line.data();
        const char* keys_end = keys;
        while (!line.empty() && line.front() != ':') {
            const auto word = take_word(line);
            keys_end = word.data() + word.size();
            skip_blanks(line);
        }
        if (line.empty()) return false;
        line.remove_prefix(1);
        record.keys = {keys, static_cast<std::size_t>(keys_end - keys)};
    }
    record.base = line.substr(0, line.find(':'));  // older versions wrote the flags too
    if (record.base.empty() || record.base.find('/') != std::string_view::npos) return false;
    records_.push_back(record);
    if (uid >= next_uid_) next_uid_ = uid + 1;
    return true;
}

void UidMap::forget_all() {
    UidMap anew;
    anew.guid_ = std::move(guid_);
    *this = std::move(anew);
}

std::string UidMap::header_line(std::uint32_t next_uid) const {
    return fmt::format("3 V{} N{} G{}{}\n", uid_validity_, next_uid, guid_, other_keys_);
}

void append_record(std::string& text, const UidRecord& record) {
    text += std::to_string(record.uid);
    if (!record.keys.empty()) text.append(" ").append(record.keys);
    text.append(" :").append(record.base).append("\n");
}

}  // namespace mailpipe::store
