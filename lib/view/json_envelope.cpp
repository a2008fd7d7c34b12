// SPDX-License-Identifier: ISC
#include "view/json_envelope.hpp"

#include <optional>

#include "base/ascii.hpp"
#include "base/clock.hpp"
#include "mail/address_list.hpp"
#include "mail/date.hpp"
#include "mail/header.hpp"
#include "mail/message_id.hpp"
#include "mail/received_trace.hpp"
#include "text/encoded_word.hpp"
#include "text/json.hpp"

namespace mailpipe::view {

namespace {

using text::JsonArray;
using text::JsonObject;

struct NamedField {
    std::string_view member, name;
};
constexpr NamedField address_fields[] = {
    {"from", "From"}, {"sender", "Sender"}, {"reply_to", "Reply-To"}, {"to", "To"}, {"cc", "Cc"}, {"bcc", "Bcc"},
};
constexpr NamedField id_fields[] = {{"message_id", "Message-ID"}, {"in_reply_to", "In-Reply-To"}, {"references", "References"}};

/// RFC 3339, in UTC; null for what is no date.
std::string json_date(const std::optional<Time>& time) {
    if (!time) return "null";
    constexpr std::size_t whole_seconds = std::string_view{"2026-11-21T20:53:22"}.size();
    return text::json_string(rfc3339(*time).substr(0, whole_seconds) + "Z");
}

std::string json_address(const mail::Address& address) {
    return JsonObject{}.add("name", mail::decoded_name(address.name)).add("address", mail::addr_spec(address)).text();
}

/// Addresses, and {"group", "members"}.
std::string json_addresses(std::string_view value) {
    JsonArray all;
    for (const auto& group : mail::parse_address_list(value).groups) {
        JsonArray members;
        for (const auto& address : group.members) {
            if (group.name) members.add_raw(json_address(address));
            else all.add_raw(json_address(address));
        }
        if (group.name) all.add_raw(JsonObject{}.add("group", mail::decoded_name(*group.name)).add_raw("members", members.text()).text());
    }
    return all.text();
}

std::string json_ids(std::string_view value) {
    JsonArray all;
    for (const auto& id : mail::parse_message_ids(value)) all.add_raw(text::json_string(id));
    return all.text();
}

/// What the field does not tell is left out.
std::string json_trace(const mail::ReceivedTrace& trace) {
    const std::pair<std::string_view, const std::string&> texts[] = {
        {"from", trace.from}, {"helo", trace.helo}, {"ip", trace.ip},   {"reverse_name", trace.reverse_name},
        {"ident", trace.ident}, {"by", trace.by},   {"via", trace.via}, {"with", trace.with},
        {"id", trace.id}, {"for", trace.recipient}, {"tls_version", trace.tls_version}, {"tls_cipher", trace.tls_cipher},
    };
    JsonObject object;
    for (const auto& [member, value] : texts) {
        if (!value.empty()) object.add(member, value);
    }
    return object.add_raw("date", json_date(trace.date)).text();
}

std::string json_received(std::string_view header) {
    JsonArray all;
    mail::HeaderReader reader{header};
    while (const auto field = reader.next()) {
        if (iequals(field->name, "Received")) all.add_raw(json_trace(mail::parse_received(field->value)));
    }
    return all.text();
}

}  // namespace

std::string json_fields(std::string_view header) {
    JsonArray all;
    mail::HeaderReader reader{header};
    while (const auto field = reader.next()) {
        all.add_raw(JsonObject{}.add("name", field->name).add("value", text::decode_words(field->value)).text());
    }
    return all.text();
}

std::string json_envelope(std::string_view header) {
    JsonObject object;
    if (const auto field = mail::find_field(header, "Date")) {
        const auto date = mail::parse_date(field->value);
        object.add_raw("date", json_date(date ? std::optional{*date} : std::nullopt));
    }
    if (const auto subject = mail::find_field(header, "Subject")) object.add("subject", text::decode_words(subject->value));
    for (const auto& [member, name] : address_fields) {
        if (const auto field = mail::find_field(header, name)) object.add_raw(member, json_addresses(field->value));
    }
    for (const auto& [member, name] : id_fields) {
        if (const auto field = mail::find_field(header, name)) object.add_raw(member, json_ids(field->value));
    }
    return object.add_raw("received", json_received(header)).text();
}

}  // namespace mailpipe::view
