// SPDX-License-Identifier: ISC
// The arguments of a command, taken one after the other: RFC 9051 section 9. The first error stays, and nothing is taken behind
// it; so a parser reads like the rule, and asks once, at the end.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "imap/grammar/command.hpp"
#include "imap/grammar/sequence_set.hpp"
#include "imap/grammar/string.hpp"
#include "text/cursor.hpp"

namespace mailpipe::imap {

class Arguments {
public:
    explicit Arguments(const Command& command, Utf8 utf8 = Utf8::off);
    /// `name` stands before what errors say.
    Arguments(std::string_view name, std::string_view text, Utf8 utf8) : name_(name), cursor_(text), utf8_(utf8) {}

    bool failed() const { return error_.has_value(); }
    /// "FETCH: what".
    void fail(std::string_view what);
    /// "FETCH: what 'culprit'": no more than 40 octets of it, '?' for those that are not printable ASCII.
    void fail(std::string_view what, std::string_view culprit);

    char peek() const { return failed() ? '\0' : cursor_.peek(); }
    bool at_end() const { return failed() || cursor_.at_end(); }
    bool take(char c) { return !failed() && cursor_.take(c); }
    void expect(char c);
    void space() { expect(' '); }
    /// Goes past `word`, whatever its case, if it comes next and no letter, digit or other part of a word behind it.
    bool take_word(std::string_view word);

    /// Letters, digits and "-_.=:" in capitals: tagged-ext-label, fetch-att, search-key, …
    std::string word();
    std::string atom();
    std::string string();
    std::string astring();
    std::optional<std::string> nstring();
    std::optional<std::string> binary_nstring();  ///< nstring / literal8: with NULs, perhaps
    /// See mailbox_name.
    std::string mailbox();
    /// list-mailbox, as a name is read.
    std::string pattern();
    std::uint64_t number();     ///< number64
    std::uint32_t nz_number();  ///< nz-number
    std::int64_t date();        ///< days since 1970-01-01
    MessageSet messages();      ///< sequence-set
    NumberSet numbers();        ///< sequence-set without "$"

    /// "(" item *(SP item) ")". `item` takes one.
    template <typename Item>
    void list(const Item& item) {
        expect('(');
        do item();
        while (take(' '));
        expect(')');
    }
    /// The same, or "()".
    template <typename Item>
    void list_or_empty(const Item& item) {
        if (rest().starts_with("()")) advance(2);
        else list(item);
    }

    std::string_view rest() const { return failed() ? std::string_view{} : cursor_.rest(); }
    void advance(std::size_t octets) { cursor_.advance(octets); }

    /// `value`, where there was no error and nothing but blanks is left.
    template <typename Value>
    Result<Value> finish(Value value) {
        while (take(' ')) {}
        if (!at_end()) fail("too much:", cursor_.rest());
        if (failed()) return failure(*error_);
        return value;
    }

private:
    template <typename Value>
    Value taken(std::optional<Value> value, std::string_view what);

    std::string name_;
    text::Cursor cursor_;
    Utf8 utf8_;
    std::optional<Error> error_;
};

}  // namespace mailpipe::imap
