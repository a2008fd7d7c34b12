// SPDX-License-Identifier: ISC
// One message on its way through a client's session: MAIL, RCPT, and the text by BDAT (RFC 3030) where that is offered, else
// by DATA; commands in groups where PIPELINING is (RFC 2920).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "io/deadline.hpp"
#include "smtp/client.hpp"
#include "smtp/read_reply.hpp"

namespace mailpipe::smtp {

class ClientTransaction {
public:
    /// Chunks that are sent before the reply to the first of them is read, where PIPELINING is offered.
    static constexpr std::size_t max_open_chunks = 16;

    enum class Before { nothing, reset /* RSET first: the last transaction was left open */ };

    /// All are borrowed. `chunking`: BDAT may be used where it is offered.
    ClientTransaction(const ClientPeer& peer, const OutgoingMessage& message, Before before, Chunking chunking);

    /// Errors: transient, the connection is of no more use.
    Result<void> run();
    /// The transaction has come to its end, and nothing is left open.
    bool is_finished() const { return finished_; }
    /// Whose reply was to come next when run() failed.
    ClientCommand open_command() const { return command_at(read_); }
    /// What became of it, whatever run() returned.
    Sent outcome() const;

private:
    // The replies that are expected, in their order: to RSET, MAIL, each RCPT, then DATA or chunks that are not the last.
    static constexpr std::size_t reset_number = 0;
    static constexpr std::size_t mail_number = 1;
    std::size_t rcpt_number(std::size_t recipient) const { return mail_number + 1 + recipient; }
    std::size_t text_number() const { return rcpt_number(to_rcpt_.size()); }

    bool accepted(std::size_t recipient) const { return to_rcpt_[recipient] && to_rcpt_[recipient]->is_positive(); }
    bool any_accepted() const;
    bool is_worth_sending() const;
    bool may_have_text() const;
    ClientCommand command_at(std::size_t number) const;
    struct Answer {
        std::optional<Reply> reply;
        ClientCommand command;
    };
    Answer answer_to(std::size_t recipient) const;

    static constexpr io::Deadline no_end{std::chrono::steady_clock::time_point::max()};
    Result<Reply> read(std::chrono::seconds timeout, io::Deadline end = no_end);
    Result<void> read_next();
    Result<void> read_until(std::size_t number);
    std::string command(std::size_t number) const;
    Result<void> exchange_commands();

    void begin_text();
    Result<void> check_pace() const;
    Result<void> send_by_data();
    Result<void> send_by_chunks();
    Result<void> add(std::string_view piece);
    Result<void> send_chunk();
    Result<void> read_replies_to_text();
    Ahead ahead(std::chrono::milliseconds patience = {}) const;
    bool is_doubtful(const std::optional<Reply>& to_text) const;
    Result<void> read_reply_for_nobody();
    Result<void> hear_early_reply();
    Result<void> check_step();
    bool is_farewell_next(bool may_be_of_the_text) const;
    void answer_all(const Reply& reply);
    Result<void> check_chunk(const Reply& reply);
    Result<void> converse();
    void hear_last_words();

    const ClientPeer& peer_;
    const OutgoingMessage& message_;
    bool pipelines_;
    bool chunked_;
    bool text_goes_along_ = false;  // with the commands, before the replies to them are known
    bool text_began_ = false;
    bool stopped_ = false;  // in the middle of the text, as nothing can come of it any more
    bool finished_ = false;
    bool knows_no_bdat_ = false;
    io::Deadline commands_until_;
    io::Deadline text_until_ = no_end;
    std::optional<io::Deadline> last_words_until_;  // the peer can't be written to any more

    std::size_t read_;     // replies, as a number of the order above
    std::size_t written_;  // commands and chunks, the same
    std::vector<std::optional<Reply>> to_rcpt_;
    std::vector<std::optional<Reply>> to_text_;
    std::optional<Reply> to_mail_;
    std::optional<Reply> to_data_;  // or the first refusal of a chunk
};

}  // namespace mailpipe::smtp
