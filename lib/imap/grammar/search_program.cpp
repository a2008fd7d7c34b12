// SPDX-License-Identifier: ISC
#include "imap/grammar/search_program.hpp"

#include <algorithm>
#include <iterator>

#include "base/ascii.hpp"
#include "imap/grammar/flag.hpp"
#include "text/charset.hpp"

namespace mailpipe::imap {

namespace {

using Kind = SearchKey::Kind;

enum class Operand : std::uint8_t { none, keyword, string, field_and_string, number, nz_number, date, set, object_id, mod_seq };

struct Row {
    std::string_view name;
    Kind kind;
    Operand operand = Operand::none;
    std::string_view what{};  ///< the flag, or the field in lower case
    bool is_wanted = true;
};
constexpr Row rows[] = {
    {"ALL", Kind::all},
    {"ANSWERED", Kind::flag, Operand::none, "\\Answered"},
    {"UNANSWERED", Kind::flag, Operand::none, "\\Answered", false},
    {"DELETED", Kind::flag, Operand::none, "\\Deleted"},
    {"UNDELETED", Kind::flag, Operand::none, "\\Deleted", false},
    {"DRAFT", Kind::flag, Operand::none, "\\Draft"},
    {"UNDRAFT", Kind::flag, Operand::none, "\\Draft", false},
    {"FLAGGED", Kind::flag, Operand::none, "\\Flagged"},
    {"UNFLAGGED", Kind::flag, Operand::none, "\\Flagged", false},
    {"SEEN", Kind::flag, Operand::none, "\\Seen"},
    {"UNSEEN", Kind::flag, Operand::none, "\\Seen", false},
    {"KEYWORD", Kind::flag, Operand::keyword},
    {"UNKEYWORD", Kind::flag, Operand::keyword, {}, false},
    {"RECENT", Kind::recent},
    {"OLD", Kind::recent, Operand::none, {}, false},
    {"UID", Kind::uids, Operand::set},
    {"LARGER", Kind::larger, Operand::number},
    {"SMALLER", Kind::smaller, Operand::number},
    {"OLDER", Kind::older, Operand::nz_number},
    {"YOUNGER", Kind::younger, Operand::nz_number},
    {"MODSEQ", Kind::modified_since, Operand::mod_seq},
    {"BEFORE", Kind::before, Operand::date},
    {"ON", Kind::on, Operand::date},
    {"SINCE", Kind::since, Operand::date},
    {"SAVEDBEFORE", Kind::saved_before, Operand::date},
    {"SAVEDON", Kind::saved_on, Operand::date},
    {"SAVEDSINCE", Kind::saved_since, Operand::date},
    {"SAVEDATESUPPORTED", Kind::save_date_supported},
    {"EMAILID", Kind::email_id, Operand::object_id},
    {"THREADID", Kind::thread_id, Operand::object_id},
    {"SENTBEFORE", Kind::sent_before, Operand::date},
    {"SENTON", Kind::sent_on, Operand::date},
    {"SENTSINCE", Kind::sent_since, Operand::date},
    {"BCC", Kind::header, Operand::string, "bcc"},
    {"CC", Kind::header, Operand::string, "cc"},
    {"FROM", Kind::header, Operand::string, "from"},
    {"SUBJECT", Kind::header, Operand::string, "subject"},
    {"TO", Kind::header, Operand::string, "to"},
    {"HEADER", Kind::header, Operand::field_and_string},
    {"BODY", Kind::body, Operand::string},
    {"TEXT", Kind::text, Operand::string},
};

/// objectid: RFC 8474 section 7.
std::string take_object_id(Arguments& in) {
    const auto id = in.astring();
    const bool is_sound = !id.empty() && id.size() <= 255 && std::ranges::all_of(id, [](char c) { return is_alnum(c) || c == '_' || c == '-'; });
    if (!is_sound) in.fail("no object identifier:", id);
    return id;
}

/// [entry-name SP entry-type-req SP] mod-sequence-valzer: a message has one mod-sequence, whichever of its flags is meant.
std::uint64_t take_mod_seq(Arguments& in) {
    if (in.peek() == '"') {
        const auto entry = in.string();
        if (!istarts_with(entry, "/flags/")) in.fail("MODSEQ knows no entry", entry);
        in.space();
        const auto type = in.word();
        if (type != "PRIV" && type != "SHARED" && type != "ALL") in.fail("MODSEQ knows no type", type);
        in.space();
    }
    return in.number();
}

/// Parentheses, NOT or OR whose operands are not all there yet.
struct Open {
    std::size_t key;
    std::uint32_t operands;  ///< how many there will be; 0: until ')'
};

class Reader {
public:
    Reader(Arguments& in, std::string_view charset) : in_(in), charset_(charset.empty() ? "UTF-8" : charset) {}

