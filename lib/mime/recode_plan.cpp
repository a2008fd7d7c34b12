// SPDX-License-Identifier: ISC
#include "mime/recode_plan.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "mail/header.hpp"
#include "mime/content.hpp"
#include "mime/delimiter_watch.hpp"
#include "mime/part_number.hpp"
#include "mime/survey.hpp"

namespace mailpipe::mime {

namespace {

using Kind = Part::Kind;
using enum TransferEncoding;

/// What is known of a part before its body is looked at.
struct Facts {
    TransferEncoding encoding;
    bool is_text;
    bool is_composite;             ///< multipart or message, opened or not
    std::string boundary;          ///< of a multipart
    std::optional<Reason> shut;    ///< nothing may change in it
    bool has_encoding, has_version, is_header_sound;
    TransferEncoding holds = seven_bit;  ///< the most that its body will hold then
    std::size_t seen;                    ///< of a composite: up to where its body was looked at, or is a part
};

bool is_sealed(const ContentType& type) {
    if (type.type == "multipart") return type.subtype == "signed" || type.subtype == "encrypted";
    const auto subtype = std::string_view{type.subtype}.substr(type.subtype.starts_with("x-") ? 2 : 0);
    return type.type == "application" && (subtype == "pkcs7-mime" || subtype == "pkcs7-signature");
}

std::string_view line_end(std::string_view header) { return header.ends_with("\r\n") ? "\r\n" : "\n"; }

class Planner {
public:
    explicit Planner(std::string_view message) : message_(message), structure_(read_structure(message)) {
        for (std::size_t index = 0; index < structure_.parts.size(); ++index) facts_.push_back(facts_of(index));
    }

    Plan to_7bit();
    Plan to_8bit();

private:
    Facts facts_of(std::size_t index);
    void read_fields(const Part& part, Facts& facts) const;
    std::string_view header_of(std::size_t index) const { return structure_.parts[index].header.of(message_); }
    std::string_view body_of(std::size_t index) const { return structure_.parts[index].body.of(message_); }
    bool is_of_message(const Part& part) const;
    std::optional<Reason> refusal(std::size_t index) const;

    void survey_header(std::size_t index);
    void survey_outside(std::size_t index, std::size_t end);
    void plan_encoding(std::size_t index);
    void plan_decoding(std::size_t index);
    std::optional<Reason> hindrance(std::size_t index, TransferEncoding& becomes) const;
    std::vector<std::string_view> boundaries_around(std::size_t index) const;
    void change_body(std::size_t index, const Transcoding& how);
    void relabel(std::size_t index, TransferEncoding encoding);
    void keep(std::size_t index, Reason reason);
    void pass_up(std::size_t index, TransferEncoding held);
    Plan finish();

