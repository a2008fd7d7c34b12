// SPDX-License-Identifier: ISC
#include "mime/content_type.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "mime/structure.hpp"
#include "text/lexemes.hpp"

namespace mailpipe::mime {

namespace {

using text::is_token;
using text::skip_cfws;

struct NamedEncoding {
    std::string_view name;
    TransferEncoding encoding;
};
constexpr NamedEncoding encodings[] = {
    {"7bit", TransferEncoding::seven_bit},
    {"8bit", TransferEncoding::eight_bit},
    {"binary", TransferEncoding::binary},
    {"quoted-printable", TransferEncoding::quoted_printable},
    {"base64", TransferEncoding::base64},
    {"x-uuencode", TransferEncoding::uuencode},
    {"uuencode", TransferEncoding::uuencode},
    {"x-uue", TransferEncoding::uuencode},
};

std::string take_token(text::Cursor& cursor) {
    skip_cfws(cursor);
    auto token = lower(cursor.take_while(is_token));
    skip_cfws(cursor);
    return token;
}

/// type "/" subtype; without them text/plain, which is not valid.
ContentType take_media_type(text::Cursor& cursor) {
    ContentType content{take_token(cursor), {}, {}};
    if (!content.type.empty() && cursor.take('/')) content.subtype = take_token(cursor);
    if (content.subtype.empty()) return {"text", "plain", {}, false};
    return content;
}

ContentType default_type(const Part& part) {
    if (part.is_of_digest) return {"message", "rfc822", {}};
    return {"text", "plain", {}};
}

}  // namespace

const std::string* ContentType::parameter(std::string_view name) const {
    const auto* found = parameters.find(name);
    return found == nullptr ? nullptr : &found->value;
}

std::string_view parameters_text(std::string_view value) {
    text::Cursor cursor{value};
    take_token(cursor);
    if (cursor.take('/')) take_token(cursor);
    return cursor.rest();
}

ContentType parse_content_type(std::string_view value) {
    text::Cursor cursor{value};
    auto content = take_media_type(cursor);
    if (!content.is_valid) return content;
    const auto rest = cursor.rest();
    content.parameters = parse_parameters(rest);
    content.is_valid = content.parameters.is_valid && (rest.empty() || rest.front() == ';');
    return content;
}

ContentType content_type(std::string_view message, const Part& part) {
    if (part.fields.type.size() > 0) return parse_content_type(part.fields.type.of(message));
    return default_type(part);
}

ContentType media_type(std::string_view message, const Part& part) {
    text::Cursor cursor{part.fields.type.of(message)};
    return part.fields.type.size() > 0 ? take_media_type(cursor) : default_type(part);
}

bool is_identity(TransferEncoding encoding) { return encoding <= TransferEncoding::binary; }

std::string_view to_string(TransferEncoding encoding) {
    return std::ranges::find(encodings, encoding, &NamedEncoding::encoding)->name;
}

std::string encoding_token(std::string_view value) {
    text::Cursor cursor{value};
    return take_token(cursor);
}

TransferEncoding parse_transfer_encoding(std::string_view value) {
    const auto* found = std::ranges::find(encodings, encoding_token(value), &NamedEncoding::name);
    return found == std::end(encodings) ? TransferEncoding::unknown : found->encoding;
}

TransferEncoding transfer_encoding(std::string_view message, const Part& part) {
    if (part.fields.encoding.size() == 0) return TransferEncoding::seven_bit;
    return parse_transfer_encoding(part.fields.encoding.of(message));
}

Disposition parse_disposition(std::string_view value) {
    text::Cursor cursor{value};
    auto type = take_token(cursor);
    return {std::move(type), parse_parameters(cursor.rest())};
}

Disposition disposition(std::string_view message, const Part& part) {
    return parse_disposition(part.fields.disposition.of(message));
}

std::string disposition_type(std::string_view message, const Part& part) {
    text::Cursor cursor{part.fields.disposition.of(message)};
    return take_token(cursor);
}

}  // namespace mailpipe::mime
