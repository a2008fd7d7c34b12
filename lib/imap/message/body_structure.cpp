// SPDX-License-Identifier: ISC
#include "imap/message/body_structure.hpp"

#include <cstdint>
#include <optional>

#include "imap/message/envelope.hpp"
#include "imap/grammar/string.hpp"
#include "mail/header.hpp"
#include "mail/phrase_list.hpp"
#include "mime/content_type.hpp"

namespace mailpipe::imap {

namespace {

using mime::Part;

enum class Form : std::uint8_t { body, body_structure };

constexpr std::string_view empty_text = R"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0)";

class Writer {
public:
    Writer(std::string& out, std::string_view message, const mime::Structure& structure, Form form, MessageTypes types)
        : out_(out), message_(message), parts_(structure.parts), is_extended_(form == Form::body_structure), types_(types) {}

    /// The part with all in it; returns the place of the next one. Calls itself as deep as parts are nested: Limits::depth.
    std::size_t write(std::size_t index) {
        const auto& part = parts_[index];
        const auto type = mime::media_type(message_, part);
        out_ += '(';
        const auto next = part.kind == Part::Kind::multipart ? write_multipart(index, type) : write_single(index, type);
        out_ += ')';
        return next;
    }

private:
    /// body-type-mpart
    std::size_t write_multipart(std::size_t index, const mime::ContentType& type) {
        auto next = index + 1;
        const bool has_parts = next < parts_.size() && parts_[next].parent == index;
        while (next < parts_.size() && parts_[next].parent == index) next = write(next);
        if (!has_parts) out_.append(empty_text).append(is_extended_ ? " NIL NIL NIL NIL)" : ")");
        out_ += ' ';
        append_string(out_, type.subtype);
        if (!is_extended_) return next;
        out_ += ' ';
        write_parameters(parts_[index].fields.type);
        write_extension(parts_[index]);
        return next;
    }

    /// body-type-1part
    std::size_t write_single(std::size_t index, const mime::ContentType& type) {
        const auto& part = parts_[index];
        const bool is_text = type.type == "text";
        const bool is_opened = part.kind == Part::Kind::message && (types_ != MessageTypes::rfc822 || type.subtype == "rfc822");
        auto next = is_opened ? index + 1 : end_of(index);
        write_type(part, type);
        write_fields(part, type);
        if (is_opened) {
            out_ += ' ';
            append_envelope(out_, parts_[next].header.of(message_));
            out_ += ' ';
            next = write(next);
        }
        if (is_text || is_opened) out_.append(" ").append(std::to_string(part.body_extent.lines));
        if (!is_extended_) return next;
        write_value(part.fields.md5);
        write_extension(part);
        return next;
    }

    /// The place behind all that is in the part.
    std::size_t end_of(std::size_t index) const {
        auto next = index + 1;
        while (next < parts_.size() && parts_[next].parent >= index) ++next;
        return next;
    }

    /// For the grammar's sake: media-message has an envelope, and a multipart parts.
    void write_type(const Part& part, const mime::ContentType& type) {
        const bool is_message = type.is_message();
        const bool is_unopened = part.kind == Part::Kind::leaf && (is_message || type.type == "multipart");
        append_string(out_, is_unopened ? "application" : type.type);
        out_ += ' ';
        append_string(out_, is_unopened ? "octet-stream" : type.subtype);
        out_ += ' ';
    }

    /// body-fields
    void write_fields(const Part& part, const mime::ContentType& type) {
        const auto parameters = type.is_valid ? part.fields.type : mime::Range{};
        write_parameters(parameters, type.type == "text" ? R"(("charset" "us-ascii"))" : "NIL");  // RFC 2045 section 5.2
        write_value(part.fields.id);
        write_value(part.fields.description);
        out_ += ' ';
        auto encoding = mail::unfold(part.fields.encoding.of(message_));
        if (encoding.find('(') != encoding.npos) encoding = mime::encoding_token(encoding);  // without its comments
        append_string(out_, encoding.empty() ? "7bit" : encoding);
        out_.append(" ").append(std::to_string(part.body_extent.octets));
    }

    /// body-fld-param
    void write_parameters(const mime::Range& field, std::string_view otherwise = "NIL") {
        const auto pieces = mime::split_parameters(mime::parameters_text(field.of(message_)));
        if (pieces.empty()) {
            out_ += otherwise;
            return;
        }
        char before = '(';
        for (const auto& [name, value] : pieces) {
            out_ += before;
            append_string(out_, name);
            out_ += ' ';
            append_string(out_, value);
            before = ' ';
        }
        out_ += ')';
    }

    /// What md5, or a multipart's parameters, are followed by.
    void write_extension(const Part& part) {
        write_disposition(part);
        write_languages(part);
        write_value(part.fields.location);
    }

    void write_disposition(const Part& part) {
        const auto disposition = mime::disposition_type(message_, part);
        if (disposition.empty()) {
            out_ += " NIL";
            return;
        }
        out_ += " (";
        append_string(out_, disposition);
        out_ += ' ';
        write_parameters(part.fields.disposition);
        out_ += ')';
    }

    void write_languages(const Part& part) {
        const auto languages = mail::parse_phrase_list(part.fields.language.of(message_));
        if (languages.empty()) out_ += " NIL";
        char before = '(';
        for (const auto& language : languages) {
            out_.append(before == '(' ? " (" : " ");
            append_string(out_, language);
            before = ' ';
        }
        if (!languages.empty()) out_ += ')';
    }

    /// SP nstring
    void write_value(const mime::Range& range) {
        out_ += ' ';
        append_nstring(out_, range.size() > 0 ? std::optional{mail::unfold(range.of(message_))} : std::nullopt);
    }

    std::string& out_;
    std::string_view message_;
    const std::vector<Part>& parts_;
    bool is_extended_;
    MessageTypes types_;
};

}  // namespace

void append_body_structure(std::string& out, std::string_view message, const mime::Structure& structure, MessageTypes types) {
    Writer{out, message, structure, Form::body_structure, types}.write(0);
}

void append_body(std::string& out, std::string_view message, const mime::Structure& structure, MessageTypes types) {
    Writer{out, message, structure, Form::body, types}.write(0);
}

bool has_global_message(std::string_view body) { return body.find(R"("message" "global")") != body.npos; }

}  // namespace mailpipe::imap
