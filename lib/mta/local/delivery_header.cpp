// SPDX-License-Identifier: ISC
#include "mta/local/delivery_header.hpp"

#include "mail/header.hpp"
#include "mail/trace.hpp"

namespace mailpipe::mta {

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
    mail::HeaderReader fields{header};
    while (fields.next()) continue;
    const auto body = fields.body();
    const bool lacks_empty_line =
        !fields.ended_by_empty_line() && body < header.size() && body < mail::HeaderReader::max_octets;

    std::string out;
    out.reserve(header.size() + 128);
    if (sender) out.append("Return-Path: <").append(*sender ? mail::to_string(**sender) : "").append(">\n");
    if (!mail::read_trace(header).delivering_to.contains(recipient)) {
        out.append("Delivered-To: ").append(mail::to_string(recipient)).append("\n");
    }
    out.append(mail::without_fields(header.substr(0, body), "Return-Path"));
    if (lacks_empty_line) out += '\n';
    return out.append(header.substr(body));
}

}  // namespace mailpipe::mta
