// SPDX-License-Identifier: ISC
#include "mta/delivery_header.hpp"

#include "base/ascii.hpp"
#include "mail/header.hpp"

namespace mailpipe::mta {

namespace {

bool names(const mail::Field& field, const std::string& recipient) {
    return iequals(field.name, "Delivered-To") && iequals(mail::unfold(field.value), recipient);
}

bool is_return_path(const mail::Field& field) { return iequals(field.name, "Return-Path"); }

bool stands_above_received(std::string_view header, const std::string& recipient) {
    mail::HeaderReader reader{header};
    while (const auto field = reader.next()) {
        if (iequals(field->name, "Received")) return false;
        if (names(*field, recipient)) return true;
    }
    return false;
}

}  // namespace

bool was_delivered_to(std::string_view header, const mail::Mailbox& recipient) {
    const auto text = mail::to_string(recipient);
    mail::HeaderReader reader{header};
    bool traced = false;
    while (const auto field = reader.next()) {
        traced = traced || iequals(field->name, "Received");
        if (traced && names(*field, text)) return true;
    }
    return false;
}

std::optional<mail::ReversePath> return_path(std::string_view header) {
    const auto field = mail::find_field(header, "Return-Path");
    if (!field) return {};
    const auto value = mail::unfold(field->value);
    std::string_view path = value;
    if (path == "<>") return mail::ReversePath{};
    if (path.starts_with('<') && path.ends_with('>')) path = path.substr(1, path.size() - 2);
    auto mailbox = mail::parse_mailbox(path);
    if (!mailbox) return {};
    return mail::ReversePath{std::move(*mailbox)};
}

std::string delivery_header(std::string_view header, const std::optional<mail::ReversePath>& sender,
                            const mail::Mailbox& recipient) {
    std::string out;
    out.reserve(header.size() + 128);
    if (sender) out.append("Return-Path: <").append(*sender ? mail::to_string(**sender) : "").append(">\n");
    const auto text = mail::to_string(recipient);
    if (!stands_above_received(header, text)) out.append("Delivered-To: ").append(text).append("\n");

    std::size_t kept = 0;
    mail::HeaderReader reader{header};
    while (const auto field = reader.next()) {
        if (is_return_path(*field)) {
            out.append(header.substr(kept, field->begin - kept));
            kept = field->end;
        }
    }
    const bool lacks_empty_line = !reader.ended_by_empty_line() && reader.body() < header.size() &&
                                  reader.body() < mail::HeaderReader::max_octets;
    out.append(header.substr(kept, reader.body() - kept));
    if (lacks_empty_line) out += '\n';
    out.append(header.substr(reader.body()));
    return out;
}

}  // namespace mailpipe::mta
