// SPDX-License-Identifier: ISC
#include "imap/grammar/arguments.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "imap/grammar/date.hpp"
#include "imap/grammar/mailbox_name.hpp"
#include "imap/grammar/tokens.hpp"

namespace mailpipe::imap {

namespace {

constexpr std::size_t max_echoed_octets = 40;

bool is_word_char(char c) { return is_alnum(c) || std::string_view{"-_.=:"}.find(c) != std::string_view::npos; }

bool is_set_char(char c) { return is_digit(c) || c == ':' || c == ',' || c == '*'; }

std::string printable(std::string_view text) {
    std::string shown{text.substr(0, max_echoed_octets)};
    std::ranges::replace_if(shown, [](char c) { return is_control(c) || !is_ascii(c); }, '?');
    return shown;
}

}  // namespace

Arguments::Arguments(const Command& command, Utf8 utf8)
    : name_((command.is_uid ? "UID " : "") + printable(command.name)), cursor_(command.arguments), utf8_(utf8) {}

void Arguments::fail(std::string_view what) {
    if (!error_) error_ = Error{Fault::permanent, name_ + ": " + std::string(what)};
}

void Arguments::fail(std::string_view what, std::string_view culprit) {
    fail(std::string(what) + (culprit.empty() ? " nothing" : " '" + printable(culprit) + "'"));
}

template <typename Value>
Value Arguments::taken(std::optional<Value> value, std::string_view what) {
    if (value) return *std::move(value);
    if (!failed()) fail(std::string(what) + " expected, not", cursor_.rest());
    return {};
}

void Arguments::expect(char c) {
    if (failed() || take(c)) return;
    fail((c == ' ' ? std::string("a blank") : std::string("'") + c + "'") + " expected, not", cursor_.rest());
}

bool Arguments::take_word(std::string_view word) {
    auto ahead = cursor_;
    if (failed() || !ahead.take_word(word) || is_word_char(ahead.peek())) return false;
    cursor_ = ahead;
    return true;
}

std::string Arguments::word() {
    if (failed()) return {};
    std::string word{cursor_.take_while(is_word_char)};
    std::ranges::transform(word, word.begin(), to_upper);
    return taken(word.empty() ? std::nullopt : std::optional{std::move(word)}, "a word");
}

std::string Arguments::atom() {
    if (failed()) return {};
    return std::string(taken(take_atom(cursor_), "an atom"));
}

std::string Arguments::string() { return failed() ? std::string{} : taken(take_string(cursor_), "a string"); }
std::string Arguments::astring() { return failed() ? std::string{} : taken(take_astring(cursor_), "a string or atom"); }

std::optional<std::string> Arguments::nstring() {
    if (failed() || take_nil(cursor_)) return {};
    return taken(take_string(cursor_), "a string or NIL");
}

std::optional<std::string> Arguments::binary_nstring() {
    if (failed() || take_nil(cursor_)) return {};
    return taken(take_binary_string(cursor_), "a string or NIL");
}

std::string Arguments::mailbox() {
    const auto name = mailbox_name(astring(), utf8_);
    if (!name) fail(name.error().what);
    return name.value_or(std::string{});
}

std::string Arguments::pattern() {
    if (failed()) return {};
    const auto name = mailbox_name(taken(take_pattern(cursor_), "a name or pattern"), utf8_);
    if (!name) fail(name.error().what);
    return name.value_or(std::string{});
}

std::uint64_t Arguments::number() { return failed() ? 0 : taken(take_number64(cursor_), "a number"); }
std::uint32_t Arguments::nz_number() { return failed() ? 0 : taken(take_nz_number(cursor_), "a number from 1 to 4294967295"); }
std::int64_t Arguments::date() { return failed() ? 0 : taken(take_date(cursor_), "a date like 1-Feb-2024"); }

MessageSet Arguments::messages() {
    if (take('$')) return {true, {}};
    return {false, numbers()};
}

NumberSet Arguments::numbers() {
    if (failed()) return {};
    auto set = parse_sequence_set(cursor_.take_while(is_set_char));
    if (!set) fail(set.error().what);
    return std::move(set).value_or(NumberSet{});
}

}  // namespace mailpipe::imap
