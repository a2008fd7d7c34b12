// SPDX-License-Identifier: ISC
#include "smtp/parameters.hpp"

#include <algorithm>
#include <span>

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "base/unique_name.hpp"
#include "base/utf8.hpp"
#include "text/cursor.hpp"
#include "text/xtext.hpp"

namespace mailpipe::smtp {

namespace {

using Value = std::optional<std::string_view>;

constexpr std::size_t max_envelope_id_octets = 100;
constexpr std::size_t max_original_octets = 500 - std::string_view{"ORCPT="}.size();

tl::unexpected<Error> bad(std::string_view what) { return failure({Fault::permanent, std::string(what)}); }
tl::unexpected<Reply> refused(int code, std::string_view text) {
    return tl::unexpected<Reply>(Reply{code, "5.5.4", std::string(text)});
}

bool is_keyword_char(char c) { return is_alnum(c) || c == '-'; }
bool is_value_char(char c) { return !is_control(c) && c != ' ' && c != '='; }  // with UTF8-non-ascii of RFC 6531
bool is_printable(char c) { return is_ascii(c) && (!is_control(c) || c == '\t'); }

template <typename Parameters>
struct Row {
    std::string_view keyword;
    Result<void> (*take)(Parameters& parameters, const Value& value);
    bool Offered::*offered;
};

Result<void> take_size(MailParameters& parameters, const Value& value) {
    const auto size = parse_size(value.value_or(""));
    if (!size) return failure(size.error());
    parameters.size = *size;
    return {};
}

Result<void> take_body(MailParameters&, const Value& value) {
    if (value && (iequals(*value, "7BIT") || iequals(*value, "8BITMIME"))) return {};
    return bad("BODY is 7BIT or 8BITMIME");
}

Result<void> take_ret(MailParameters& parameters, const Value& value) {
    const auto dsn_return = mail::parse_return(value.value_or(""));
    if (!dsn_return) return bad("RET is FULL or HDRS");
    parameters.dsn_return = *dsn_return;
    return {};
}

Result<void> take_envelope_id(MailParameters& parameters, const Value& value) {
    if (auto r = check_envelope_id(value.value_or("")); !r) return r;
    parameters.envelope_id = *value;
    return {};
}

Result<void> take_smtputf8(MailParameters& parameters, const Value& value) {
    if (value) return bad("SMTPUTF8 takes no value");
    parameters.smtputf8 = true;
    return {};
}

Result<void> take_require_tls(MailParameters& parameters, const Value& value) {
    if (value) return bad("REQUIRETLS takes no value");
    parameters.require_tls = true;
    return {};
}

Result<void> take_auth(MailParameters&, const Value& value) {
    const auto mailbox = text::xtext_decode(value.value_or(""));
    if (!mailbox) return failure(mailbox.error());
    if (*mailbox == "<>" || mail::parse_mailbox(*mailbox)) return {};
    return bad("AUTH is <> or a mailbox");
}

Result<void> take_xid(MailParameters& parameters, const Value& value) {
    if (!value || !is_unique_name(*value)) return bad("XID is no message id");
    parameters.xid = *value;
    return {};
}

Result<void> take_notify(RcptParameters& parameters, const Value& value) {
    const auto notify = mail::parse_notify(value.value_or(""));
    if (!notify) return bad("NOTIFY is NEVER, or some of SUCCESS,FAILURE,DELAY");
    parameters.notify = *notify;
    return {};
}

Result<void> take_original(RcptParameters& parameters, const Value& value) {
    if (auto r = check_original_recipient(value.value_or("")); !r) return r;
    parameters.original = *value;
    return {};
}

constexpr Row<MailParameters> mail_rows[] = {
    {"SIZE", take_size, &Offered::extensions},         {"BODY", take_body, &Offered::extensions},
    {"SMTPUTF8", take_smtputf8, &Offered::extensions}, {"RET", take_ret, &Offered::extensions},
    {"ENVID", take_envelope_id, &Offered::extensions}, {"AUTH", take_auth, &Offered::auth},
    {"XID", take_xid, &Offered::xid},                  {"REQUIRETLS", take_require_tls, &Offered::require_tls},
};
constexpr Row<RcptParameters> rcpt_rows[] = {
    {"NOTIFY", take_notify, &Offered::extensions},
    {"ORCPT", take_original, &Offered::extensions},
};

/// esmtp-param *(SP esmtp-param)
template <typename Parameters>
tl::expected<Parameters, Reply> parse(std::string_view text, const Offered& offered,
                                      std::span<const Row<Parameters>> rows) {
    Parameters parameters;
    unsigned seen = 0;
    text::Cursor cursor{text};
    for (cursor.take_while(is_blank); !cursor.at_end(); cursor.take_while(is_blank)) {
        const auto keyword = cursor.take_while(is_keyword_char);
        Value value;
        if (cursor.take('=')) value = cursor.take_while(is_value_char);
        if (keyword.empty() || (value && value->empty()) || (!cursor.at_end() && !is_blank(cursor.peek()))) {
            return refused(501, "parameters are KEYWORD or KEYWORD=value");
        }
        const auto row = std::ranges::find_if(rows, [&](const auto& r) { return iequals(r.keyword, keyword); });
        if (row == rows.end() || !(offered.*(row->offered))) return refused(555, "parameter not offered");
        const unsigned bit = 1U << (row - rows.begin());
        if ((seen & bit) != 0) return refused(501, "the same parameter twice");
        seen |= bit;
        if (const auto taken = row->take(parameters, value); !taken) return refused(501, taken.error().what);
    }
    return parameters;
}

}  // namespace

tl::expected<MailParameters, Reply> parse_mail_parameters(std::string_view text, const Offered& offered) {
    return parse<MailParameters>(text, offered, mail_rows);
}

tl::expected<RcptParameters, Reply> parse_rcpt_parameters(std::string_view text, const Offered& offered) {
    return parse<RcptParameters>(text, offered, rcpt_rows);
}

Result<std::uint64_t> parse_size(std::string_view value) { return parse_number(value, "number of octets"); }

Result<void> check_original_recipient(std::string_view value) {
    const auto semicolon = value.find(';');
    const auto type = value.substr(0, semicolon);
    if (value.size() > max_original_octets) return bad("ORCPT is too long");
    if (semicolon == std::string_view::npos || type.empty() || !std::ranges::all_of(type, is_keyword_char)) {
        return bad("ORCPT is type;address");
    }
    const auto address = value.substr(semicolon + 1);
    if (iequals(type, "utf-8") && !all_ascii(address) && is_utf8(address)) return {};
    const auto decoded = text::xtext_decode(address);
    if (!decoded) return failure(decoded.error());
    if (decoded->empty() || !std::ranges::all_of(*decoded, is_printable)) return bad("ORCPT is not printable");
    return {};
}

Result<void> check_envelope_id(std::string_view value) {
    if (value.empty() || value.size() > max_envelope_id_octets) return bad("ENVID is 1 to 100 octets");
    const auto decoded = text::xtext_decode(value);
    if (!decoded) return failure(decoded.error());
    if (!std::ranges::all_of(*decoded, is_printable)) return bad("ENVID is not printable");
    return {};
}

}  // namespace mailpipe::smtp
