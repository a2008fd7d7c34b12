// SPDX-License-Identifier: ISC
#include "mime/compose.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include <fmt/format.h>
#include <mimetic/mimetic.h>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "crypto/random.hpp"
#include "mime/content_type.hpp"
#include "mime/encoder.hpp"
#include "mime/parameters.hpp"
#include "mime/survey.hpp"
#include "text/encoded_word.hpp"
#include "text/line.hpp"

namespace mailpipe::mime {

namespace {

using mimetic::MimeEntity;

constexpr std::size_t max_field_name = 70;  // so that an encoded-word has room behind it, in a new line at worst

Error bad(std::string_view what, std::string_view which) {
    const auto shown = which.substr(0, std::min(which.find('\n'), text::folded_line_octets));
    return {Fault::permanent, fmt::format("{} can't be written: {}", what, for_terminal(shown))};
}

bool is_unprintable(char c) { return is_control(c) && c != '\t'; }

/// A line end in a value would begin a field of the value's choice.
bool is_one_line(std::string_view text) { return std::ranges::none_of(text, is_unprintable); }

/// Each line end has a blank and more behind it.
bool is_folded(std::string_view value) {
    if (std::ranges::any_of(value, [](char c) { return is_unprintable(c) && c != '\n'; })) return false;
    for (auto at = value.find('\n'); at != value.npos; at = value.find('\n', at + 1)) {
        const auto line = value.substr(at + 1, value.find('\n', at + 1) - at - 1);
        if (line.empty() || !is_blank(line.front()) || trim(line).empty()) return false;
    }
    return true;
}

bool is_field_name(std::string_view name) {
    const auto is_ftext = [](char c) { return c > ' ' && c < 0x7f && c != ':'; };
    return !name.empty() && name.size() <= max_field_name && std::ranges::all_of(name, is_ftext);
}

/// mimetic writes quotes around what it is given, and looks no further.
bool is_quotable(std::string_view value) { return is_one_line(value) && value.find_first_of("\"\\") == value.npos; }

bool is_type(std::string_view text) {
    const auto type = parse_content_type(text);
    const auto is_sound = [](const Parameter& one) { return !one.is_extended && is_quotable(one.value); };
    return is_one_line(text) && type.is_valid && std::ranges::all_of(type.parameters.all, is_sound);
}

Result<void> check_part(const ComposedPart& part) {
    constexpr std::size_t max_name = 1000;
    if (!is_type(part.type)) return failure(bad("a type", part.type));
    // They are encoded; but nobody means a line end.
    constexpr std::string_view line_ends{"\r\n\0", 3};
    if (part.description.find_first_of(line_ends) != std::string::npos) return failure(bad("a description", part.description));
    const auto& name = part.file_name;
    if (name.find_first_of(line_ends) != std::string::npos || name.size() > max_name) return failure(bad("a file's name", name));
    return {};
}

Result<void> check(const Composition& composition) {
    for (const auto& [name, value] : composition.fields) {
        if (!is_field_name(name) || !is_folded(value)) return failure(bad("a field", name));
    }
    for (const auto& [name, value] : composition.parameters) {
        if (!is_quotable(name) || !is_quotable(value)) return failure(bad("a parameter", name));
    }
    for (const auto& part : composition.parts) {
        if (auto r = check_part(part); !r) return r;
    }
    if (composition.subtype.empty() && composition.parts.size() != 1) {
        return failure({Fault::permanent, "a message of several parts needs a subtype of multipart"});
    }
    return {};
}

/// How a body goes out.
struct Coding {
    TransferEncoding encoding;
    Lines lines;
};

Coding coding_of(const ComposedPart& part) {
    const auto surveyed = survey(part.body, Lines::any);
    const auto kind = surveyed.kind();
    if (part.transfer == Transfer::unencoded) {
        // Never binary, which SMTP alone can't carry: what came by mail went that way before.
        if (kind == TransferEncoding::binary) return {TransferEncoding::eight_bit, Lines::none};
        return {kind, Lines::any};
    }
    // Of a file's line ends only LF comes back as it was.
    const bool is_as_it_was = part.transfer == Transfer::text || part.body.find('\r') == part.body.npos;
    if (!istarts_with(part.type, "text/") || !is_as_it_was) return {TransferEncoding::base64, Lines::none};
    if (kind == TransferEncoding::seven_bit) return {TransferEncoding::seven_bit, Lines::any};
    if (surveyed.shorter() == TransferEncoding::quoted_printable) return {TransferEncoding::quoted_printable, Lines::any};
    return {TransferEncoding::base64, part.transfer == Transfer::text ? Lines::any : Lines::none};
}

/// At blanks, so that lines have 76 octets where that is possible.
std::string folded(std::string_view value, std::size_t column) {
    std::string out;
    while (!value.empty()) {
        const auto end = std::min(value.find_first_of(" \t", value.find_first_not_of(" \t")), value.size());
        if (!out.empty() && column + end > text::folded_line_octets) {
            out += '\n';
            column = 0;
        }
        out += value.substr(0, end);
        column += end;
        value.remove_prefix(end);
    }
    return out;
}

void append_field(std::string& header, std::string_view name, std::string_view value) {
    const auto column = name.size() + 2;
    const auto text = value.find('\n') == value.npos ? folded(trim(value), column) : std::string{value};
    const bool is_too_long = column + text.substr(0, text.find('\n')).size() > text::max_line_octets;
    header.append(name).append(text.starts_with('\n') ? ":" : is_too_long ? ":\n " : ": ").append(text).append("\n");
}

/// RFC 5322 section 2.1.1, in what will be written.
Result<void> check_lines(std::string_view header) {
    std::string_view name;
    while (!header.empty()) {
        const auto line = text::take_line(header);
        if (!line.empty() && !is_blank(line.front())) name = line.substr(0, line.find(':'));
        if (line.size() > text::max_line_octets) {
            const auto what = fmt::format("field {}: a line of {} octets with no place to fold it; the limit is {}",
                                          for_terminal(name), line.size(), text::max_line_octets);
            return failure({Fault::permanent, what});
        }
    }
    return {};
}

/// The fields that mimetic writes, which are those of MIME but for texts and names of people's choice.
std::string header_text(MimeEntity& entity) {
    std::string text;
    entity.copy(std::back_inserter(text));
    std::erase(text, '\r');
    return text.substr(0, std::min(text.find("\n\n"), text.size() - 1)) + "\n";
}

std::string part_header(const ComposedPart& part, TransferEncoding encoding) {
    MimeEntity entity;
    entity.header().contentType(mimetic::ContentType{part.type});
    entity.header().contentTransferEncoding(mimetic::ContentTransferEncoding{std::string{to_string(encoding)}});
    auto text = header_text(entity);
    constexpr std::string_view description = "Content-Description", disposition = "Content-Disposition";
    if (!part.description.empty()) {
        append_field(text, description, text::encode_words(part.description, description.size() + 2));
    }
    if (!part.file_name.empty()) {
        text += fmt::format("{}: attachment{}\n", disposition, format_parameter("filename", part.file_name));
    }
    return text;
}

std::string multipart_header(const Composition& composition, const std::string& boundary,
                             const std::vector<Coding>& codings) {
    MimeEntity entity;
    mimetic::ContentType type{"multipart", composition.subtype};
    for (const auto& [name, value] : composition.parameters) type.param(name, value);
    type.param("boundary", boundary);
    entity.header().contentType(type);
    auto most = TransferEncoding::seven_bit;  // RFC 2045 section 6.4: what the parts have
    for (const auto& coding : codings) most = is_identity(coding.encoding) ? std::max(most, coding.encoding) : most;
    if (most != TransferEncoding::seven_bit) {
        entity.header().contentTransferEncoding(mimetic::ContentTransferEncoding{std::string{to_string(most)}});
    }
    return header_text(entity);
}

/// Returns the last octet that was written.
char write_body(std::string_view body, const Coding& coding, const Sink& sink) {
    Encoder encoder{coding.encoding, coding.lines};
    std::string out;
    char last = '\n';
    const auto give = [&] {
        if (!out.empty()) last = out.back();
        sink(out);
        out.clear();
    };
    for_pieces(body, [&](std::string_view piece) {
        encoder.encode(piece, out);
        give();
    });
    encoder.finish(out);
    give();
    return last;
}

}  // namespace

std::string new_boundary() {
    constexpr std::size_t random_octets = 16;
    return "=_" + crypto::random_hex(random_octets);
}

Result<void> write_message(const Composition& composition, const std::string& boundary, const Sink& sink) {
    if (auto r = check(composition); !r) return r;
    const auto& parts = composition.parts;
    std::vector<Coding> codings;
    std::vector<std::string> headers;
    for (const auto& part : parts) {
        codings.push_back(coding_of(part));
        headers.push_back(part_header(part, codings.back().encoding));
        if (auto r = check_lines(headers.back()); !r) return r;
        if (!is_identity(codings.back().encoding) || part.body.find(boundary) == part.body.npos) continue;
        return failure({Fault::permanent, "a part contains the boundary"});
    }
    std::string header;
    for (const auto& [name, value] : composition.fields) append_field(header, name, value);
    header += "MIME-Version: 1.0\n";
    const bool is_multipart = !composition.subtype.empty();
    header += is_multipart ? multipart_header(composition, boundary, codings) : headers[0] + "\n";
    if (auto r = check_lines(header); !r) return r;
    sink(header);
    if (!is_multipart) {
        if (write_body(parts[0].body, codings[0], sink) != '\n') sink("\n");
        return {};
    }
    for (std::size_t n = 0; n < parts.size(); ++n) {
        sink("\n--" + boundary + "\n" + headers[n] + "\n");
        write_body(parts[n].body, codings[n], sink);
    }
    sink("\n--" + boundary + "--\n");
    return {};
}

Result<std::string> compose(const Composition& composition, const std::string& boundary) {
    std::string text;
    const auto written = write_message(composition, boundary, [&](std::string_view piece) { text += piece; });
    if (!written) return failure(written.error());
    return text;
}

}  // namespace mailpipe::mime
