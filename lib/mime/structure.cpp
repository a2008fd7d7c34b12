// SPDX-License-Identifier: ISC
#include "mime/structure.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

#include "base/ascii.hpp"
#include "mail/header.hpp"
#include "mime/content_type.hpp"
#include "mime/tally.hpp"

namespace mailpipe::mime {

namespace {

constexpr std::size_t max_boundary_octets = 70;  // RFC 2046 section 5.1.1

struct NamedField {
    std::string_view name;
    Range ContentFields::*value;
};
constexpr NamedField content_fields[] = {
    {"Content-Type", &ContentFields::type},
    {"Content-Transfer-Encoding", &ContentFields::encoding},
    {"Content-Disposition", &ContentFields::disposition},
    {"Content-ID", &ContentFields::id},
    {"Content-Description", &ContentFields::description},
    {"Content-Language", &ContentFields::language},
    {"Content-Location", &ContentFields::location},
    {"Content-MD5", &ContentFields::md5},
};

/// A multipart or message whose end has not come.
struct Open {
    std::uint32_t part;
    std::string boundary;  ///< of a multipart
    bool is_digest = false;
    bool is_closed = false;  ///< its close-delimiter has come: what follows is the epilogue
    std::uint32_t children = 0;
};

/// A line that belongs to one of the open multiparts.
struct Delimiter {
    Range line;         ///< with its end
    std::size_t level;  ///< in the stack of what is open
    bool closes;
};

class Reader {
public:
    Reader(std::string_view message, const Limits& limits) : message_(message), limits_(limits), tally_(message) {}

    Structure read() {
        skip_mbox_line();
        begin_part(0, 1, 0, false);
        auto delimiter = read_part();
        while (delimiter) delimiter = pass(*delimiter) ? read_part() : find_delimiter();
        close_down_to(0, message_.size());
        return std::move(structure_);
    }

private:
    void note(Leniency leniency, std::size_t offset) {
        if (structure_.findings.size() < limits_.findings) structure_.findings.push_back({leniency, offset});
    }

    void skip_mbox_line();
    void begin_part(std::uint32_t parent, std::uint32_t number, std::uint32_t depth, bool is_of_digest);
    std::optional<Delimiter> read_part();
    std::optional<Delimiter> read_header();
    void note_field(Part& part, const mail::Field& field, std::size_t base);
    Part::Kind kind_of(const Part& part);
    Part::Kind open_multipart(const Part& part, const ContentType& type);
    std::optional<Delimiter> find_delimiter();
    std::optional<Delimiter> delimiter_at(std::size_t begin);
    bool pass(const Delimiter& delimiter);
    void close_down_to(std::size_t level, std::size_t end);
    void end_body(std::uint32_t index, std::size_t end);

