// SPDX-License-Identifier: ISC
#include "view/json.hpp"

#include "base/ascii.hpp"
#include "mail/header.hpp"
#include "mail/message_id.hpp"
#include "mail/phrase_list.hpp"
#include "mime/attachment.hpp"
#include "mime/content_type.hpp"
#include "mime/part_number.hpp"
#include "mime/text_part.hpp"
#include "text/encoded_word.hpp"
#include "text/json.hpp"
#include "view/fields.hpp"
#include "view/finding_list.hpp"
#include "view/json_envelope.hpp"

namespace mailpipe::view {

namespace {

using mime::Part;
using text::JsonArray;
using text::JsonObject;

std::string_view kind_name(Part::Kind kind) {
    switch (kind) {
        case Part::Kind::leaf: return "leaf";
        case Part::Kind::multipart: return "multipart";
        case Part::Kind::message: return "message";
    }
    return {};
}

std::string json_bool(bool value) { return value ? "true" : "false"; }

std::string json_parameters(const mime::Parameters& parameters) {
    JsonObject object;
    for (const auto& one : parameters.all) object.add(one.name, one.is_extended ? one.value : text::decode_words(one.value));
    return object.text();
}

/// Where it stands in the message, and how large it is there and on the wire.
std::string json_place(const mime::Range& range, const mime::Extent& extent) {
    return JsonObject{}
        .add("offset", static_cast<std::int64_t>(range.begin))
        .add("octets", static_cast<std::int64_t>(range.size()))
        .add("wire_octets", static_cast<std::int64_t>(extent.octets))
        .add("lines", static_cast<std::int64_t>(extent.lines))
        .text();
}

class Writer {
public:
    Writer(std::string_view message, const mime::Structure& structure) : message_(message), structure_(structure) {}

    std::string part(std::size_t index) const {
        const auto& part = structure_.parts[index];
        const auto type = mime::content_type(message_, part);
        JsonObject object;
        object.add("number", mime::part_number(structure_, index))
            .add("kind", kind_name(part.kind))
            .add("depth", static_cast<std::int64_t>(part.depth))
            .add("type", type.name())
            .add_raw("parameters", json_parameters(type.parameters))
            .add_raw("header", json_place(part.header, part.header_extent))
            .add_raw("body", json_place(part.body, part.body_extent))
            .add_raw("is_attachment", json_bool(mime::is_attachment(message_, part)));
        add_fields(object, part);
        if (part.kind == Part::Kind::message) object.add_raw("envelope", json_envelope(header_of(index + 1)));
        if (part.kind == Part::Kind::leaf && type.type == "text") object.add("text", mime::text_of(message_, part));
        return object.text();
    }

    std::string findings() const {
        const auto findings = in_order(structure_.findings);
        const auto all = places(message_, findings);
        JsonArray array;
        for (std::size_t i = 0; i < findings.size(); ++i) {
            const auto& known = explain(findings[i].leniency);
            array.add_raw(JsonObject{}
                              .add("code", known.code)
                              .add("offset", static_cast<std::int64_t>(findings[i].offset))
                              .add("line", static_cast<std::int64_t>(all[i].line))
                              .add("column", static_cast<std::int64_t>(all[i].column))
                              .add_raw("is_ambiguous", json_bool(known.is_ambiguous))
                              .add("section", known.section)
                              .add("text", known.text)
                              .add("strict", known.strict)
                              .text());
        }
        return array.text();
    }

private:
    std::string_view header_of(std::size_t index) const { return structure_.parts[index].header.of(message_); }

    void add_fields(JsonObject& object, const Part& part) const {
        const auto& fields = part.fields;
        const auto add = [&](std::string_view member, const mime::Range& range) {
            if (range.size() > 0) object.add(member, text::decode_words(range.of(message_)));
        };
        if (fields.encoding.size() > 0) object.add("encoding", mime::encoding_token(fields.encoding.of(message_)));
        if (fields.disposition.size() > 0) {
            const auto disposition = mime::disposition(message_, part);
            object.add("disposition", disposition.type);
            object.add_raw("disposition_parameters", json_parameters(disposition.parameters));
        }
        if (const auto name = mime::file_name(message_, part); !name.empty()) object.add("file_name", name);
        if (const auto ids = mail::parse_message_ids(fields.id.of(message_)); !ids.empty()) object.add("id", ids.front());
        add("description", fields.description);
        if (fields.language.size() > 0) {
            JsonArray languages;
            for (const auto& one : mail::parse_phrase_list(fields.language.of(message_))) languages.add_raw(text::json_string(one));
            object.add_raw("languages", languages.text());
        }
        add("location", fields.location);
        add("md5", fields.md5);
    }

    std::string_view message_;
    const mime::Structure& structure_;
};

}  // namespace

std::string describe(std::string_view name, std::string_view message, const mime::Structure& structure) {
    const Writer writer{message, structure};
    const auto header = structure.parts.front().header.of(message);
    JsonArray parts;
    for (std::size_t index = 0; index < structure.parts.size(); ++index) parts.add_raw(writer.part(index));
    return JsonObject{}
               .add("schema", json_schema)
               .add("name", name)
               .add("octets", static_cast<std::int64_t>(message.size()))
               .add_raw("header", json_fields(header))
               .add_raw("envelope", json_envelope(header))
               .add_raw("parts", parts.text())
               .add_raw("findings", writer.findings())
               .text() +
           "\n";
}

}  // namespace mailpipe::view
