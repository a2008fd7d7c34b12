// SPDX-License-Identifier: ISC
// BDAT (RFC 3030 section 2): exactly so many octets, whatever becomes of them.
#include <algorithm>

#include "smtp/command.hpp"
#include "smtp/message.hpp"
#include "smtp/verbs.hpp"

namespace mailpipe::smtp::verbs {

namespace {

/// Reads the chunk; without an open message it goes nowhere.
Result<void> read_chunk(Session& session, std::uint64_t octets) {
    while (octets > 0) {
        const auto input = peek(session);
        if (!input) return failure(input.error());
        if (input->empty()) return {};
        const auto piece = input->first(std::min<std::uint64_t>(octets, input->size()));
        if (session.stage == has_chunk) take(session, session.decoder.decode(piece));
        session.channel.consume(piece.size());
        octets -= piece.size();
    }
    return {};
}

Result<void> out_of_order(Session& session, const Chunk& chunk) {
    const bool silent = session.is_lmtp() && session.stage == has_sender && chunk.last;
    if (auto r = read_chunk(session, chunk.octets); !r || session.over) return r;
    if (!silent) return reply(session, {503, "5.5.1", "RCPT first"});
    reset(session);  // a reply for each recipient, and there is none: RFC 2033 section 4.3
    return {};
}

}  // namespace

Result<void> bdat(Session& session, std::string_view arguments) {
    const auto chunk = parse_chunk(arguments);
    if (!chunk) {
        session.over = true;  // what follows is data of unknown size, perhaps made to look like commands
        return reply(session, {501, "5.5.4", "BDAT octets [LAST]"});
    }
    if ((session.stage & (has_recipient | has_chunk)) == 0) return out_of_order(session, *chunk);
    if (session.stage == has_recipient) {
        open_message(session, io::DataDecoder::Form::chunked);
        session.stage = has_chunk;
    }
    if (auto r = read_chunk(session, chunk->octets); !r || session.over) return r;
    if (chunk->last) return close_message(session);
    if (session.trouble) return reply(session, refuse_message(session));
    return reply(session, {250, "2.0.0", "chunk taken"});
}

}  // namespace mailpipe::smtp::verbs
