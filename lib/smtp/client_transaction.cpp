// SPDX-License-Identifier: ISC
#include "smtp/client_transaction.hpp"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "io/dot_stuffing.hpp"
#include "smtp/client_commands.hpp"

namespace mailpipe::smtp {

namespace {

Error broken(std::string what) { return {Fault::transient, std::move(what)}; }
Error out_of_step() { return broken("peer is out of step: it says more than it was asked"); }

bool refuses(const std::optional<Reply>& reply) { return reply && reply->code >= 400; }

Error left_open(const Reply& reply) { return broken("peer leaves a command open: " + to_string(reply)); }

/// A peer that asks for more where a command had to be answered is out of step.
void mend(Sent& sent, std::size_t recipient) {
    auto& reply = sent.replies[recipient];
    if (!reply || reply->is_final()) return;
    const auto error = left_open(*reply);
    reply = Reply{451, "4.5.0", error.what};
    sent.answered[recipient].reset();  // these are our words
    if (!sent.broken) sent.broken = error;
}

/// 552 to RCPT means that there are too many of them, as 452 does: RFC 5321 section 4.5.3.1.10.
std::optional<Reply> as_temporary(std::optional<Reply> reply) {
    if (!reply || reply->code != 552) return reply;
    reply->code = 452;
    if (!reply->enhanced.empty()) reply->enhanced.front() = '4';
    return reply;
}

/// By chunks where one round trip is saved: with PIPELINING always, without it when the text fits into one.
bool goes_by_chunks(const Extensions& extensions, const OutgoingMessage& message) {
    const bool fits = message.wire_octets != 0 && message.wire_octets <= OutgoingChunk::max_octets;
    return extensions.offers("CHUNKING") && (fits || extensions.offers("PIPELINING"));
}

}  // namespace

ClientTransaction::ClientTransaction(const ClientPeer& peer, const OutgoingMessage& message, Before before, Chunking chunking)
    : peer_(peer),
      message_(message),
      pipelines_(peer.extensions.offers("PIPELINING")),
      chunked_(chunking == Chunking::when_offered && goes_by_chunks(peer.extensions, message)),
      commands_until_(io::Deadline::after(peer.timeouts.commands + peer.timeouts.recipient * message.envelope.recipients.size())),
      read_(before == Before::reset ? reset_number : mail_number),
      written_(read_),
      to_rcpt_(message.envelope.recipients.size()),
      to_text_(to_rcpt_.size()) {
    // Before the replies to RCPT are known: departs from RFC 3030 section 2, as Exim does, and saves a round trip. Few octets
    // are sent in vain when nobody is accepted. Not in LMTP: there a last chunk for nobody gets no reply (RFC 2033 section 4.3),
    // or one all the same, and who waits for the wrong one is out of step.
    const bool small = message.wire_octets != 0 && message.wire_octets <= OutgoingChunk::max_octets;
    text_goes_along_ = chunked_ && pipelines_ && small && !message.text_waits && message.refused == Refused::alone &&
                       peer.protocol == Protocol::smtp;
}

bool ClientTransaction::any_accepted() const {
    return std::ranges::any_of(to_rcpt_, [](const auto& reply) { return reply && reply->is_positive(); });
}

bool ClientTransaction::is_worth_sending() const {
    const auto taken = [this](std::size_t recipient) { return accepted(recipient); };
    if (!to_mail_ || !to_mail_->is_positive()) return false;
    if (message_.refused == Refused::alone) return any_accepted();
    return std::ranges::all_of(std::views::iota(std::size_t{0}, to_rcpt_.size()), taken);
}

/// As far as is known, the peer may have taken the message for somebody.
bool ClientTransaction::may_have_text() const {
    return text_began_ && !refuses(to_mail_) && !std::ranges::all_of(to_rcpt_, refuses);
}

ClientCommand ClientTransaction::command_at(std::size_t number) const {
    if (number == reset_number) return ClientCommand::rset;
    if (number == mail_number) return ClientCommand::mail;
    if (number < text_number()) return ClientCommand::rcpt;
    return chunked_ || (to_data_ && to_data_->code == 354) ? ClientCommand::mail_data : ClientCommand::data;
}

/// The reply that decides: the first refusal, or what came after the text.
ClientTransaction::Answer ClientTransaction::answer_to(std::size_t recipient) const {
    if (to_mail_ && !to_mail_->is_positive()) return {to_mail_, read_ == reset_number ? ClientCommand::rset : ClientCommand::mail};
    if (!accepted(recipient)) return {as_temporary(to_rcpt_[recipient]), ClientCommand::rcpt};
    if (to_data_ && to_data_->code >= 400) return {to_data_, chunked_ ? ClientCommand::mail_data : ClientCommand::data};
    return {to_text_[recipient], ClientCommand::mail_data};
}

/// Sends what was gathered even when the peer has spoken ahead.
Result<Reply> ClientTransaction::read(std::chrono::seconds timeout, io::Deadline end) {
    if (auto r = peer_.channel.flush(); !r) return failure(r.error());
    return read_reply(peer_.channel, last_words_until_.value_or(std::min(io::Deadline::after(timeout), end)));
}

Result<void> ClientTransaction::read_next() {
    const auto& timeouts = peer_.timeouts;
    const auto number = read_;
    const bool to_text = number >= text_number();
    auto reply = read(!to_text ? timeouts.command : chunked_ ? timeouts.end : timeouts.data, to_text ? no_end : commands_until_);
    if (!reply) return failure(std::move(reply).error());
    if (number == reset_number && !reply->is_positive()) {
        if (reply->code == 421) to_mail_ = *reply;
        return failure(broken("peer refuses RSET: " + to_string(*reply)));
    }
    if (to_text && chunked_) {
        if (auto r = check_chunk(*reply); !r) return r;
        if (!to_data_ && !reply->is_positive()) to_data_ = std::move(*reply);
    } else if (to_text) {
        to_data_ = std::move(*reply);
    } else if (number >= mail_number) {
        auto& answer = number == mail_number ? to_mail_ : to_rcpt_[number - rcpt_number(0)];
        answer = std::move(*reply);
        if (!answer->is_final()) return failure(left_open(*answer));
    }
    ++read_;
    return {};
}

Result<void> ClientTransaction::read_until(std::size_t number) {
    while (read_ < number) {
        if (auto r = read_next(); !r) return r;
    }
    return {};
}

std::string ClientTransaction::command(std::size_t number) const {
    if (number == reset_number) return "RSET\r\n";
    if (number == mail_number) return mail_command(message_, peer_.extensions);
    if (number == text_number()) return "DATA\r\n";
    return rcpt_command(message_.envelope.recipients[number - rcpt_number(0)], peer_.extensions);
}

/// All up to DATA, in groups or one by one; or up to the last RCPT, whose reply may be still to come when the text goes along.
/// It stops where nothing can come of it any more.
Result<void> ClientTransaction::exchange_commands() {
    const auto data = text_number();
    const auto end = chunked_ ? data : data + 1;
    const std::size_t group = pipelines_ ? ClientSession::max_group : 1;
    const bool waits_with_data = message_.refused == Refused::with_the_rest;

    while (written_ < end) {
        auto last = std::min(written_ + group, end);
        if (waits_with_data && written_ < data) last = std::min(last, data);
        if (to_mail_ && !to_mail_->is_positive()) return {};
        if (written_ == data && !is_worth_sending()) return {};
        for (; written_ < last; ++written_) peer_.channel.write(command(written_));
        if (written_ == end && text_goes_along_) return {};
        if (auto r = read_until(written_); !r) return r;
    }
    return {};
}

void ClientTransaction::begin_text() {
    text_began_ = true;
    if (message_.wire_octets == 0) return;
    const auto seconds = message_.wire_octets / ClientTimeouts::least_octets_per_second;
    text_until_ = io::Deadline::after(peer_.timeouts.text + std::chrono::seconds{seconds});
}

/// Who reads drop by drop would keep its connection for days.
Result<void> ClientTransaction::check_pace() const {
    if (text_until_ > io::Deadline::after({})) return {};
    return failure(broken("peer takes the text too slowly"));
}

/// The text, up to its dot; alone, that is, when the peer wants a message for nobody: RFC 2920 section 3.1.
Result<void> ClientTransaction::send_by_data() {
    if (!to_data_ || to_data_->code >= 400) return {};
    if (to_data_->code != 354) return failure(broken("peer answers DATA with " + to_string(*to_data_)));
    auto& channel = peer_.channel;
    io::DotStuffer stuffer{channel};
    const bool wanted = is_worth_sending();
    begin_text();
    const auto write = [&](std::string_view text) -> Result<void> {
        while (!text.empty()) {
            const auto piece = text.substr(0, io::Channel::output_octets);
            stuffer.write(piece);
            if (channel.write_error()) return failure(*channel.write_error());
            if (auto r = check_pace(); !r) return r;
            text.remove_prefix(piece.size());
        }
        return {};
    };
    if (wanted) {
        if (auto r = message_.text(write); !r) return r;
    }
    if (ahead() != Ahead::nothing) return hear_early_reply();
    stuffer.finish();
    if (auto r = read_replies_to_text(); !r) return r;
    finished_ = true;
    if (!any_accepted() && peer_.protocol == Protocol::smtp) {
        if (const auto ignored = read(peer_.timeouts.end); !ignored) return failure(ignored.error());
    }
    return {};
}

Ahead ClientTransaction::ahead(std::chrono::milliseconds patience) const {
    return peer_.turns == Turns::watched ? look_ahead(peer_.channel, patience) : Ahead::nothing;
}

/// Before the dot nothing can be taken, and without it never: what is said is a refusal, or the peer is out of step.
Result<void> ClientTransaction::hear_early_reply() {
    const auto reply = read(peer_.timeouts.command);
    if (!reply) return failure(reply.error());
    const auto early = broken("peer answers before the text has ended: " + to_string(*reply));
    if (refuses(*reply)) answer_all(*reply);
    return failure(early);
}

/// Of the message.
void ClientTransaction::answer_all(const Reply& reply) {
    for (std::size_t i = 0; i < to_text_.size(); ++i) {
        if (accepted(i)) to_text_[i] = reply;
    }
}

/// One for all, or one for each (LMTP).
Result<void> ClientTransaction::read_replies_to_text() {
    std::optional<Reply> common;
    for (std::size_t i = 0; i < to_text_.size(); ++i) {
        if (!accepted(i)) continue;
        if (!common || peer_.protocol == Protocol::lmtp) {
            auto reply = read(peer_.timeouts.end);
            if (!reply) return failure(std::move(reply).error());
            if (chunked_) {
                if (auto r = check_chunk(*reply); !r) return r;
            }
            // Behind a last chunk that is refused RSET has to come (RFC 3030 section 2).
            finished_ = finished_ || (reply->is_positive() && !to_data_);
            common = std::move(*reply);
        }
        to_text_[i] = common;
    }
    return {};
}

/// A peer that does not know BDAT after all takes the text for commands: nobody knows what it makes of it, and it must not
/// be the message's fault.
Result<void> ClientTransaction::check_chunk(const Reply& reply) {
    if (!reply.is_final()) return failure(broken("peer answers BDAT with " + to_string(reply)));
    const bool out_of_order = reply.code == 503 && (to_data_ || !any_accepted());
    if (reply.code < 500 || reply.code > 504 || out_of_order) return {};
    knows_no_bdat_ = true;
    return failure(broken("peer offers CHUNKING and does not know BDAT: " + to_string(reply)));
}

Result<void> ClientTransaction::send_by_chunks() {
    const bool all_is_known = read_ == written_;
    if (all_is_known && !is_worth_sending()) return {};
    if (all_is_known && ahead() == Ahead::text) return failure(out_of_step());
    auto& chunk = peer_.chunk;
    chunk.reset();
    begin_text();
    const auto written = message_.text([this](std::string_view piece) { return add(piece); });
    if (stopped_) return read_until(written_);
    if (!written) return written;
    // In LMTP it is not known how many replies a last chunk gets behind one that was refused.
    if (peer_.protocol == Protocol::lmtp && written_ > text_number()) {
        if (auto r = read_until(written_); !r) return r;
        if (to_data_) return {};
    }
    peer_.channel.write(chunk.finish_last());
    if (auto r = peer_.channel.flush(); !r) return r;
    if (auto r = read_until(written_); !r) return r;
    if (!any_accepted()) return read_reply_for_nobody();
    if (auto r = read_replies_to_text(); !r) return r;
    return check_step();
}

/// What confirms the text sounds like a reply to a command: the very same was said to one, or it is about an address (RFC 3463
/// section 3.2).
bool ClientTransaction::is_doubtful(const std::optional<Reply>& to_text) const {
    const auto is_same = [&](const auto& reply) { return reply && reply->enhanced == to_text->enhanced && reply->text == to_text->text; };
    return to_text && (to_text->enhanced.starts_with("2.1.") || is_same(to_mail_) || std::ranges::any_of(to_rcpt_, is_same));
}

/// RFC 5321 section 3.8: a server that closes may say so unasked. 221 is said of nothing else, 421 may be what it says of the text.
bool ClientTransaction::is_farewell_next(bool may_be_of_the_text) const {
    const auto said = peer_.channel.peek(io::Deadline::after(std::chrono::seconds{1}));  // it is there
    if (!said) return false;
    const std::string_view reply{said->data(), said->size()};
    return reply.starts_with("221") || (reply.starts_with("421") && !may_be_of_the_text);
}

/// Chunks have nothing like 354: one reply too many, to whatever, shifts all behind it, and what seems to confirm the text answers
/// something else. Then it is not known whom the peer has taken either. What it really says of the text may come a moment later.
Result<void> ClientTransaction::check_step() {
    constexpr std::chrono::milliseconds moment{100};
    const bool is_confirmed = !to_data_ && std::ranges::any_of(to_text_, [](const auto& reply) { return reply && reply->is_positive(); });
    const bool doubts = std::ranges::any_of(to_text_, [this](const auto& reply) { return is_doubtful(reply); });
    if (!is_confirmed || ahead(doubts ? moment : std::chrono::milliseconds{0}) != Ahead::text) return {};
    if (is_farewell_next(doubts)) return {};
    std::ranges::fill(to_rcpt_, std::nullopt);
    std::ranges::fill(to_text_, std::nullopt);
    return failure(out_of_step());
}

Result<void> ClientTransaction::add(std::string_view piece) {
    for (peer_.chunk.take(piece); !piece.empty(); peer_.chunk.take(piece)) {
        if (auto r = send_chunk(); !r) return r;
    }
    return {};
}

/// A chunk that is full. An error with stopped_: nothing can come of it any more, and the text need not go on.
Result<void> ClientTransaction::send_chunk() {
    if (auto r = read_until(std::min(text_number(), written_)); !r) return r;  // the text was not as small as was said
    stopped_ = !is_worth_sending();
    if (stopped_) return failure(broken("nobody is accepted"));
    peer_.channel.write(peer_.chunk.finish());
    ++written_;
    if (auto r = peer_.channel.flush(); !r) return r;
    if (auto r = check_pace(); !r) return r;
    const auto open = std::min(written_ - text_number(), pipelines_ ? max_open_chunks : 0);
    if (auto r = read_until(written_ - open); !r) return r;
    stopped_ = to_data_.has_value();
    return stopped_ ? failure(broken("a chunk is refused")) : Result<void>{};
}

/// To a last chunk that came along with commands that were all refused.
Result<void> ClientTransaction::read_reply_for_nobody() {
    const auto reply = read(peer_.timeouts.end);
    return reply ? check_chunk(*reply) : failure(reply.error());
}

Result<void> ClientTransaction::converse() {
    if (auto r = exchange_commands(); !r) return r;
    return chunked_ ? send_by_chunks() : send_by_data();
}

/// A peer that closes while it is written to may have said why; that has come already, or does so at once. Its replies to what
/// came before are in front of it. In the middle of the text a refusal answers it, for all; nothing else does.
void ClientTransaction::hear_last_words() {
    constexpr std::chrono::seconds patience{1};
    peer_.channel.give_up_writing();
    last_words_until_ = io::Deadline::after(patience);
    const auto chunk_is_refused = [this] { return chunked_ && to_data_; };
    while (read_ < written_ && !chunk_is_refused()) {
        if (!read_next()) return;
    }
    if (!text_began_ || chunk_is_refused()) return;
    const auto reply = read(patience);
    if (!reply || reply->code < 400 || (chunked_ && !check_chunk(*reply))) return;
    answer_all(*reply);
}

Result<void> ClientTransaction::run() {
    auto done = converse();
    if (!done && peer_.channel.write_error()) hear_last_words();
    return done;
}

Sent ClientTransaction::outcome() const {
    Sent sent{};
    sent.text_began = may_have_text();
    sent.knows_no_bdat = knows_no_bdat_;
    for (std::size_t i = 0; i < to_rcpt_.size(); ++i) {
        auto [reply, command] = answer_to(i);
        sent.answered.push_back(reply ? std::optional{command} : std::nullopt);
        sent.replies.push_back(std::move(reply));
        mend(sent, i);
        if (!sent.broken && sent.replies.back() && sent.replies.back()->code == 421) {
            sent.broken = broken("peer closes the connection");
        }
    }
    return sent;
}

}  // namespace mailpipe::smtp