    SearchProgram read() {
        open(Kind::all_of, 0);
        do read_key();
        while (!in_.failed() && has_more());
        return std::move(program_);
    }

private:
    bool has_more() {
        if (!in_.at_end()) in_.space();
        return !in_.at_end() || open_.size() > 1;
    }

    /// A key without operands, with all the openings before it and closings behind it.
    void read_key() {
        while (read_opening()) {}
        read_leaf();
        while (!in_.failed() && close()) {}
    }

    bool read_opening() {
        if (in_.take('(')) return open(Kind::all_of, 0);
        if (in_.take_word("NOT")) open(Kind::none_of, 1);
        else if (in_.take_word("OR")) open(Kind::any_of, 2);
        else return false;
        in_.space();
        return !in_.failed();
    }

    bool open(Kind kind, std::uint32_t operands) {
        if (open_.size() == max_search_depth) in_.fail("keys within keys deeper than anybody needs");
        open_.push_back({program_.size(), operands});
        add({kind});
        return !in_.failed();
    }

    /// The innermost one has an operand more. True if it is complete by that, and so is an operand itself.
    bool close() {
        const auto [key, operands] = open_.back();
        const auto count = ++program_[key].operands;
        const bool is_complete = operands > 0 ? count == operands : open_.size() > 1 && in_.take(')');
        if (is_complete) open_.pop_back();
        return is_complete;
    }

    void add(SearchKey key) {
        if (program_.size() == max_search_keys) in_.fail("more keys than anybody needs");
        if (!in_.failed()) program_.push_back(std::move(key));
    }

    void read_leaf() {
        if (in_.take('$')) return add({Kind::saved});
        if (is_digit(in_.peek()) || in_.peek() == '*') {
            SearchKey key{Kind::numbers};
            key.numbers = in_.numbers();
            return add(std::move(key));
        }
        const auto word = in_.word();
        if (word == "NEW") return add_new();
        const auto* row = std::ranges::find(rows, word, &Row::name);
        if (row == std::end(rows)) return in_.fail("unknown search key", word);
        SearchKey key{row->kind, row->is_wanted};
        (row->kind == Kind::header ? key.field : key.text) = row->what;
        if (row->operand != Operand::none) in_.space();
        read_operand(row->operand, key);
        add(std::move(key));
    }

    void read_operand(Operand operand, SearchKey& key) {
        switch (operand) {
            case Operand::none: break;
            case Operand::keyword: key.text = take_flag(in_); break;
            case Operand::string: key.text = text::to_utf8(in_.astring(), charset_); break;
            case Operand::field_and_string:
                key.field = lower(in_.astring());
                in_.space();
                key.text = text::to_utf8(in_.astring(), charset_);
                break;
            case Operand::number: key.number = in_.number(); break;
            case Operand::nz_number: key.number = in_.nz_number(); break;
            case Operand::date: key.date = in_.date(); break;
            case Operand::set:
                if (in_.take('$')) key.kind = Kind::saved;
                else key.numbers = in_.numbers();
                break;
            case Operand::object_id: key.text = take_object_id(in_); break;
            case Operand::mod_seq: key.number = take_mod_seq(in_); break;
        }
    }

    /// RECENT UNSEEN: RFC 3501 section 6.4.4.
    void add_new() {
        SearchKey both{Kind::all_of};
        both.operands = 2;
        SearchKey unseen{Kind::flag, false};
        unseen.text = "\\Seen";
        add(std::move(both));
        add({Kind::recent});
        add(std::move(unseen));
    }

    Arguments& in_;
    std::string charset_;
    SearchProgram program_;
    std::vector<Open> open_;
};

}  // namespace

SearchProgram take_search_program(Arguments& in, std::string_view charset) { return Reader{in, charset}.read(); }

}  // namespace mailpipe::imap
