// SPDX-License-Identifier: ISC
// All of a header that is worth keeping, as one string for a cache: what FETCH, SEARCH, SORT and THREAD of many messages
// want without opening each. It is this host's: the order of octets in its numbers is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "imap/search/field_set.hpp"

namespace mailpipe::imap {

/// Changes with what stands in a summary, and how.
constexpr std::uint8_t summary_version = 2;

/// A field, or all of them together, beyond these is not kept: the message's file has it.
constexpr std::size_t max_kept_field_octets = 4 * 1024;
constexpr std::size_t max_kept_octets = 32 * 1024;
constexpr std::size_t max_kept_references = 500;

/// 1 to 2 kB for most mail, never over 100 kB. The header may go on with a body.
std::string make_summary(std::string_view header);

struct KeptField {
    unsigned place;         ///< in known_fields()
    std::string_view text;  ///< with its name, as it stands in the message, with CRLF
};

/// Of a message identifier (RFC 5322 section 3.6.4), normalised; 0 for none. Who makes two with one hash joins threads, as he
/// could by References.
std::uint64_t hash_of_id(std::string_view id);

/// Hashes of identifiers.
class References {
public:
    explicit References(std::string_view octets) : octets_(octets) {}

    std::size_t size() const { return octets_.size() / sizeof(std::uint64_t); }
    /// Precondition: `index` < size().
    std::uint64_t operator[](std::size_t index) const;

private:
    std::string_view octets_;
};

/// A summary's fields.
class KeptFields {
public:
    KeptFields(std::string_view places, std::string_view text) : places_(places), text_(text) {}

    std::size_t size() const;
    /// Precondition: `index` < size().
    KeptField operator[](std::size_t index) const;

private:
    std::string_view places_;
    std::string_view text_;
};

/// A view of one: its text has to live as long. Made by read_summary() only.
class Summary {
public:
    enum class Key : std::uint8_t { subject, from, to, cc, display_from, display_to };

    /// The date sent, in seconds since 1970; nothing where Date is missing or bad: then the internal date counts (RFC 5256
    /// section 2.2).
    std::optional<std::int64_t> sent() const;
    /// Its day where it was written, in days since 1970: what SENTON looks at.
    std::optional<std::int32_t> sent_day() const;
    /// What SORT compares: sort_keys.hpp.
    std::string_view key(Key key) const;
    /// The subject says that it is a reply or forward: RFC 5256 section 3.
    bool is_reply() const;

    /// As append_envelope() has it; empty where it is too long.
    std::string_view envelope() const;

    /// 0 without one.
    std::uint64_t message_id() const;
    /// Of References, else the first of In-Reply-To. Of too many the first and the last.
    References references() const;

    /// False: one of these fields is in the message's file only.
    bool has_all(FieldSet fields) const;
    /// In the message's order; none where their places are not sound.
    KeptFields fields() const;
    /// Those of `fields` that it has, in the message's order: with an empty line behind them it is BODY[HEADER.FIELDS (…)].
    void append_fields(std::string& out, FieldSet fields) const;

private:
    explicit Summary(std::string_view text) : text_(text) {}
    friend std::optional<Summary> read_summary(std::string_view text);

    std::string_view text_;
};

/// Nothing for a summary of another version, or what is none; no offset leads out of it.
std::optional<Summary> read_summary(std::string_view text);

}  // namespace mailpipe::imap
