// SPDX-License-Identifier: ISC
#include "store/index/file_name.hpp"

#include "base/number.hpp"
#include "store/maildir_name.hpp"
#include "store/uid_map.hpp"

namespace mailpipe::store {

namespace {

std::string cur_name(std::string_view base, std::uint32_t flags, std::uint32_t keywords) {
    return std::string{base} + ":2," + flag_letters(flags, keywords);
}

/// Whether it is what cur_name() makes.
bool is_cur_name(std::string_view name, std::string_view base, const Letters& letters) {
    constexpr std::string_view mark = ":2,";
    const auto info = name.substr(base.size());
    if (letters.has_others || !info.starts_with(mark)) return false;
    return info.substr(mark.size()) == flag_letters(letters.flags, letters.keywords);
}

}  // namespace

std::string file_name(const IndexFile& index, const Record& record) {
    const auto stored = index.name(record);
    if (stored.find('/') != std::string_view::npos) return {};  // a damaged index leads out of no folder
    if ((record.flags & (state::whole_name | state::in_new)) != 0) return std::string{stored};
    return cur_name(stored, record.flags, record.keywords);
}

NamedState read_file_name(std::string_view name, Place place) { return read_file_name(parse_maildir_name(name), name, place); }

NamedState read_file_name(const MaildirName& parsed, std::string_view name, Place place) {
    const auto letters = parse_letters(parsed.flags);
    NamedState named{letters.flags, letters.keywords, parsed.base};
    const bool is_new = place == Place::in_new;
    if (is_new) named.flags |= state::in_new;
    const bool is_usual = is_new ? name == parsed.base : is_cur_name(name, parsed.base, letters);
    if (is_usual) return named;
    named.flags |= state::whole_name;
    named.stored = name;
    return named;
}

Record make_record(std::uint32_t uid, std::string_view name, Place place, std::string_view keys, std::string& names) {
    const auto parsed = parse_maildir_name(name);
    const auto named = read_file_name(parsed, name, place);
    const UidRecord line{uid, keys, {}};
    const auto guid = key_value(line, 'G').value_or("");
    const auto size = [&](const std::optional<std::uint64_t>& told, char key) {
        if (told) return *told;
        const auto value = key_value(line, key);
        return value ? to_number<std::uint64_t>(*value).value_or(Record::unknown_octets) : Record::unknown_octets;
    };
    Record record{};
    record.uid = uid;
    record.flags = named.flags;
    record.keywords = named.keywords;
    record.name_octets = static_cast<std::uint16_t>(named.stored.size());
    record.guid_octets = static_cast<std::uint16_t>(guid.size() <= 255 ? guid.size() : 0);
    record.name = names.size();
    record.octets = size(parsed.octets(), 'S');
    record.wire_octets = size(parsed.wire_octets(), 'W');
    record.internal_date = Record::unknown_date;
    names.append(named.stored).append(guid.substr(0, record.guid_octets));
    return record;
}

}  // namespace mailpipe::store
