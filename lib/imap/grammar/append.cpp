// SPDX-License-Identifier: ISC
#include "imap/grammar/append.hpp"

#include "imap/grammar/date.hpp"

namespace mailpipe::imap {

namespace {

using Kind = AppendStep::Kind;

/// The literal that is announced here, if nothing stands behind that.
std::optional<Literal> announced(std::string_view text) {
    const auto brace = text.rfind('{');
    if (brace != 0 && !(brace == 1 && text[0] == '~')) return {};
    return trailing_literal(text).value_or(std::nullopt);
}

std::optional<Time> take_date_argument(Arguments& in) {
    if (in.peek() != '"') return {};
    text::Cursor cursor{in.rest()};
    const auto date = take_date_time(cursor);
    if (!date) in.fail("a date-time like \" 1-Feb-2024 10:00:00 +0000\" expected, not", in.rest());
    in.advance(cursor.position());
    in.space();
    return date;
}

}  // namespace

Result<AppendStep> AppendReader::next(std::string_view& text) {
    Arguments in{is_replace_ ? "REPLACE" : "APPEND", text, utf8_};
    auto taken = step(in);
    if (in.failed()) return in.finish(std::move(taken));
    text = in.rest();
    return taken;
}

AppendStep AppendReader::step(Arguments& in) {
    switch (place_) {
        case Place::destination: return take_destination(in);
        case Place::message: return take_message(in);
        case Place::literal: return take_text(in, in.take_word("UTF8"));
        case Place::first_part:
        case Place::part: return take_part(in);
        case Place::behind_literal: return behind_literal(in);
        case Place::behind_message: return behind_message(in);
    }
    return {Kind::command_end};
}

AppendStep AppendReader::take_destination(Arguments& in) {
    auto ahead = in;
    AppendStep step{Kind::destination};
    if (is_replace_) {
        step.number = ahead.take('*') ? 0 : ahead.nz_number();
        ahead.space();
    }
    if (const auto literal = announced(ahead.rest())) {
        step = {Kind::more};
        step.literal = *literal;
        return step;
    }
    step.text = ahead.mailbox();
    in = ahead;
    place_ = Place::message;
    return step;
}

AppendStep AppendReader::take_message(Arguments& in) {
    AppendStep step{Kind::message};
    in.space();
    if (in.peek() == '(') {
        step.flags = take_flag_list(in);
        in.space();
    }
    step.date = take_date_argument(in);
    is_catenated_ = in.take_word("CATENATE");
    if (is_catenated_) {
        in.space();
        in.expect('(');
    }
    place_ = is_catenated_ ? Place::first_part : Place::literal;
    return step;
}

AppendStep AppendReader::take_part(Arguments& in) {
    auto ahead = in;
    if (place_ == Place::part) {
        if (in.take(')')) {
            place_ = Place::behind_message;
            return {Kind::message_end};
        }
        ahead.space();
    }
    if (!ahead.take_word("URL")) {
        in = ahead;
        const bool is_utf8 = in.take_word("UTF8");
        if (!is_utf8 && !in.take_word("TEXT")) in.fail("URL, TEXT or UTF8 expected, not", in.rest());
        if (!is_utf8) in.space();
        return take_text(in, is_utf8);
    }
    ahead.space();
    AppendStep step{Kind::url};
    if (const auto literal = announced(ahead.rest())) {
        step.kind = Kind::more;
        step.literal = *literal;
        return step;
    }
    step.text = ahead.astring();
    in = ahead;
    place_ = Place::part;
    return step;
}

AppendStep AppendReader::take_text(Arguments& in, bool is_utf8) {
    if (is_utf8) {
        in.space();
        in.expect('(');
    }
    const auto literal = announced(in.rest());
    if (!literal) {
        in.fail("a literal expected, not", in.rest());
        return {Kind::literal};
    }
    in.advance(in.rest().size());
    place_ = Place::behind_literal;
    is_in_utf8_ = is_utf8;
    AppendStep step{Kind::literal};
    step.literal = *literal;
    return step;
}

AppendStep AppendReader::behind_literal(Arguments& in) {
    if (is_in_utf8_) in.expect(')');
    if (is_catenated_) {
        place_ = Place::part;
        return take_part(in);
    }
    place_ = Place::behind_message;
    return {Kind::message_end};
}

AppendStep AppendReader::behind_message(Arguments& in) {
    auto ahead = in;
    while (ahead.take(' ')) {}
    if (ahead.at_end()) {
        in = ahead;
        return {Kind::command_end};
    }
    if (is_replace_) in.fail("only one message may replace another; not", in.rest());
    return take_message(in);
}

}  // namespace mailpipe::imap
