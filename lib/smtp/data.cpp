// SPDX-License-Identifier: ISC
// DATA (RFC 5321 section 4.1.1.4).
#include "smtp/message.hpp"
#include "smtp/verbs.hpp"

namespace mailpipe::smtp::verbs {

Result<void> data(Session& session, std::string_view arguments) {
    if (!arguments.empty()) return reply(session, {501, "5.5.4", "no arguments, please"});
    open_message(session, io::DataDecoder::Form::dotted);
    if (session.trouble) {
        const Reply why = refuse_message(session);
        reset(session);
        return reply(session, why);
    }
    if (auto r = reply(session, {354, "", "go ahead"}); !r) return r;

    for (bool end = false; !end;) {
        const auto input = peek(session);
        if (!input) return failure(input.error());
        if (input->empty()) return {};
        const auto step = session.decoder.decode(*input);
        take(session, step);
        session.channel.consume(step.consumed);
        end = step.end;
    }
    return close_message(session);
}

}  // namespace mailpipe::smtp::verbs