    std::string_view message_;
    const Limits& limits_;
    Structure structure_;
    std::vector<Open> open_;
    std::optional<std::uint32_t> leaf_;  // whose body, or header, is being read
    std::size_t at_ = 0;                 // where the next line begins
    Tally tally_;
};

void Reader::skip_mbox_line() {
    at_ = mail::mbox_line_octets(message_);
    if (at_ > 0) note(Leniency::mbox_line, 0);
}

void Reader::begin_part(std::uint32_t parent, std::uint32_t number, std::uint32_t depth, bool is_of_digest) {
    leaf_ = static_cast<std::uint32_t>(structure_.parts.size());
    structure_.parts.push_back({.parent = parent, .number = number, .depth = depth, .is_of_digest = is_of_digest});
    structure_.parts.back().header = {at_, at_};
}

/// The header of the part that was begun, those of the messages that it turns out to be, and all up to a delimiter.
std::optional<Delimiter> Reader::read_part() {
    for (;;) {
        if (const auto cut = read_header()) return cut;
        auto& part = structure_.parts.back();
        part.kind = kind_of(part);
        if (part.kind == Part::Kind::leaf) return find_delimiter();
        leaf_.reset();
        if (part.kind == Part::Kind::multipart) return find_delimiter();
        const auto index = static_cast<std::uint32_t>(structure_.parts.size() - 1);
        open_.push_back({index, {}});
        begin_part(index, 1, part.depth + 1, false);
    }
}

/// A delimiter, if it comes before the header's end.
std::optional<Delimiter> Reader::read_header() {
    auto& part = structure_.parts.back();
    const auto base = at_;
    const auto begun = tally_.before(base);
    mail::HeaderReader fields{message_.substr(base), message_.size()};
    std::optional<Delimiter> cut;
    std::size_t count = 0;
    std::size_t end = 0;
    while (const auto field = fields.next()) {
        cut = delimiter_at(base + field->begin);
        if (cut) break;
        end = field->end;
        if (++count <= limits_.fields) note_field(part, *field, base);
        if (count == limits_.fields + 1) note(Leniency::too_many_fields, base + field->begin);
    }
    if (!cut) {
        end = fields.body();
        cut = delimiter_at(base + end);
        if (!fields.ended_by_empty_line() && base + end < message_.size() && !cut) {
            note(Leniency::empty_line_missing, base + end);
        }
    }
    at_ = base + end;
    if (cut && !fields.ended_by_empty_line()) note(Leniency::delimiter_in_header, at_);
    const auto ended = tally_.before(at_);
    part.header = {base, at_};
    part.header_extent = {at_ - base + ended.bare - begun.bare, ended.all - begun.all};
    part.body = {at_, at_};
    part.body_extent = {ended.bare, ended.all};  // what stands before it, until end_body()
    return fields.ended_by_empty_line() ? std::nullopt : cut;
}

void Reader::note_field(Part& part, const mail::Field& field, std::size_t base) {
    if (!all_ascii(field.name)) note(Leniency::field_name_not_ascii, base + field.begin);
    const auto behind_name = base + field.begin + field.name.size();
    if (message_[behind_name] != ':') note(Leniency::blank_before_colon, behind_name);
    if (!istarts_with(field.name, "Content-")) return;
    const auto known = std::ranges::find_if(content_fields, [&](const auto& one) { return iequals(one.name, field.name); });
    if (known == std::end(content_fields)) return;
    auto& value = part.fields.*(known->value);
    if (value.end != 0) return note(Leniency::field_twice, base + field.begin);
    if (field.value.size() > limits_.field_octets) return note(Leniency::field_too_long, base + field.begin);
    const auto begin = static_cast<std::size_t>(field.value.data() - message_.data());
    value = {begin, begin + field.value.size()};
}

/// Multiparts are open then.
Part::Kind Reader::kind_of(const Part& part) {
    const auto type = content_type(message_, part);
    if (!type.is_valid) note(Leniency::type_malformed, part.fields.type.begin);
    const bool is_multipart = type.type == "multipart";
    const bool is_message = type.is_message();
    const auto encoding = transfer_encoding(message_, part);
    if (encoding == TransferEncoding::unknown) note(Leniency::encoding_unknown, part.fields.encoding.begin);
    if (!is_multipart && !is_message) return Part::Kind::leaf;

    if (part.depth >= limits_.depth) {
        note(Leniency::too_deep, part.header.begin);
        return Part::Kind::leaf;
    }
    const bool is_encoded = !is_identity(encoding);
    if (is_encoded) note(Leniency::encoding_of_composite, part.fields.encoding.begin);
    if (is_multipart) return open_multipart(part, type);
    return is_encoded ? Part::Kind::leaf : Part::Kind::message;
}

Part::Kind Reader::open_multipart(const Part& part, const ContentType& type) {
    const auto* boundary = type.parameter("boundary");
    if (boundary == nullptr || boundary->empty()) {
        note(Leniency::boundary_missing, part.fields.type.begin);
        return Part::Kind::leaf;
    }
    if (boundary->size() > max_boundary_octets) note(Leniency::boundary_too_long, part.fields.type.begin);
    const bool is_like_outer = std::ranges::any_of(open_, [&](const Open& outer) {
        return !outer.boundary.empty() && boundary->starts_with(outer.boundary);
    });
    if (is_like_outer) note(Leniency::delimiters_nested_alike, part.fields.type.begin);
    open_.push_back({static_cast<std::uint32_t>(structure_.parts.size() - 1), *boundary, type.subtype == "digest"});
    return Part::Kind::multipart;
}

/// From at_ on. Nothing at the end of the message.
std::optional<Delimiter> Reader::find_delimiter() {
    const bool can_be = std::ranges::any_of(open_, [](const Open& open) { return !open.boundary.empty(); });
    while (can_be && at_ < message_.size()) {
        const auto dash = message_.find('-', at_);
        if (dash == std::string_view::npos) break;
        at_ = dash + 1;
        if (dash > 0 && message_[dash - 1] != '\n') continue;
        if (auto delimiter = delimiter_at(dash)) return delimiter;
    }
    at_ = message_.size();
    return {};
}

/// The line that begins there, if it is one. The longest boundary counts that the line begins with (RFC 2046 section
/// 5.1.1: of the line no more than its beginning has to be the boundary), and of two alike the inner one.
std::optional<Delimiter> Reader::delimiter_at(std::size_t begin) {
    const auto text = message_.substr(begin);
    if (!text.starts_with("--")) return {};
    const auto candidate = text.substr(2);
    std::optional<std::size_t> best;
    bool is_late = false;
    for (std::size_t level = 0; level < open_.size(); ++level) {
        const auto& boundary = open_[level].boundary;
        if (boundary.empty() || !candidate.starts_with(boundary)) continue;
        is_late = is_late || open_[level].is_closed;
        if (open_[level].is_closed) continue;
        if (!best || boundary.size() >= open_[*best].boundary.size()) best = level;
    }
    if (!best && is_late) note(Leniency::delimiter_after_close, begin);
    if (!best) return {};
    const auto end = std::min(message_.find('\n', begin), message_.size() - 1) + 1;
    return Delimiter{{begin, end}, *best, candidate.substr(open_[*best].boundary.size()).starts_with("--")};
}

/// True when another part begins behind it.
bool Reader::pass(const Delimiter& delimiter) {
    auto end = delimiter.line.begin;
    if (end > 0 && message_[end - 1] == '\n') --end;
    if (end > 0 && message_[end - 1] == '\r') --end;
    close_down_to(delimiter.level + 1, end);
    at_ = delimiter.line.end;

    auto& open = open_[delimiter.level];
    const auto behind = delimiter.line.begin + 2 + open.boundary.size() + (delimiter.closes ? 2 : 0);
    if (!trim(Range{behind, std::max(behind, at_)}.of(message_)).empty()) note(Leniency::delimiter_goes_on, behind);
    if (delimiter.closes) {
        open.is_closed = true;
        return false;
    }
    if (structure_.parts.size() >= limits_.parts) {
        note(Leniency::too_many_parts, delimiter.line.begin);
        at_ = message_.size();
        return false;
    }
    const auto part = open.part;
    begin_part(part, ++open.children, structure_.parts[part].depth + 1, open.is_digest);
    return true;
}

void Reader::close_down_to(std::size_t level, std::size_t end) {
    if (leaf_) end_body(*leaf_, end);
    leaf_.reset();
    for (; open_.size() > level; open_.pop_back()) {
        const auto& open = open_.back();
        end_body(open.part, end);
        if (open.boundary.empty() || open.is_closed) continue;
        note(open.children == 0 ? Leniency::delimiter_missing : Leniency::close_delimiter_missing, end);
    }
}

void Reader::end_body(std::uint32_t index, std::size_t end) {
    auto& part = structure_.parts[index];
    part.body.end = std::max(end, part.body.begin);  // an empty body's line end may be the header's
    const auto before = part.body_extent;
    const auto ended = part.body.size() == 0 ? LineEnds{before.lines, before.octets} : tally_.before(part.body.end);
    part.body_extent = {part.body.size() + ended.bare - before.octets, ended.all - before.lines};
}

}  // namespace

Structure read_structure(std::string_view message, const Limits& limits) { return Reader{message, limits}.read(); }

}  // namespace mailpipe::mime