    std::string_view message_;
    Structure structure_;
    std::vector<Facts> facts_;
    std::vector<Edit> edits_;
    std::vector<std::pair<std::size_t, Reason>> kept_;
};

Facts Planner::facts_of(std::size_t index) {
    const auto& part = structure_.parts[index];
    const auto type = content_type(message_, part);
    Facts facts{transfer_encoding(message_, part), type.type == "text", type.type == "multipart" || type.type == "message",
                {}, {}, false, false, false, seven_bit, part.body.begin};
    const auto* boundary = part.kind == Kind::multipart ? type.parameter("boundary") : nullptr;
    if (boundary != nullptr) facts.boundary = *boundary;
    read_fields(part, facts);
    const auto outer = index == 0 ? std::nullopt : facts_[part.parent].shut;
    if (outer) facts.shut = outer;
    else if (is_sealed(type)) facts.shut = Reason::sealed;
    else if (part.kind != Kind::leaf && !is_identity(facts.encoding)) facts.shut = Reason::encoded_composite;
    return facts;
}

/// Sound is a header that all readers read alike, as far as it matters here, and in which a new field is found.
void Planner::read_fields(const Part& part, Facts& facts) const {
    const auto header = part.header.of(message_);
    mail::HeaderReader reader{header, header.size()};
    std::size_t all = 0, types = 0, encodings = 0;
    bool is_ascii = true;
    for (; const auto field = reader.next(); ++all) {
        types += iequals(field->name, "Content-Type");
        encodings += iequals(field->name, "Content-Transfer-Encoding");
        is_ascii = is_ascii && all_ascii(field->name);
        facts.has_version = facts.has_version || iequals(field->name, "MIME-Version");
    }
    facts.has_encoding = part.fields.encoding.end != 0;
    // What relabel() may put in has to be among those that are looked at, too.
    const bool needs_version = is_of_message(part) && !facts.has_version;
    const std::size_t missing = facts.has_encoding ? 0 : needs_version ? 2 : 1;
    facts.is_header_sound = reader.ended_by_empty_line() && is_ascii && all + missing <= Limits{}.fields &&
                            types == (part.fields.type.end != 0 ? 1 : 0) && encodings == (facts.has_encoding ? 1 : 0);
}

/// Has a header of RFC 5322, not one of a multipart's part.
bool Planner::is_of_message(const Part& part) const {
    return part.depth == 0 || structure_.parts[part.parent].kind == Kind::message;
}

/// Why the body, which should change, may not.
std::optional<Reason> Planner::refusal(std::size_t index) const {
    const auto& facts = facts_[index];
    if (facts.shut) return facts.shut;
    if (facts.is_composite) return Reason::composite;
    if (facts.encoding == unknown || facts.encoding == uuencode) return Reason::encoding_unknown;
    if (!facts.is_header_sound) return Reason::header_ambiguous;
    return {};
}

void Planner::keep(std::size_t index, Reason reason) { kept_.emplace_back(index, facts_[index].shut.value_or(reason)); }

void Planner::pass_up(std::size_t index, TransferEncoding held) {
    if (index == 0) return;
    auto& outer = facts_[structure_.parts[index].parent].holds;
    outer = std::max(outer, held);
}

void Planner::survey_header(std::size_t index) {
    // Before the message's own there may be an mbox line.
    const auto begin = index == 0 ? 0 : structure_.parts[index].header.begin;
    const auto held = survey(message_.substr(begin, structure_.parts[index].header.end - begin), Lines::any).kind();
    if (held == seven_bit) return;
    keep(index, Reason::header);
    pass_up(index, held);
}

/// What stands in the composite's body between its parts, up to `end`, where one begins.
void Planner::survey_outside(std::size_t index, std::size_t end) {
    auto& facts = facts_[index];
    if (end <= facts.seen) return;
    const auto held = survey(message_.substr(facts.seen, end - facts.seen), Lines::any).kind();
    if (held != seven_bit) keep(index, Reason::outside);
    facts.holds = std::max(facts.holds, held);
}

void Planner::plan_encoding(std::size_t index) {
    auto& facts = facts_[index];
    const auto body = body_of(index);
    // What says it is binary, and is no text, may mean each LF as one. Of all else a LF in a file is CRLF on the wire, be it
    // text or not: 8bit data has no other LF (RFC 2045 section 2.8), and what is encoded is the canonical form
    // (RFC 2045 section 6.8).
    const bool is_octets = facts.encoding == binary && !facts.is_text;
    const auto surveyed = survey(body, is_octets ? Lines::crlf : Lines::any);
    const auto refused = refusal(index);
    facts.holds = surveyed.kind();
    if (facts.holds == seven_bit) {
        if (!refused && (facts.encoding == eight_bit || facts.encoding == binary)) relabel(index, seven_bit);
        return;
    }
    if (refused) return keep(index, *refused);
    Transcoding how{facts.encoding, facts.encoding, Lines::crlf, line_end(header_of(index))};
    if (is_identity(facts.encoding)) {
        how.to = surveyed.shorter();
        how.lines = is_octets ? Lines::none : Lines::any;
        relabel(index, how.to);
    } else if (!read_content(body, facts.encoding, [](std::string_view) {})) {
        return keep(index, Reason::damaged);
    }
    facts.holds = seven_bit;
    change_body(index, how);
}

void Planner::plan_decoding(std::size_t index) {
    auto& facts = facts_[index];
    if (!facts.is_text || !(facts.encoding == quoted_printable || facts.encoding == base64)) return;
    auto becomes = seven_bit;
    if (const auto reason = hindrance(index, becomes)) return keep(index, *reason);
    facts.holds = becomes;
    change_body(index, {facts.encoding, becomes, Lines::crlf, line_end(header_of(index))});
    relabel(index, becomes);
}

/// Why the text can't be decoded; if it can, what it is then.
std::optional<Reason> Planner::hindrance(std::size_t index, TransferEncoding& becomes) const {
    if (const auto refused = refusal(index)) return refused;
    Survey surveyed{Lines::crlf};
    DelimiterWatch watch{boundaries_around(index)};
    const auto is_sound = read_content(body_of(index), facts_[index].encoding, [&](std::string_view piece) {
        surveyed.add(piece);
        watch.add(piece);
    });
    becomes = surveyed.kind();
    const bool ends_message = structure_.parts[index].body.end == message_.size();
    if (!is_sound) return Reason::damaged;
    if (becomes == binary || (ends_message && !surveyed.ends_with_line())) return Reason::no_lines;
    if (watch.has_seen_one()) return Reason::delimiter;
    return {};
}

std::vector<std::string_view> Planner::boundaries_around(std::size_t index) const {
    std::vector<std::string_view> boundaries;
    while (index != 0) {
        index = structure_.parts[index].parent;
        if (!facts_[index].boundary.empty()) boundaries.push_back(facts_[index].boundary);
    }
    return boundaries;
}

void Planner::change_body(std::size_t index, const Transcoding& how) {
    const auto& body = structure_.parts[index].body;
    edits_.push_back({body, {}, how});
    // A part's last line has its end before the delimiter; the message's needs one.
    if (how.to == base64 && body.end == message_.size()) edits_.push_back({{body.end, body.end}, std::string{how.line_end}});
}

/// In the field that is there, or in a new one.
void Planner::relabel(std::size_t index, TransferEncoding encoding) {
    const auto& part = structure_.parts[index];
    auto& facts = facts_[index];
    if (std::exchange(facts.encoding, encoding) == encoding) return;
    const auto value = to_string(encoding);
    if (facts.has_encoding) return edits_.push_back({part.fields.encoding, fmt::format(" {}", value)});
    const auto end = line_end(header_of(index));
    const auto version = is_of_message(part) && !facts.has_version ? fmt::format("MIME-Version: 1.0{}", end) : "";
    const auto place = part.header.end - end.size();
    edits_.push_back({{place, place}, fmt::format("{}Content-Transfer-Encoding: {}{}", version, value, end)});
}

Plan Planner::to_7bit() {
    for (std::size_t index = 0; index < facts_.size(); ++index) {
        const auto& part = structure_.parts[index];
        if (index > 0) {
            survey_outside(part.parent, part.header.begin);
            facts_[part.parent].seen = std::max(facts_[part.parent].seen, part.body.end);
        }
        survey_header(index);
        if (part.kind == Kind::leaf) plan_encoding(index);
    }
    for (auto index = facts_.size(); index-- > 0;) {
        const auto& part = structure_.parts[index];
        const auto& facts = facts_[index];
        if (part.kind != Kind::leaf) {
            survey_outside(index, part.body.end);
            const bool says_too_much = is_identity(facts.encoding) && facts.holds < facts.encoding;
            if (says_too_much && !facts.shut && facts.is_header_sound) relabel(index, facts.holds);
        }
        pass_up(index, is_identity(facts.encoding) ? std::max(facts.holds, facts.encoding) : facts.holds);
    }
    return finish();
}

Plan Planner::to_8bit() {
    for (std::size_t index = 0; index < facts_.size(); ++index) {
        // Where a part can't be told to hold 8bit, nothing in it may become that.
        auto& facts = facts_[index];
        if (index > 0 && !facts.shut) facts.shut = facts_[structure_.parts[index].parent].shut;
        if (structure_.parts[index].kind == Kind::leaf) plan_decoding(index);
        else if (!facts.shut && !facts.is_header_sound) facts.shut = Reason::header_ambiguous;
    }
    for (auto index = facts_.size(); index-- > 0;) {
        const auto& facts = facts_[index];
        if (structure_.parts[index].kind != Kind::leaf && facts.encoding < facts.holds) relabel(index, facts.holds);
        pass_up(index, facts.holds);
    }
    return finish();
}

Plan Planner::finish() {
    Plan plan;
    std::ranges::stable_sort(edits_, {}, [](const Edit& edit) { return edit.range.begin; });
    plan.edits = std::move(edits_);
    std::ranges::sort(kept_);
    kept_.erase(std::unique(kept_.begin(), kept_.end()), kept_.end());
    for (const auto& [index, reason] : kept_) plan.kept.push_back({part_number(structure_, index), reason});
    const auto header = header_of(0);
    mail::HeaderReader fields{header, header.size()};
    while (const auto field = fields.next()) plan.is_signed = plan.is_signed || iequals(field->name, "DKIM-Signature");
    return plan;
}

}  // namespace

Plan plan_7bit(std::string_view message) { return Planner{message}.to_7bit(); }

Plan plan_8bit(std::string_view message) { return Planner{message}.to_8bit(); }

}  // namespace mailpipe::mime
